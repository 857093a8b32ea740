import { expect, test } from 'vitest'
import type { Numbers } from '../../../base/metrics.ts'
import { BUILTIN_OPTIONS } from '../../../domain/builtin-options.ts'
import { COMPONENT_NAMES, type ComponentName } from '../../../domain/self-monitoring/components.ts'
import { parsePerfdata } from '../../../domain/perfdata.ts'
import { createComponentCheck } from './parallax-component.ts'
import type { Part } from './self-view.ts'

interface Looked {
  readonly of?: string
  readonly warning?: string[]
  readonly critical?: string[]
}

/** A check over parts that the test changes between its runs. */
function checkOf(component: ComponentName, options: Looked = {}) {
  const world: { parts: readonly Part[] | undefined } = { parts: [] }
  const { of, warning, critical } = BUILTIN_OPTIONS.parallax.parse({ component, ...options })
  const check = createComponentCheck(
    component,
    { of, warning, critical },
    {
      parts: () => world.parts,
    },
  )
  return {
    see: (...parts: readonly Part[]) => {
      world.parts = parts
      return check
    },
    seeNobody: () => {
      world.parts = undefined
      return check
    },
  }
}

const here = (name: string, numbers: Numbers): Part => ({ name, numbers, isGone: false })
const gone = (name: string, numbers: Numbers = {}): Part => ({ name, numbers, isGone: true })
const scheduler = (late: number, overruns = 0): Numbers => ({
  parallax_check_lateness_p99_seconds: late,
  parallax_check_overruns_total: overruns,
  parallax_check_slots_delayed_total: 0,
  parallax_check_slots_missed_total: 0,
})

test('[SW1] the worst measure makes the state and comes first', () => {
  const { see } = checkOf('machine')
  const numbers = {
    parallax_machine_load_per_cpu_ratio: 0.5,
    parallax_machine_memory_bytes: 1000,
    parallax_machine_memory_available_bytes: 80,
    parallax_machine_disk_bytes: 1000,
    parallax_machine_disk_free_bytes: 20,
  }
  expect(see(here('', numbers)).run(0)).toMatchObject({
    code: 2,
    output:
      'PARALLAX CRITICAL - machine: 2 % of the disk free, 8 % of the memory available, 0.5 load per processor',
    perfdata: 'load=0.500000;3;10;; memory=8%;10:;3:;; disk=2%;10:;5:;;',
  })
})

test('[SW1] limits of the options stand instead, and may be none', () => {
  const numbers = scheduler(3)
  expect(checkOf('scheduler').see(here('', numbers)).run(0).code).toBe(1)
  const strict = checkOf('scheduler', { critical: ['lateness_p99=2.5'] })
  expect(strict.see(here('', numbers)).run(0).code).toBe(2)
  const calm = checkOf('scheduler', { warning: ['lateness_p99='] })
  expect(calm.see(here('', numbers)).run(0)).toMatchObject({ code: 0 })
})

test('[SW2] totals count from run to run', () => {
  const { see } = checkOf('scheduler')
  const at = (total: number, ms: number) => see(here('', scheduler(0, total))).run(ms)
  expect(at(5_000, 0)).toMatchObject({ code: 0 })
  expect(at(5_100, 30_000).output).toContain('100 slots skipped')
  expect(at(5_201, 60_000)).toMatchObject({ code: 1 })
  // The collector has begun again.
  expect(at(3, 90_000).output).toContain('3 slots skipped')
  expect(at(3, 120_000).perfdata).toContain('overruns=3c;;;;')
})

test('[SW2] a rate and a share need two runs', () => {
  const { see } = checkOf('intake')
  const at = (counted: number, ms: number) =>
    see(here('', { parallax_results_counted_total: counted })).run(ms)
  expect(at(1_000, 0).perfdata).toBe('')
  expect(at(1_600, 30_000)).toMatchObject({ output: 'PARALLAX OK - intake: 20 results/s' })

  const plugins = checkOf('plugins')
  const ended = (timedOut: number, all: number) =>
    plugins
      .see(
        here('', {
          parallax_executor_timed_out_total: timedOut,
          parallax_executor_finished_total: all,
        }),
      )
      .run(0)
  expect(ended(1_000, 1_000)).toMatchObject({ code: 0 })
  expect(ended(1_030, 1_100)).toMatchObject({ code: 1, perfdata: 'timed_out=30%;20;60;;' })
})

