import { describe, expect, test } from 'vitest'
import { gauge, type Metric } from '../base/metrics.ts'
import { collectorMetrics, type CollectorStats } from '../collector/collector-metrics.ts'
import { executorMetrics } from '../collector/executor/executor-metrics.ts'
import { intakeMetrics, newIntakeNumbers } from '../results/intake-metrics.ts'
import { progressBy, progressOf } from './progress.ts'
import { busMetrics } from './self/bus-metrics.ts'

/** A program with these numbers, as they are when somebody asks. */
function programWith(numbers: Record<string, number>) {
  const metrics: Metric[] = Object.keys(numbers).map((name) =>
    gauge(`parallax_${name}`, '', () => numbers[name] as number),
  )
  const parts = progressOf(() => metrics)
  const stuckAt = (seconds: number): string[] =>
    parts.filter((part) => !part.isMakingProgress(seconds * 1000)).map(({ name }) => name)
  return { numbers, stuckAt }
}

describe('[WD4] a part is stuck when it has work and nothing moves', () => {
  test('scheduler: due checks are not looked for', () => {
    const { numbers, stuckAt } = programWith({ checks: 10, scheduler_looks_total: 1 })
    expect(stuckAt(0)).toEqual([])
    expect(stuckAt(29)).toEqual([])
    numbers['scheduler_looks_total'] = 2
    expect(stuckAt(31)).toEqual([])
    expect(stuckAt(60)).toEqual([])
    expect(stuckAt(61)).toEqual(['scheduler'])
    numbers['checks'] = 0
    expect(stuckAt(62)).toEqual([])
  })
  test('intake: results wait and are not stored, though the database works', () => {
    const { numbers, stuckAt } = programWith({
      intake_pending_results: 5,
      store_available: 0,
      store_commit_seconds_total: 1.5,
    })
    expect(stuckAt(0)).toEqual([])
    expect(stuckAt(600)).toEqual([])
    numbers['store_available'] = 1
    expect(stuckAt(659)).toEqual([])
    expect(stuckAt(660)).toEqual(['intake'])
    numbers['store_commit_seconds_total'] = 1.6
    expect(stuckAt(661)).toEqual([])
  })
  test('executor: all slots are taken and nothing ends', () => {
    const { numbers, stuckAt } = programWith({
      executor_slots: 4,
      checks_running: 3,
      executor_finished_total: 9,
    })
    expect(stuckAt(0)).toEqual([])
    expect(stuckAt(10_000)).toEqual([])
    numbers['checks_running'] = 4
    expect(stuckAt(10_000 + 899)).toEqual([])
    expect(stuckAt(10_000 + 900)).toEqual(['executor'])
  })
  test('sender: results wait, the hubs are reached, none is sent', () => {
    const { numbers, stuckAt } = programWith({
      outbox_waiting_results: 7,
      bus_hubs_unreachable: 1,
      collector_sent_total: 3,
    })
    expect(stuckAt(0)).toEqual([])
    expect(stuckAt(5_000)).toEqual([])
    numbers['bus_hubs_unreachable'] = 0
    expect(stuckAt(5_599)).toEqual([])
    expect(stuckAt(5_600)).toEqual(['sender'])
  })
  test('a program without the part is never stuck in it', () => {
    const { stuckAt } = programWith({})
    expect([0, 1_000_000].flatMap(stuckAt)).toEqual([])
  })
})

test('[WD4] every number that is looked at is one that a part has', () => {
  const asked = new Set<string>()
  const parts = progressBy((name) => {
    asked.add(name)
    return 1
  })
  // The first look notes, the second compares.
  for (const at of [0, 1]) for (const part of parts) part.isMakingProgress(at)
  const bus = { reaches: () => true, reconnects: 0, refused: 0 }
  const counts = { started: 0, finished: 0, timedOut: 0, refused: 0, builtinFaults: 0 }
  const pool = { running: 0, replaced: 0, unopened: 0 }
  const known = [
    ...collectorMetrics(() => ({}) as CollectorStats),
    ...executorMetrics(counts, pool, () => 0),
    ...intakeMetrics(newIntakeNumbers(), { results: 0 }, { status: 'ok' }),
    ...busMetrics(bus, []),
  ].map(({ name }) => name)
  // The executor adds this one itself.
  known.push('parallax_executor_slots')
  expect(asked.size).toBeGreaterThan(8)
  expect([...asked].filter((name) => !known.includes(name))).toEqual([])
})
