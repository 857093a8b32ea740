import { expect, test } from 'vitest'
import { beatOf } from '../../test/beats.ts'
import { createTestClock } from '../../test/test-clock.ts'
import { numbersOf } from '../base/metrics.ts'
import { UNWRITTEN } from '../domain/cluster.ts'
import type { Beat } from '../wire/cluster.ts'
import { clusterMetrics, memberMetrics } from './network-metrics.ts'
import { clusterRowsOf, collectorRowOf } from './network.ts'
import { createRoster } from './roster.ts'

function world() {
  const clock = createTestClock()
  const roster = createRoster(clock)
  const clusters = new Map(
    ['east', 'west'].map((name) => [name, { ...UNWRITTEN, name, alias: name }]),
  )
  const sizes = new Map([['east', { hosts: 4, services: 9 }]])
  const collectors = () => roster.members().map((member) => collectorRowOf(member, 'r1'))
  const rows = () =>
    clusterRowsOf({ clusters, sizes, members: roster.members(), emptySince: () => clock.now() })
  const numbers = () => numbersOf([...memberMetrics(collectors), ...clusterMetrics(rows)])
  const hear = (sent: Beat): void => roster.hear(sent, `beat.${sent.collector}`)
  return { clock, roster, hear, numbers }
}

test('[SW4] a collector as its beats say, and only its health when it is lost', () => {
  const { clock, hear, numbers } = world()
  hear(beatOf('east.c1', 1))
  expect(numbers()).toMatchObject({
    'parallax_member_health{east.c1}': 0,
    'parallax_member_plan_current{east.c1}': 1,
    'parallax_member_lateness_p99_seconds{east.c1}': 0.25,
    'parallax_member_outbox_waiting_results{east.c1,hub-a}': 4,
    'parallax_member_outbox_oldest_seconds{east.c1,hub-a}': 2.5,
    'parallax_member_clock_offset_seconds{east.c1,hub-a}': -0.12,
  })
  clock.pass(6_000)
  const lost = Object.entries(numbers()).filter(([name]) => name.includes('east.c1'))
  expect(lost).toEqual([['parallax_member_health{east.c1}', 2]])
})

test('[SW5] a cluster is blind when it has hosts and nobody is live', () => {
  const { clock, hear, numbers } = world()
  expect(numbers()).toMatchObject({
    'parallax_cluster_blind{east}': 1,
    'parallax_cluster_blind{west}': 0,
  })
  hear(beatOf('east.c1', 1))
  hear(beatOf('east.c2', 1, { view: 'other' }))
  expect(numbers()).toMatchObject({
    'parallax_cluster_blind{east}': 0,
    'parallax_cluster_live{east}': 2,
    'parallax_cluster_agreed{east}': 0,
  })
  clock.pass(4_000)
  hear(beatOf('east.c1', 2))
  clock.pass(2_000)
  expect(numbers()).toMatchObject({ 'parallax_cluster_lost{east}': 1 })
  clock.pass(6_000)
  const blind = numbers()
  expect(blind['parallax_cluster_blind{east}']).toBe(1)
  expect(blind).not.toHaveProperty('parallax_cluster_lost{east}')
  expect(blind).not.toHaveProperty('parallax_cluster_agreed{east}')
})

test('[SW11] numbers stay until newer ones come or the collector begins again', () => {
  const { roster, hear } = world()
  const known = () => roster.member('east.c1')?.numbers
  hear(beatOf('east.c1', 1, { numbers: { parallax_checks: 7 } }))
  hear(beatOf('east.c1', 2))
  expect(known()).toEqual({ parallax_checks: 7 })
  hear(beatOf('east.c1', 3, { numbers: { parallax_checks: 8 } }))
  expect(known()).toEqual({ parallax_checks: 8 })
  hear(beatOf('east.c1', 1, { boot: 'b2' }))
  expect(known()).toBeUndefined()
})
