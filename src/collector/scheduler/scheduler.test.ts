import { describe, expect, test } from 'vitest'
import { aCheck } from '../../../test/checks.ts'
import { createVirtualCollector } from '../../../test/virtual-collector.ts'
import { hash32 } from '../../base/hash.ts'
import { instant } from '../../base/instant.ts'
import { serviceCheckId } from '../../domain/check-id.ts'
import { Lateness } from './lateness.ts'
import { createScheduler } from './scheduler.ts'
import { slotAfter } from './slots.ts'

const NOON = Date.parse('2027-06-01T12:00:00Z')
const always = new Map<string, never>()
const many = (count: number, intervalMs: number) =>
  Array.from({ length: count }, (_, n) => aCheck(`service ${n}`, { intervalMs }))

describe('slots', () => {
  test('[SC1] 6,000 checks a minute are spread evenly over its seconds', () => {
    const perSecond = Array.from({ length: 60 }, () => 0)
    for (const { id } of many(6_000, 60_000)) {
      const second = Math.floor((slotAfter(hash32(id), 60_000, NOON) % 60_000) / 1000)
      perSecond[second] = (perSecond[second] ?? 0) + 1
    }
    expect(Math.min(...perSecond)).toBeGreaterThan(60)
    expect(Math.max(...perSecond)).toBeLessThan(145)
  })

  test('[SC1] a restart computes the same slots', () => {
    const checks = many(50, 300_000)
    const duesAfter = (startAt: number): Map<string, number> => {
      const collector = createVirtualCollector({ startAt, durationMs: () => 1 })
      collector.scheduler.apply(checks, always, collector.now)
      collector.pass(NOON + 3_600_000 - startAt)
      return new Map(collector.runs.map((run) => [run.id, run.dueAt]))
    }
    expect(duesAfter(NOON)).toEqual(duesAfter(NOON + 777_777))
  })
})

describe('new checks', () => {
  test('[SC3] a few checks with a long interval have all run within five seconds', () => {
    const collector = createVirtualCollector({ startAt: NOON, durationMs: () => 10 })
    collector.scheduler.apply(many(20, 3_600_000), always, collector.now)
    collector.pass(5_000)
    expect(new Set(collector.runs.map((run) => run.id)).size).toBe(20)
    expect(new Set(collector.runs.map((run) => run.dueAt)).size).toBeGreaterThan(15)
  })

  test('[SC3] many are spread: about a hundred a second, and at least by their interval', () => {
    const collector = createVirtualCollector({ startAt: NOON, durationMs: () => 10 })
    collector.scheduler.apply(many(6_000, 300_000), always, collector.now)
    collector.pass(10_000)
    expect(collector.runs.length).toBeGreaterThan(800)
    expect(collector.runs.length).toBeLessThan(1_500)
    collector.pass(50_000)
    expect(new Set(collector.runs.map((run) => run.id)).size).toBe(6_000)
  })

  test('[SC7] a passive check is never due', () => {
    const collector = createVirtualCollector({ startAt: NOON, durationMs: () => 10 })
    const passive = aCheck('trap', { command: { kind: 'passive' } })
    collector.scheduler.apply([passive], always, collector.now)
    expect(collector.scheduler.recheck([passive.id], collector.now)).toBe(0)
    collector.pass(86_400_000)
    expect(collector.runs).toEqual([])
    expect(collector.scheduler.nextDueAt).toBeUndefined()
  })
})

describe('problems', () => {
  test("[SC6] a host's warning is no problem, its critical is", () => {
    const scheduler = createScheduler()
    const host = aCheck('', { intervalMs: 20_000 })
    scheduler.apply([host], always, instant(NOON))
    const runOnce = (code: 0 | 1 | 2): number | undefined => {
      const at = scheduler.nextDueAt ?? instant(Number.NaN)
      expect(scheduler.run(at, () => true)).toBe(1)
      scheduler.finish(host.id, code, at, at)
      return scheduler.standing(host.id)?.failures
    }
    expect([runOnce(1), runOnce(2), runOnce(2), runOnce(1), runOnce(0)]).toEqual([0, 1, 2, 0, 0])
  })

  test('[SC6] what comes in from outside moves the attempt and not the due time', () => {
    const scheduler = createScheduler()
    const check = aCheck('s')
    scheduler.apply([check], always, instant(NOON))
    const due = scheduler.nextDueAt
    scheduler.observe(check.id, 2, true, instant(NOON + 1_500))
    expect(scheduler.nextDueAt).toBe(due)
    expect(scheduler.standing(check.id)).toMatchObject({
      code: 2,
      failures: 1,
      lastAt: NOON + 1_000,
    })
  })
})

