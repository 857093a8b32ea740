import { expect, test } from 'vitest'
import { beatOf } from '../../../test/beats.ts'
import { createTestClock } from '../../../test/test-clock.ts'
import { gauge, perLabel, type Metric } from '../../base/metrics.ts'
import type { Member } from '../../orchestrator/roster.ts'
import { createSelfView } from './self-view.ts'

const perCollector = (name: string, values: Record<string, number>): Metric =>
  perLabel({ name, help: '', kind: 'gauge' }, ['collector'], () =>
    Object.entries(values).map(([of, value]) => ({ of: [of], value })),
  )

function member(id: string, health: Member['health'], numbers?: Member['numbers']): Member {
  const [cluster = '', name = ''] = id.split('.')
  const clock = createTestClock()
  const at = clock.now()
  return { id, cluster, name, health, beat: undefined, numbers, lastSeenAt: at, since: at }
}

function world(metrics: readonly Metric[] | undefined) {
  const clock = createTestClock()
  const view = createSelfView({
    name: 'hub-a',
    clock,
    status: () => undefined,
    metrics: () => metrics,
    members: () => [
      member('east.c1', 'live', { parallax_checks: 10 }),
      member('east.c2', 'lost', { parallax_checks: 20 }),
    ],
    clusters: () => new Set(['east', 'west']),
  })
  return { clock, view }
}

const METRICS = [
  gauge('parallax_checks', '', () => 5),
  perCollector('parallax_member_health', { 'east.c1': 0, 'east.c2': 2 }),
  perLabel({ name: 'parallax_member_wait', help: '', kind: 'gauge' }, ['collector', 'hub'], () => [
    { of: ['east.c1', 'hub-a'], value: 3 },
  ]),
  perLabel({ name: 'parallax_cluster_blind', help: '', kind: 'gauge' }, ['cluster'], () => [
    { of: ['east'], value: 0 },
    { of: ['west'], value: 1 },
  ]),
]

test('[SW6] this process, a collector, a cluster, nobody', () => {
  const { view } = world(METRICS)
  expect(view.parts('program', '')?.[0]?.numbers['parallax_checks']).toBe(5)
  expect(view.parts('program', 'hub-a')?.[0]?.numbers['parallax_checks']).toBe(5)
  expect(view.parts('program', 'east.c1')).toEqual([
    {
      name: 'east.c1',
      isGone: false,
      numbers: {
        parallax_checks: 10,
        parallax_member_health: 0,
        'parallax_member_wait{hub-a}': 3,
      },
    },
  ])
  expect(view.parts('program', 'west')).toEqual([])
  expect(view.parts('program', 'east.c9')).toBeUndefined()
  expect(view.parts('cluster', 'north')).toBeUndefined()
})

test('[SW4] of a lost collector only what the hub knows is left', () => {
  const { view } = world(METRICS)
  expect(view.parts('program', 'east')?.[1]).toEqual({
    name: 'east.c2',
    isGone: true,
    numbers: { parallax_member_health: 2 },
  })
})

test('[SW4] one that has just begun says its numbers soon; one that never says any is no newcomer', () => {
  const clock = createTestClock()
  const since = clock.now()
  let number = 2
  const view = createSelfView({
    name: 'hub-a',
    clock,
    status: () => undefined,
    metrics: () => METRICS,
    members: () => [{ ...member('east.c1', 'live'), since, beat: beatOf('east.c1', number) }],
    clusters: () => new Set(['east']),
  })
  expect(view.parts('program', 'east')).toMatchObject([{ isGone: true }])
  clock.pass(20_000)
  // Started anew, and so soon that nobody missed it.
  expect(view.parts('program', 'east')).toMatchObject([{ isGone: true }])
  number = 22
  expect(view.parts('program', 'east')).toMatchObject([{ isGone: false }])
})

test('[SW5] a blind cluster is gone', () => {
  const { view } = world(METRICS)
  expect(view.parts('cluster', 'east')).toMatchObject([{ isGone: false }])
  expect(view.parts('cluster', 'west')).toEqual([
    { name: 'west', isGone: true, numbers: { parallax_cluster_blind: 1 } },
  ])
})

test('[SW4] a program that starts says nothing', () => {
  expect(world(undefined).view.parts('program', '')).toEqual([])
})

test('checks that run together share one reading', () => {
  let reads = 0
  const { view, clock } = world([gauge('parallax_checks', '', () => ++reads)])
  view.parts('program', '')
  view.parts('program', '')
  expect(reads).toBe(1)
  clock.pass(600)
  view.parts('program', '')
  expect(reads).toBe(2)
})
