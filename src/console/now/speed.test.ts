import { expect, test } from 'vitest'
import { EMPTY_SNAPSHOT, NOON_MS } from '../../../test/console-rows.ts'
import type { Snapshot } from '../../wire/api/snapshot.ts'
import { STATES } from '../live/columns.ts'
import { LiveStore } from '../live/live-store.ts'
import { inventoryOf } from '../services/inventory.ts'
import { parseFilter } from './filter.ts'
import { lanesOf } from './lanes.ts'

const ROWS = 50_000
const BUDGET_MS = 50

/** 50,000 services on 5,000 hosts, 15,000 of them in trouble. */
function largeSnapshot(): Snapshot {
  const rows = Array.from({ length: ROWS }, (_, row) => row)
  const isBad = (row: number): boolean => row % 10 < 3
  return {
    ...EMPTY_SNAPSHOT,
    hosts: Array.from({ length: 5_000 }, (_, host) => `host-${host}.dc${host % 7}.example.net`),
    services: Array.from({ length: 10 }, (_, service) => `service ${service}`),
    groupSets: [[]],
    columns: {
      host: rows.map((row) => Math.floor(row / 10)),
      service: rows.map((row) => row % 10),
      displayName: rows.map(() => null),
      state: rows.map((row) => STATES.indexOf(isBad(row) ? 'critical' : 'ok')),
      flags: rows.map((row) => (isBad(row) ? 2 : 0)),
      attempt: rows.map(() => 1),
      maxAttempts: rows.map(() => 3),
      lastCheckAge: rows.map((row) => row % 60_000),
      lastChangeAge: rows.map((row) => (row * 7_919) % 86_400_000),
      groupSet: rows.map(() => 0),
      output: rows.map((row) => `TCP OK - ${row % 997} ms response time on port ${row % 65_536}`),
      verdict: rows.map(() => -1),
      observers: rows.map(() => -1),
      marks: rows.map(() => ''),
    },
  }
}

/** The best of 15 runs: what the code costs, whatever else the machine does meanwhile. */
function costMs(run: () => unknown): number {
  const times = Array.from({ length: 15 }, () => {
    const startedAt = performance.now()
    run()
    return performance.now() - startedAt
  })
  return Math.min(...times)
}

test('[UI16] 50,000 rows: a key press shows the filtered and sorted list within 50 ms', () => {
  const store = new LiveStore()
  store.load(largeSnapshot())
  const { columns, recoveries } = store.view
  const present = { columns, recoveries, now: NOON_MS }
  const filter = parseFilter('dc3 response', [])

  const unfiltered = costMs(() => lanesOf(present, parseFilter('', [])))
  const filtered = costMs(() => lanesOf(present, filter))
  const inventory = costMs(() => inventoryOf(columns, filter))
  const found = lanesOf(present, filter).ids.problems

  expect(found.length).toBeGreaterThan(2_000)
  expect(found.length).toBeLessThan(2_400)
  console.log(
    `50,000 rows: lanes ${unfiltered.toFixed(1)} ms, filtered ${filtered.toFixed(1)} ms, all objects ${inventory.toFixed(1)} ms`,
  )
  expect(unfiltered).toBeLessThan(BUDGET_MS)
  expect(filtered).toBeLessThan(BUDGET_MS)
  expect(inventory).toBeLessThan(BUDGET_MS)
})
