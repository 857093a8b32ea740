import { describe, expect, test } from 'vitest'
import { chance } from '../chance.ts'
import { RATES } from '../world/rates.ts'
import { INTERVAL_MS, World } from '../world/world.ts'
import { collectorLossesOf } from './collector-losses.ts'
import { Schedule, type Run } from './schedule.ts'

const HOUR_MS = 3_600_000

function runsOf(world: World, schedule = new Schedule(world)): Run[] {
  return [...schedule.until(world.durationMs)]
}

/** Runs of each check by each observer, in the order of time. */
function byCell(runs: readonly Run[]): ReadonlyMap<string, readonly Run[]> {
  const cells = new Map<string, Run[]>()
  for (const run of runs) {
    const key = `${run.observer} ${run.check}`
    const cell = cells.get(key)
    if (cell === undefined) cells.set(key, [run])
    else cell.push(run)
  }
  return cells
}

test('[SI2] every observer runs every check once an interval, all of them evenly over it', () => {
  const world = new World({ observers: 4, seed: 5, durationMs: HOUR_MS, siteSizes: [4, 3] })
  const cells = byCell(runsOf(world))
  expect(cells.size).toBe(4 * world.topology.checks.length)
  for (const runs of cells.values()) {
    const { observer, check } = runs[0] ?? { observer: -1, check: -1 }
    const phase = chance(check, 17, 0, 0) % INTERVAL_MS
    const first = (phase + Math.floor((observer * INTERVAL_MS) / 4)) % INTERVAL_MS
    expect(runs.map(({ at }) => at)).toEqual(
      Array.from({ length: 60 }, (_, slot) => first + slot * INTERVAL_MS),
    )
  }
})

test('[SI2] the hosts of an observer are shared by its collectors', () => {
  const world = new World({ observers: 3, seed: 5, durationMs: INTERVAL_MS })
  const hostsOf = new Map<string, Set<number>>()
  for (const { observer, collector, check } of runsOf(world)) {
    const key = `${observer} ${collector}`
    const hosts = hostsOf.get(key) ?? new Set()
    hostsOf.set(key, hosts.add(world.topology.checks[check]?.host ?? -1))
  }
  expect(hostsOf.size).toBe(9)
  const counts = [...hostsOf.values()].map(({ size }) => size)
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3 * world.topology.hosts.length)
  expect(Math.max(...counts)).toBeLessThanOrEqual(1.1 * (world.topology.hosts.length / 3) + 1)
})

describe('[SI3] a collector that ends in an overload', () => {
  const rates = { ...RATES.default, overload: 24, collectorLoss: 1 }
  const world = new World({ observers: 3, seed: 9, durationMs: 3 * HOUR_MS, rates })
  const losses = collectorLossesOf(world)
  const schedule = new Schedule(world)
  const cells = byCell(runsOf(world, schedule))

  test('happens in this world, one at a time in a cluster', () => {
    expect(losses.length).toBeGreaterThan(2)
    for (const loss of losses) {
      const others = losses.filter((one) => one !== loss && one.observer === loss.observer)
      expect(others.filter((one) => one.from < loss.to && loss.from < one.to)).toEqual([])
    }
  })
  test('runs nothing while it is gone, and what it ran is lost', () => {
    const ran = [...cells.values()]
      .flat()
      .filter((run) =>
        losses.some(
          ({ observer, collector, from, to }) =>
            observer === run.observer &&
            collector === run.collector &&
            run.at >= from &&
            run.at < to,
        ),
      )
    expect(ran).toEqual([])
    const loss = losses[0]
    if (loss === undefined) throw new Error('nothing was lost')
    const run = { ...loss, check: 0, at: loss.from - 100 }
    expect(schedule.isLost(run, loss.from + 1)).toBe(true)
    expect(schedule.isLost(run, loss.from)).toBe(false)
    expect(schedule.isLost({ ...run, collector: (loss.collector + 1) % 3 }, loss.from + 1)).toBe(
      false,
    )
  })
  test('leaves no check alone for longer than the takeover takes', () => {
    const gaps = [...cells.values()].flatMap((runs) =>
      runs.map(({ at }, index) => at - (runs[index - 1]?.at ?? at)),
    )
    const longest = gaps.reduce((most, gap) => Math.max(most, gap), 0)
    expect(longest).toBeGreaterThan(INTERVAL_MS)
    // Noticed after 3 s, and looked at in turns of 100 a second.
    expect(longest).toBeLessThanOrEqual(INTERVAL_MS + 3_000 + 5_000)
  })
  test('comes back, and its hosts return in their slots', () => {
    for (const { observer, collector, to } of losses) {
      const after = [...cells.values()]
        .flat()
        .filter((run) => run.observer === observer && run.collector === collector && run.at >= to)
      if (to < world.durationMs - INTERVAL_MS) expect(after.length).toBeGreaterThan(0)
    }
  })
})
