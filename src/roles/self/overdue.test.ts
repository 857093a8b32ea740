import { expect, test } from 'vitest'
import { createTestClock } from '../../../test/test-clock.ts'
import { compiledFleet } from '../../../test/compiled.ts'
import { after, type Instant } from '../../base/instant.ts'
import { createFleetIndex } from '../../results/fleet-index.ts'
import { overdueMetrics } from './overdue.ts'

const FLEET_TEXT = `
clusters: { east:, west: }
templates: { services: { s: { checkInterval: 10s, checkTimeout: 10s, checkCommand: { builtin: load } } } }
hosts:
  a: { cluster: east, services: { one: { use: s }, two: { use: s } } }
  b: { cluster: west, services: { one: { use: s } } }
  c: { cluster: hub, services: { one: { use: s } } }
`
const FLEET = compiledFleet(FLEET_TEXT)

function world(seenAt: (now: Instant) => Instant, fleet = FLEET) {
  const clock = createTestClock()
  const index = createFleetIndex(fleet, clock.now())
  const at = seenAt(clock.now())
  for (const { object, record } of index.all()) {
    const entry = index.get(object.id)
    if (entry !== undefined && object.id.includes('!'))
      index.replace(entry, { ...record, state: 'ok', lastResultAt: at }, clock.now())
  }
  let blind: readonly string[] = []
  const [overdue] = overdueMetrics({
    live: index,
    fleet: () => fleet,
    clusters: () =>
      ['east', 'west'].map((name) => ({
        name,
        blindSince: blind.includes(name) ? '2027-06-01T12:00:00Z' : null,
      })),
  })
  const count = (...blindOnes: readonly string[]): number | undefined => {
    blind = blindOnes
    return overdue?.read()
  }
  return { index, count }
}

test('[SW10] stale objects of a blind cluster are not a further problem', () => {
  const { index, count } = world((now) => after(now, -120_000))
  expect(index.counters.services.stale).toBe(4)
  expect(count()).toBe(3)
  expect(count('east')).toBe(1)
  expect(count('east', 'west')).toBe(0)
})

test('[OV13] a stale object is overdue unless all its observers are blind', () => {
  const shared = FLEET_TEXT.replace('b: { cluster: west', 'b: { observers: [west, east]')
  const { count } = world((now) => after(now, -120_000), compiledFleet(shared))
  expect(count('west')).toBe(3)
  expect(count('east')).toBe(1)
  expect(count('east', 'west')).toBe(0)
})

test('nothing is overdue while nothing is stale', () => {
  expect(world((now) => now).count()).toBe(0)
})