describe('overload', () => {
  test('[SC8] what waits is started in the order of due times', () => {
    const collector = createVirtualCollector({ startAt: NOON, durationMs: () => 500, slots: 4 })
    collector.scheduler.apply(many(600, 60_000), always, collector.now)
    collector.pass(120_000)
    expect(collector.scheduler.waiting).toBeGreaterThan(100)
    expect(collector.scheduler.oldestWaitingMs(collector.now)).toBeGreaterThan(5_000)
    const dues = collector.runs.map((run) => run.dueAt)
    expect(dues).toEqual(dues.toSorted((a, b) => a - b))
  })

  test('[SC9] pings without places do not delay what has some', () => {
    const collector = createVirtualCollector({
      startAt: NOON,
      durationMs: ({ command }) => (command.kind === 'builtin' ? 60_000 : 10),
      slotsOf: { ping: 1 },
    })
    const pings = many(50, 60_000).map((check) => ({
      ...check,
      command: { kind: 'builtin', builtin: 'ping', options: {} } as const,
    }))
    const plugin = aCheck('plugin', {
      intervalMs: 10_000,
      command: { kind: 'shell-line', line: 'true', hasRuntimeMacros: false, environment: {} },
    })
    collector.scheduler.apply([...pings, plugin], always, collector.now)
    collector.pass(600_000)
    expect(collector.scheduler.waiting).toBeGreaterThan(40)
    for (const run of collector.runsOf(plugin.id)) expect(run.startedAt).toBe(run.dueAt)
  })

  test('[SC10] lateness of the last minute, within five per cent, and gone a minute later', () => {
    const lateness = new Lateness()
    for (let n = 1; n <= 1000; n++) lateness.record(n, NOON + n * 10)
    const now = NOON + 10_000
    expect(lateness.quantile(0.5, now)).toBeGreaterThanOrEqual(500)
    expect(lateness.quantile(0.5, now)).toBeLessThan(525)
    expect(lateness.quantile(0.99, now)).toBeGreaterThanOrEqual(990)
    expect(lateness.quantile(0.99, now)).toBeLessThan(1_040)
    expect(lateness.quantile(0.99, now + 80_000)).toBe(0)
  })
})

describe('plans', () => {
  test('[SC14] the same check keeps its due time and its attempt', () => {
    const scheduler = createScheduler()
    const checks = many(100, 60_000)
    scheduler.apply(checks, always, instant(NOON))
    const due = scheduler.nextDueAt
    scheduler.observe(serviceCheckId('h', 'service 3'), 2, true, instant(NOON))
    const other = checks.map((check) => ({ ...check, timeoutMs: 1_000 }))
    const change = scheduler.apply([...other, aCheck('new')], always, instant(NOON + 1_000))
    expect(change).toEqual({ added: 1, removed: 0, kept: 100 })
    expect(scheduler.nextDueAt).toBe(due)
    expect(scheduler.standing(serviceCheckId('h', 'service 3'))?.failures).toBe(1)
  })

  test('[SC15] a shorter interval counts at once', () => {
    const scheduler = createScheduler()
    const check = aCheck('s', { intervalMs: 86_400_000 })
    scheduler.apply([check], always, instant(NOON))
    const first = scheduler.nextDueAt ?? instant(Number.NaN)
    scheduler.run(first, () => true)
    scheduler.finish(check.id, 0, first, first)
    scheduler.apply([{ ...check, intervalMs: 10_000 }], always, first)
    expect(scheduler.nextDueAt).toBe(slotAfter(hash32(check.id), 10_000, first))
  })

  test('[SC16] a check that is taken out and put back while it runs does not run twice', () => {
    const collector = createVirtualCollector({ startAt: NOON, durationMs: () => 90_000 })
    const check = aCheck('s')
    collector.scheduler.apply([check], always, collector.now)
    collector.pass(10_000)
    expect(collector.scheduler.running).toBe(1)
    expect(collector.scheduler.apply([], always, collector.now).removed).toBe(1)
    collector.pass(1_000)
    collector.scheduler.apply([check], always, collector.now)
    collector.pass(300_000)
    expect(collector.runs.length).toBeGreaterThan(2)
    collector.scheduler.apply([], always, collector.now)
    collector.pass(200_000)
    expect(collector.scheduler.checks).toBe(0)
    expect(collector.scheduler.running).toBe(0)
  })

  test('[SC16] a thousand plans leave no rows behind', () => {
    const scheduler = createScheduler()
    for (let n = 0; n < 1000; n++) {
      const checks = Array.from({ length: 20 }, (_, k) => aCheck(`s${n}-${k}`))
      expect(scheduler.apply(checks, always, instant(NOON + n))).toMatchObject({ added: 20 })
    }
    expect(scheduler.checks).toBe(20)
  })
})

describe('clock', () => {
  test('[SC17] after a sleep of hours everything is caught up once, spread over a minute', () => {
    const collector = createVirtualCollector({ startAt: NOON, durationMs: () => 10 })
    const checks = many(600, 300_000)
    collector.scheduler.apply(checks, always, collector.now)
    collector.pass(600_000)
    const before = collector.runs.length
    collector.step(8 * 3_600_000)
    collector.pass(1_000)
    expect(collector.runs.length - before).toBeLessThan(40)
    collector.pass(59_000)
    const caughtUp = collector.runs.slice(before)
    expect(new Set(caughtUp.map((run) => run.id)).size).toBe(600)
    expect(collector.scheduler.counts.clockSteps).toBe(1)
    expect(collector.scheduler.counts.missedSlots).toBeGreaterThanOrEqual(600 * 95)
  })

  test('[SC18] after a step back by hours nothing waits for the old time', () => {
    const collector = createVirtualCollector({ startAt: NOON, durationMs: () => 10 })
    collector.scheduler.apply(many(100, 60_000), always, collector.now)
    collector.pass(600_000)
    const before = collector.runs.length
    collector.step(-5 * 3_600_000)
    collector.pass(60_000)
    expect(new Set(collector.runs.slice(before).map((run) => run.id)).size).toBe(100)
  })
})