test('[SW3] of a cluster the worst collector makes the state', () => {
  const { see } = checkOf('scheduler', { of: 'east' })
  const quiet = see(here('east.c1', scheduler(0)), here('east.c2', scheduler(0.1))).run(0)
  expect(quiet).toMatchObject({
    code: 0,
    output: 'PARALLAX OK - scheduler: east.c1, east.c2: well',
  })
  const late = see(here('east.c1', scheduler(0)), here('east.c2', scheduler(20))).run(0)
  expect(late.code).toBe(2)
  expect(late.output).toContain('scheduler: east.c2: 20 s late')
  expect(late.longOutput?.split('\n')).toHaveLength(2)
  expect(parsePerfdata(late.perfdata).map(({ label }) => label)).toContain('c2_lateness_p99')
})

test('[SW4] what is gone has no result but for its own component', () => {
  const { see } = checkOf('scheduler', { of: 'east.c1' })
  expect(see(here('east.c1', scheduler(0))).run(0).isWithheld).toBeUndefined()
  expect(see(gone('east.c1')).run(0).isWithheld).toBe(true)
  const one = checkOf('scheduler', { of: 'east' })
  expect(one.see(gone('east.c1'), here('east.c2', scheduler(0))).run(0)).toMatchObject({ code: 0 })
  expect(one.see(gone('east.c1'), gone('east.c2')).run(0).isWithheld).toBe(true)
  const itself = checkOf('collector', { of: 'east.c1' })
  const lost = itself.see(gone('east.c1', { parallax_member_health: 2 })).run(0)
  expect(lost).toMatchObject({ code: 2 })
  expect(lost.output).toBe('PARALLAX CRITICAL - collector: east.c1 is lost')
  expect(lost.isWithheld).toBeUndefined()
})

test('[SW5] a cluster without a live collector is one blind spot', () => {
  const blind = [gone('east', { parallax_cluster_blind: 1, parallax_cluster_hosts: 40 })]
  const cluster = checkOf('cluster', { of: 'east' })
    .see(...blind)
    .run(0)
  expect(cluster).toMatchObject({ code: 2 })
  expect(cluster.output).toContain('east is a blind spot: nobody checks its hosts')
  expect(
    checkOf('members', { of: 'east' })
      .see(...blind)
      .run(0).isWithheld,
  ).toBe(true)
})

test('[SW6] what nobody knows is unknown', () => {
  expect(checkOf('outbox', { of: 'east.c9' }).seeNobody().run(0)).toMatchObject({
    code: 3,
    output: "PARALLAX UNKNOWN - outbox: nobody here knows 'east.c9'",
  })
  const old = checkOf('outbox', { of: 'east' }).see(here('east.c1', {})).run(0)
  expect(old).toMatchObject({ code: 3 })
  expect(old.isWithheld).toBeUndefined()
})

test.each([
  [{ of: 'east' }, 'needs component'],
  [{ component: 'outbx' }, 'a component: collector, plan'],
  [{ component: 'cluster' }, 'needs of: a cluster'],
  [{ component: 'outbox', warning: ['lag=3'] }, "'lag' is no measure of outbox: waiting"],
  [{ component: 'outbox', warning: ['waiting=a lot'] }, 'with a threshold range'],
  [{ component: 'outbox', warning: ['waiting'] }, 'a limit of a measure'],
])('[SW6] options %j are refused', (options, why) => {
  const parsed = BUILTIN_OPTIONS.parallax.safeParse(options)
  expect(JSON.stringify(parsed.error?.issues)).toContain(why)
})

test('[SW1] every measure of every component can be judged and drawn', () => {
  for (const component of COMPONENT_NAMES) {
    const { see } = checkOf(component, { of: 'east' })
    const numbers = new Proxy<Record<string, number>>({}, { get: () => 1, ownKeys: () => [] })
    const { output, perfdata } = see(here('east', numbers)).run(0)
    expect(output).toMatch(/^PARALLAX (OK|WARNING|CRITICAL) - /)
    expect(parsePerfdata(perfdata).length, component).toBeGreaterThan(0)
  }
})
