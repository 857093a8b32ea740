import { expect, test } from 'vitest'
import { aCheck } from '../../../test/checks.ts'
import { createRig, until } from '../../../test/collector-rig.ts'
import { numbersOf } from '../../base/metrics.ts'
import { hintsTo, probesOf, type Hints } from '../../wire/asking.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import { PROBES_MAX } from './probe-runs.ts'

const NAME = 'test'
const HOUR_MS = 3_600_000
const shared = { observers: 3, index: 0 }

/** Checks whose next slot is far away, so that what runs was asked for. */
const seldom = { intervalMs: 24 * HOUR_MS, retryIntervalMs: HOUR_MS }

async function ask(
  rig: Awaited<ReturnType<typeof createRig>>,
  ...asks: readonly { readonly name: string; readonly timeoutMs?: number }[]
): Promise<void> {
  await rig.bus.publish(probesOf(NAME), {
    version: MESSAGE_VERSION,
    hub: 'hub-0',
    asks: asks.map(({ name, timeoutMs = 5_000 }) => ({ checkId: aCheck(name).id, timeoutMs })),
  })
}

test('[AK1] [AK2] what a hub asks about runs at once, with its timeout, and its result is marked', async () => {
  await using rig = await createRig()
  const { collector, jobs } = await rig.start()
  const web = aCheck('web', { ...seldom, shared })
  const lonely = aCheck('lonely', seldom)
  await rig.plan([web, lonely])
  const first = await until(() => rig.hub.taken.length >= 2 && rig.hub.taken.length)
  const before = collector.stats()
  await ask(rig, { name: 'web' }, { name: 'lonely' }, { name: 'nobody' })
  const result = await until(() => rig.hub.taken[first])
  expect(result).toMatchObject({ checkId: web.id, origin: 'probe' })
  expect(result.dueAt).toBeLessThanOrEqual(result.startedAt)
  const asked = jobs.filter(({ origin }) => origin === 'probe')
  expect(asked.map(({ check }) => [check.id, check.timeoutMs])).toEqual([[web.id, 5_000]])
  const { running, waiting, started } = collector.stats()
  expect({ running, waiting, started }).toEqual({
    running: 0,
    waiting: before.waiting,
    started: before.started,
  })
  expect(rig.hub.taken.slice(first)).toHaveLength(1)
})

test('[AK1] nobody waits for longer than the timeout of the check', async () => {
  await using rig = await createRig()
  const { jobs } = await rig.start()
  await rig.plan([aCheck('web', { ...seldom, shared, timeoutMs: 2_000 })])
  await until(() => rig.hub.taken.length > 0)
  await ask(rig, { name: 'web', timeoutMs: 5_000 })
  const job = await until(() => jobs.find(({ origin }) => origin === 'probe'))
  expect(job.check.timeoutMs).toBe(2_000)
})

test('[AK3] a question that is asked twice runs once', async () => {
  await using rig = await createRig()
  const { jobs } = await rig.start({ durationMs: 50 })
  await rig.plan([aCheck('web', { ...seldom, shared })])
  await until(() => rig.hub.taken.length > 0)
  await ask(rig, { name: 'web' }, { name: 'web' })
  await ask(rig, { name: 'web' })
  await until(() => rig.hub.taken.some(({ origin }) => origin === 'probe'))
  expect(jobs.filter(({ origin }) => origin === 'probe')).toHaveLength(1)
  await ask(rig, { name: 'web' })
  await until(() => rig.hub.taken.filter(({ origin }) => origin === 'probe').length === 2)
})

test('[AK4] more than 64 at once are refused and counted, and so are those without a place', async () => {
  await using rig = await createRig()
  const { collector, jobs } = await rig.start({ durationMs: 40 })
  const checks = Array.from({ length: 200 }, (_, n) => aCheck(`s${n}`, { ...seldom, shared }))
  await rig.plan(checks)
  await until(() => rig.hub.taken.length === checks.length, 20_000)
  await ask(rig, ...checks.map(({ serviceName }) => ({ name: serviceName ?? '' })))
  await until(() => rig.hub.taken.filter(({ origin }) => origin === 'probe').length === PROBES_MAX)
  expect(jobs.filter(({ origin }) => origin === 'probe')).toHaveLength(PROBES_MAX)
  const numbers = numbersOf(collector.metrics)
  expect(numbers['parallax_probes_run_total']).toBe(PROBES_MAX)
  expect(numbers['parallax_probes_refused_total']).toBe(checks.length - PROBES_MAX)
})

test('[AK5] a scheduled run without an answer is told of to the hub, with how long it has waited', async () => {
  await using rig = await createRig()
  const heard: Hints[] = []
  rig.bus.subscribe(hintsTo('hub-0', NAME), (hints) => void heard.push(hints))
  await rig.start({ durationMs: 4_000 })
  await rig.plan([aCheck('web', { ...seldom, shared }), aCheck('lonely', seldom)])
  await until(() => heard.length > 0, 15_000)
  expect(heard).toHaveLength(1)
  expect(heard[0]).toMatchObject({ collector: NAME, runs: [{ checkId: aCheck('web').id }] })
  expect(heard[0]?.runs[0]?.waitedMs).toBeGreaterThanOrEqual(3_000)
}, 30_000)
