import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createRigExecutor, fine, until, type RigExecutor } from '../../test/collector-rig.ts'
import { createTestLog } from '../../test/test-log.ts'
import { fleetOfChecks, planOf } from '../../test/virtual-cluster.ts'
import { createMemoryBus } from '../adapters/memory/bus.ts'
import { openOutbox } from '../adapters/sqlite/outbox.ts'
import { systemClock } from '../adapters/system/clock.ts'
import type { Check } from '../domain/check.ts'
import type { CheckOutcome, CheckResult } from '../domain/check-result.ts'
import { beatOf, clockOf, orderTo, type ClockAnswer, type ClockQuery } from '../wire/cluster.ts'
import { allResults, MESSAGE_VERSION, plan } from '../wire/subjects.ts'
import { startCollector, type Collector } from './collector.ts'
import type { Job } from './ports.ts'

const HUB = 'hub-a'
const SETTINGS = { beatMs: 200, tickMs: 20, shareMs: 50 }
const SILENCE_MS = 1_000

/** Whole collectors on one bus in one process, which beat quicker than others. */
async function createCluster(outcomeOf: (job: Job, by: string) => CheckOutcome = () => fine) {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-'))
  const bus = createMemoryBus()
  const log = createTestLog()
  const taken: CheckResult[] = []
  const collectors: Collector[] = []
  bus.subscribe(allResults(HUB), ({ results }) => void taken.push(...results))
  bus.answer<ClockQuery, ClockAnswer>(clockOf(HUB, '>'), () => ({
    version: MESSAGE_VERSION,
    hub: HUB,
    at: systemClock.now(),
  }))
  return {
    bus,
    taken,
    async start(name: string) {
      const path = join(folder, `${name}.db`)
      const clock = systemClock
      let executor: RigExecutor | undefined
      const collector = await startCollector({
        name,
        hubs: [HUB],
        bus,
        outbox: openOutbox({ path, bytesMax: 1e9, ageMaxMs: 1e9, clock, log }),
        clock,
        log,
        executorFactory: (onFinished) =>
          (executor = createRigExecutor(onFinished, { outcomeOf: (job) => outcomeOf(job, name) })),
        cluster: { settings: SETTINGS },
      })
      collectors.push(collector)
      return { collector, jobs: executor?.jobs ?? [] }
    },
    plan: async (names: readonly string[], checks: readonly Check[]) => {
      for (const name of names)
        await bus.publish(plan(name), planOf(checks, { silenceMs: SILENCE_MS }))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(collectors.map((collector) => collector.stop()))
      rmSync(folder, { recursive: true })
    },
  }
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)

const slotsOf = (results: readonly CheckResult[]): readonly string[] =>
  results.map(({ checkId, dueAt }) => `${checkId} ${dueAt}`)

describe('whole collectors', () => {
  test('[AG6] [AG7] share a plan; one that stops hands over within its time, and no slot is run twice', async () => {
    await using cluster = await createCluster()
    const names = ['east.c1', 'east.c2', 'east.c3']
    const checks = fleetOfChecks(30, 1, { intervalMs: 2_000, timeoutMs: 1_000 })
    const started = await Promise.all(names.map((name) => cluster.start(name)))
    await cluster.plan(names, checks)
    const clusters = () => started.map(({ collector }) => collector.cluster())
    await until(() => {
      const hosts = clusters().map((it) => it?.hosts ?? 0)
      const views = new Set(clusters().map((it) => it?.view))
      return views.size === 1 && hosts.every((count) => count > 0) && sumOf(hosts) === 30
    })

    const begun = performance.now()
    await started[1]?.collector.stop()
    expect(performance.now() - begun).toBeLessThan(4_000)
    await until(
      () => sumOf(clusters().map((it, index) => (index === 1 ? 0 : (it?.hosts ?? 0)))) === 30,
    )
    const handedOverAt = systemClock.now()
    await until(
      () =>
        new Set(cluster.taken.filter((it) => it.dueAt > handedOverAt).map((it) => it.checkId))
          .size === 60,
    )
    const scheduled = cluster.taken.filter(({ origin }) => origin === 'scheduled')
    expect(new Set(slotsOf(scheduled)).size).toBe(scheduled.length)
  }, 30_000)

  test('[AG17] the new owner knows what the one before saw, for the macros of its commands too', async () => {
    const asked: Readonly<Record<string, string>>[] = []
    await using cluster = await createCluster((job, by) => {
      if (by === 'east.c2' && job.check.serviceName !== undefined) asked.push(job.macros())
      return { ...fine, code: 2, output: `seen by ${by}` }
    })
    const checks = fleetOfChecks(4, 1, {
      intervalMs: 4_000,
      retryIntervalMs: 2_500,
      maxAttempts: 10,
      timeoutMs: 1_000,
      command: { kind: 'shell-line', line: 'true', hasRuntimeMacros: true, environment: {} },
    })
    const first = await cluster.start('east.c1')
    await cluster.plan(['east.c1'], checks)
    await until(() => new Set(cluster.taken.map((it) => it.checkId)).size === 8, 15_000)
    const second = await cluster.start('east.c2')
    await cluster.plan(['east.c2'], checks)
    await until(() => (second.collector.cluster()?.sharers.length ?? 0) === 2)
    await first.collector.stop()
    const macros = await until(() => asked[0], 15_000)
    expect(macros['SERVICEOUTPUT']).toBe('seen by east.c1')
    expect(Number(macros['SERVICEATTEMPT'])).toBeGreaterThanOrEqual(1)
    expect(macros['SERVICESTATETYPE']).toBe('SOFT')
  }, 40_000)

  test('[AG11] takes orders over the bus', async () => {
    await using cluster = await createCluster()
    const { collector } = await cluster.start('east.c1')
    await cluster.plan(['east.c1'], fleetOfChecks(3, 0))
    await until(() => collector.stats().checks === 3)
    const order = (kind: 'drain' | 'cordon') =>
      cluster.bus.request(
        orderTo('east.c1'),
        { version: MESSAGE_VERSION, author: 'test', want: { kind } },
        1_000,
      )
    await expect(order('drain')).rejects.toThrow('no other collector of the cluster')
    expect(await order('cordon')).toMatchObject({ standing: 'cordoned' })
    await until(() => collector.stats().checks === 0)
  })

  test('[AG22] without a cluster all is its own, and nothing is told to anybody', async () => {
    await using cluster = await createCluster()
    const heard: string[] = []
    cluster.bus.subscribe(beatOf('>'), (_, name) => void heard.push(name))
    const { collector } = await cluster.start('local')
    const { cluster: _, ...whole } = planOf(fleetOfChecks(3, 1))
    await cluster.bus.publish(plan('local'), whole)
    await until(() => collector.stats().results >= 6, 10_000)
    expect(collector.cluster()).toBeUndefined()
    expect(heard).toEqual([])
  }, 15_000)
})
