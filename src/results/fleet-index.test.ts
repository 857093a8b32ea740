import { describe, expect, test } from 'vitest'
import { fleetOf } from '../../test/fleet-of.ts'
import { instant } from '../base/instant.ts'
import { serviceCheckId, type CheckId } from '../domain/check-id.ts'
import { createFleetIndex, type FleetIndex } from './fleet-index.ts'
import type { LiveEvent } from './live-index.ts'
import type { ObjectRecord } from './state/record.ts'

const start = instant(1_800_000_000_000)
const at = (seconds: number) => instant(start + seconds * 1000)
const http = serviceCheckId('host-0', 'service-0')

function put(index: FleetIndex, id: CheckId, record: Partial<ObjectRecord>, now = start): void {
  const entry = index.get(id)
  if (entry === undefined) throw new Error(`${id} is not monitored`)
  index.replace(entry, { ...entry.record, ...record }, now)
}

function heard(index: FleetIndex): LiveEvent[] {
  const events: LiveEvent[] = []
  index.subscribe((event) => events.push(event))
  return events
}

test('[LI1] objects stand in the order of configuration and begin pending', () => {
  const index = createFleetIndex(fleetOf({ hosts: 2, servicesPerHost: 2 }), start)
  const all = [...index.all()]
  expect(all.map(({ object }) => object.id)).toEqual([
    'host-0',
    'host-0!service-0',
    'host-0!service-1',
    'host-1',
    'host-1!service-0',
    'host-1!service-1',
  ])
  expect(all.every(({ record }) => record.state === 'pending')).toBe(true)
  expect(index.counters.hosts.pending).toBe(2)
  expect(index.counters.services.pending).toBe(4)
})

test('[LI2] every object counts once, a stale one as stale', () => {
  const index = createFleetIndex(fleetOf({ hosts: 1, servicesPerHost: 3 }), start)
  put(index, http, { state: 'critical', lastResultAt: start })
  put(index, serviceCheckId('host-0', 'service-1'), { state: 'ok', lastResultAt: start })
  expect(index.counters.services).toEqual({
    ok: 1,
    warning: 0,
    critical: 1,
    unknown: 0,
    pending: 1,
    stale: 0,
  })
  index.sweep(at(1000), 100)
  expect(index.counters.services).toEqual({
    ok: 0,
    warning: 0,
    critical: 0,
    unknown: 0,
    pending: 1,
    stale: 2,
  })
  put(index, http, { state: 'ok', lastResultAt: at(1000) }, at(1000))
  expect(index.counters.services).toEqual({
    ok: 1,
    warning: 0,
    critical: 0,
    unknown: 0,
    pending: 1,
    stale: 1,
  })
})

describe('[LI3] stale', () => {
  const seenAt = (seconds: number, check = {}, latencyMs = 0): boolean => {
    const fleet = fleetOf({
      hosts: 1,
      servicesPerHost: 1,
      check: { intervalMs: 60_000, timeoutMs: 10_000, ...check },
    })
    const index = createFleetIndex(fleet, start)
    put(index, http, { state: 'ok', lastResultAt: start, latencyMs })
    index.sweep(at(seconds), 10)
    return index.get(http)?.isStale === true
  }
  test('is unseen for two intervals, the timeout and the lateness', () => {
    expect(seenAt(130)).toBe(false)
    expect(seenAt(131)).toBe(true)
    expect(seenAt(131, {}, 5_000)).toBe(false)
    expect(seenAt(136, {}, 5_000)).toBe(true)
  })
  test('[CF26] is older than the freshness threshold, also of a passive check', () => {
    for (const check of [
      { freshnessMs: 30_000 },
      { freshnessMs: 30_000, isOnDemand: true },
      { freshnessMs: 30_000, command: { kind: 'passive' } },
    ]) {
      expect(seenAt(30, check, 60_000)).toBe(false)
      expect(seenAt(31, check, 60_000)).toBe(true)
    }
    expect(seenAt(1_000, { freshnessMs: 3_600_000 })).toBe(false)
  })
  test('is neither a pending object nor a passive check nor one on demand', () => {
    expect(seenAt(100_000, { command: { kind: 'passive' } })).toBe(false)
    expect(seenAt(100_000, { isOnDemand: true })).toBe(false)
    const index = createFleetIndex(fleetOf({ hosts: 1, servicesPerHost: 1 }), start)
    expect(index.sweep(at(100_000), 10)).toBe(0)
  })
})

test('[LI4] outside of its time period, and at its begin, a check is not missed', () => {
  const fleet = fleetOf({ hosts: 1, servicesPerHost: 1, check: { period: 'office' } })
  const opensAt = at(10_000)
  const index = createFleetIndex(fleet, start, (_, when) => when >= opensAt)
  put(index, http, { state: 'ok', lastResultAt: start })
  expect(index.sweep(at(9_000), 10)).toBe(0)
  expect(index.sweep(at(10_100), 10)).toBe(0)
  expect(index.sweep(at(10_131), 10)).toBe(1)
})

test('[LI5] a new fleet keeps records, reports who left and fits attempts', () => {
  const index = createFleetIndex(fleetOf({ hosts: 2, servicesPerHost: 2 }), start)
  put(index, http, { state: 'critical', type: 'soft', attempt: 3, lastResultAt: start })
  const events = heard(index)
  index.applyFleet(fleetOf({ hosts: 1, servicesPerHost: 1, policy: { maxAttempts: 2 } }), at(1))
  expect(index.get(http)?.record).toMatchObject({ state: 'critical', attempt: 2 })
  expect(events).toHaveLength(1)
  expect(events[0]?.removed).toEqual([
    'host-0!service-1',
    'host-1',
    'host-1!service-0',
    'host-1!service-1',
  ])
  expect(events[0]?.changed.map(({ object }) => object.id)).toEqual(['host-0', 'host-0!service-0'])
  expect(index.counters.hosts).toMatchObject({ pending: 1, up: 0 })
  expect(index.counters.services).toMatchObject({ critical: 1, pending: 0 })
  index.applyFleet(fleetOf({ hosts: 1, servicesPerHost: 1, policy: { maxAttempts: 2 } }), at(2))
  expect(events).toHaveLength(1)
})

test('[LI5] records of an earlier run are taken over; those of strangers are not', () => {
  const index = createFleetIndex(fleetOf({ hosts: 1, servicesPerHost: 1 }), start)
  const old = {
    ...(index.get(http)?.record as ObjectRecord),
    state: 'warning' as const,
    lastResultAt: start,
  }
  const events = heard(index)
  index.restore([old, { ...old, checkId: serviceCheckId('gone', 'x') }], at(1))
  expect(events.flatMap(({ changed }) => changed.map(({ object }) => object.id))).toEqual([http])
  expect(index.counters.services.warning).toBe(1)
})

test('[LI7] a sweep is bounded and goes on where it stopped', () => {
  const index = createFleetIndex(fleetOf({ hosts: 1, servicesPerHost: 9 }), start)
  for (const { object } of index.all())
    put(index, object.id, { state: object.id === 'host-0' ? 'up' : 'ok', lastResultAt: start })
  const events = heard(index)
  expect(index.sweep(at(500), 4)).toBe(4)
  expect(index.sweep(at(500), 4)).toBe(4)
  expect(index.sweep(at(500), 4)).toBe(2)
  expect(index.sweep(at(500), 40)).toBe(0)
  expect(events).toHaveLength(3)
})
