import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { prng } from '../../base/prng.ts'
import { hostTable } from './host-table.ts'
import { IMBALANCE_MAX, shareOut, type Sharer, type Shares } from './share-out.ts'

const NO_TERMS = { costs: {}, pins: {} }
const hostNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `web-${String(n).padStart(5, '0')}.example.org`)
const collectors = (count: number, weight = 1): Sharer[] =>
  Array.from({ length: count }, (_, n) => ({ id: `east.c${n}`, weight }))

const ownersOf = ({ sharers, ownerOf }: Shares): readonly (string | undefined)[] =>
  [...ownerOf].map((owner) => sharers[owner]?.id)

/** Costs that differ as those of machines do: a few are many times heavier than most. */
function unequalCosts(hosts: readonly string[], seed: number): Record<string, number> {
  const random = prng(seed)
  return Object.fromEntries(hosts.map((host) => [host, 10 * Math.exp(4 * random() ** 3)]))
}

const fleets = fc.record({
  hosts: fc.integer({ min: 1, max: 400 }),
  members: fc.integer({ min: 2, max: 9 }),
  seed: fc.nat(),
  isUnequal: fc.boolean(),
})

function world({
  hosts,
  members,
  seed,
  isUnequal,
}: {
  hosts: number
  members: number
  seed: number
  isUnequal: boolean
}) {
  const names = hostNames(hosts)
  const costs = isUnequal ? unequalCosts(names, seed) : {}
  return { names, table: hostTable(names, { costs, pins: {} }), sharers: collectors(members) }
}

describe('shares', () => {
  test('[AG1] every host has one collector, the same in whatever order hosts and costs come', () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const { names, table, sharers } = world(fleet)
        const costs = fleet.isUnequal ? unequalCosts(names, fleet.seed) : {}
        const turned = Object.fromEntries(Object.entries(costs).toReversed())
        const again = hostTable(names.toReversed(), { costs: turned, pins: {} })
        const shares = shareOut(table, sharers)
        expect(ownersOf(shares).every((owner) => owner !== undefined)).toBe(true)
        expect(ownersOf(shareOut(again, sharers))).toEqual(ownersOf(shares))
      }),
      { numRuns: 100 },
    )
  })

  test('[AG1] 10,000 hosts and 20 collectors take less than 50 ms', () => {
    const names = hostNames(10_000)
    const table = hostTable(names, { costs: unequalCosts(names, 1), pins: {} })
    const took = Array.from({ length: 5 }, () => {
      const begun = performance.now()
      shareOut(table, collectors(20))
      return performance.now() - begun
    })
    expect(Math.min(...took)).toBeLessThan(50)
  })

  test('[AG2] who goes moves its own hosts only; others move only around full collectors', () => {
    fc.assert(
      fc.property(fleets, fc.nat(), (fleet, which) => {
        const { table, sharers } = world(fleet)
        const gone = which % sharers.length
        const all = shareOut(table, sharers)
        const rest = shareOut(table, sharers.toSpliced(gone, 1))
        const before = ownersOf(all)
        const after = ownersOf(rest)
        const strays = before.flatMap((owner, host) =>
          owner !== sharers[gone]?.id && owner !== after[host] ? [host] : [],
        )
        for (const host of strays)
          expect(all.displaced.has(host) || rest.displaced.has(host)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  test('[AG2] of 1,000 like hosts nearly none moves without need', () => {
    const table = hostTable(hostNames(1_000), NO_TERMS)
    for (const members of [2, 3, 5]) {
      const sharers = collectors(members)
      const before = ownersOf(shareOut(table, sharers))
      const after = ownersOf(shareOut(table, sharers.slice(1)))
      const strays = before.filter((owner, host) => owner !== 'east.c0' && owner !== after[host])
      expect(strays.length).toBeLessThanOrEqual(10)
    }
  })

  test('[AG3] nobody has more than 1.1 of its part, or its part and the heaviest host', () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const { table, sharers } = world(fleet)
        const { loads } = shareOut(table, sharers)
        const part = table.totalCost / sharers.length
        const most = Math.max(IMBALANCE_MAX * part, part + Math.max(...table.costs))
        expect(Math.max(...loads)).toBeLessThanOrEqual(most * (1 + 1e-9))
      }),
      { numRuns: 200 },
    )
  })

  test('[AG3] a host without a measured cost costs the mean of the others', () => {
    const { costs } = hostTable(['a', 'b', 'c'], { costs: { a: 10, b: 30 }, pins: {} })
    expect([...costs]).toEqual([10, 30, 20])
  })

  test('[AG3] costs that are no costs do no harm', () => {
    const costs = { a: Number.NaN, b: -5, c: Number.POSITIVE_INFINITY, d: 0, e: 1e300 }
    const table = hostTable(['a', 'b', 'c', 'd', 'e', 'constructor'], { costs, pins: {} })
    const shares = shareOut(table, collectors(2))
    expect(ownersOf(shares).every((owner) => owner !== undefined)).toBe(true)
    expect(Number.isFinite(Math.max(...shares.loads))).toBe(true)
  })

  test('[AG4] twice the weight is twice the part', () => {
    const table = hostTable(hostNames(3_000), NO_TERMS)
    const sharers = [
      { id: 'east.a', weight: 1 },
      { id: 'east.b', weight: 2 },
      { id: 'east.c', weight: 3 },
    ]
    const { loads } = shareOut(table, sharers)
    for (const [index, { weight }] of sharers.entries()) {
      expect(loads[index]).toBeGreaterThan(500 * weight * 0.9)
      expect(loads[index]).toBeLessThanOrEqual(500 * weight * IMBALANCE_MAX)
    }
  })

  test('[AG5] a pinned host is with its collector while that is there', () => {
    const names = hostNames(30)
    const pins = Object.fromEntries(names.map((name) => [name, 'c1']))
    const table = hostTable(names, { costs: {}, pins: { ...pins, unknown: 'c1' } })
    expect(new Set(ownersOf(shareOut(table, collectors(3))))).toEqual(new Set(['east.c1']))
    const without = collectors(3).toSpliced(1, 1)
    const plain = hostTable(names, NO_TERMS)
    expect(ownersOf(shareOut(table, without))).toEqual(ownersOf(shareOut(plain, without)))
  })

  test('nobody takes part: no host has a collector', () => {
    expect([...shareOut(hostTable(['a'], NO_TERMS), []).ownerOf]).toEqual([-1])
  })
})
