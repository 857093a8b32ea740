import { expect, test } from 'vitest'
import type { ClusterRow, CollectorRow } from '../../wire/api/network.ts'
import {
  blindReason,
  blindSpotsOf,
  choicesOf,
  consequenceOf,
  isClockOff,
  sectionsOf,
  type OrderKind,
} from './network-view.ts'

const NOON = '2027-06-01T12:00:00.000Z'

function cluster(name: string, change: Partial<ClusterRow> = {}): ClusterRow {
  return {
    name,
    alias: name,
    site: '',
    notes: '',
    live: 1,
    late: 0,
    lost: 0,
    hosts: 120,
    services: 480,
    assignedHosts: 120,
    isAgreed: true,
    blindSince: null,
    silenceMs: 3_000,
    takeoverRate: 200,
    tunnel: null,
    ...change,
  }
}

function collector(id: string, change: Partial<CollectorRow> = {}): CollectorRow {
  const [place = '', name = place] = id.split('.')
  return {
    id,
    cluster: place,
    name,
    health: 'live',
    since: NOON,
    lastSeenAt: NOON,
    standing: 'active',
    role: 'full',
    weight: 1,
    program: '1.2.3',
    revision: 'r1',
    epoch: 1,
    isCurrent: true,
    hosts: 40,
    checks: 200,
    load: null,
    outboxes: [],
    clocks: [],
    memoryBytes: 0,
    results: 0,
    leasesLost: 0,
    ...change,
  }
}

test('[NW14] blind clusters come first; within one the lost, then the late, then by name', () => {
  const sections = sectionsOf(
    [cluster('east'), cluster('west', { blindSince: NOON }), cluster('north')],
    [
      collector('east.c10'),
      collector('east.c9'),
      collector('east.c2', { health: 'late' }),
      collector('east.c3', { health: 'lost' }),
      collector('west.c1', { health: 'lost' }),
    ],
  )
  expect(
    sections.map(({ cluster: { name }, collectors }) => [name, ...collectors.map(({ id }) => id)]),
  ).toEqual([['west', 'west.c1'], ['east', 'east.c3', 'east.c2', 'east.c9', 'east.c10'], ['north']])
})

test('[NW6] the collector of parallax up is in every cluster', () => {
  const sections = sectionsOf([cluster('default'), cluster('east')], [collector('local')])
  expect(sections.map(({ collectors }) => collectors.length)).toEqual([1, 1])
})

test('[NW13] blind spots: the widest first, and why', () => {
  const lost = cluster('east', { live: 0, lost: 3, blindSince: NOON })
  const empty = cluster('west', { live: 0, hosts: 500, blindSince: NOON })
  const aside = cluster('north', { live: 2, hosts: 1, blindSince: NOON })
  const spots = blindSpotsOf([lost, cluster('fine'), empty, aside])
  expect(spots.map((spot) => [spot.name, blindReason(spot)])).toEqual([
    ['west', 'no collector has joined'],
    ['east', 'its 3 collectors are lost'],
    ['north', 'those that are left are cordoned, or only execute'],
  ])
  expect(blindReason({ ...lost, lost: 1 })).toBe('its collector is lost')
})

function consequence(kind: OrderKind, others: readonly CollectorRow[], weight = 1) {
  const row = collector('east.c1')
  const section = { cluster: cluster('east'), collectors: [row, ...others] }
  return consequenceOf({ kind, row, section, weight })
}

test('[NW15] who can take hosts over is who is live, takes part and schedules', () => {
  const cannot = [
    collector('east.c2', { health: 'late' }),
    collector('east.c3', { standing: 'cordoned' }),
    collector('east.c4', { standing: 'leaving' }),
    collector('east.c5', { role: 'executor' }),
  ]
  expect(consequence('drain', cannot).warning).toContain('nobody to hand over to')
  expect(consequence('cordon', cannot).warning).toBe(
    'Nobody is left: the 120 hosts of east will not be checked by anybody.',
  )
  const one = [...cannot, collector('east.c6')]
  expect(consequence('drain', one)).toEqual({
    text: 'Hands its 40 hosts over to east.c6 without a gap: no check is missed. Then it stays without hosts, also over a restart, until it is uncordoned.',
    warning: '',
  })
  const two = [...one, collector('east.c7', { standing: 'joining' })]
  expect(consequence('cordon', two).text).toContain('2 others take them over')
  expect(consequence('uncordon', two).text).toContain('its part of the 120 hosts of east')
})

test('[NW15] a new weight is told as a part of the hosts', () => {
  const others = [collector('east.c2'), collector('east.c3', { weight: 2 })]
  expect(consequence('weight', others, 3).text).toMatch(
    /^It gets about 50 % of the hosts of east instead of 25 %;/,
  )
  for (const weight of [0, 101, Number.NaN])
    expect(consequence('weight', others, weight).text).toBe(
      'A weight is a number from 0.01 to 100.',
    )
})

test('[NW15] one that was put aside can only be brought back', () => {
  expect(choicesOf(collector('east.c1'))).toEqual(['drain', 'cordon', 'weight'])
  for (const standing of ['cordoned', 'leaving'] as const)
    expect(choicesOf(collector('east.c1', { standing }))).toEqual(['uncordon', 'weight'])
})

test('[NW17] a clock is off beyond its bound and 2 s, or when the bound says too little', () => {
  const clock = { hub: 'hub-a', offsetMs: 0, errorMs: 1, ageMs: 0 }
  expect(isClockOff(clock)).toBe(false)
  expect(isClockOff({ ...clock, offsetMs: -2_001 })).toBe(false)
  expect(isClockOff({ ...clock, offsetMs: -2_002 })).toBe(true)
  expect(isClockOff({ ...clock, errorMs: 1_001 })).toBe(true)
})
