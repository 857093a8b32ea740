import { expect, test } from 'vitest'
import { beatOf } from '../../test/beats.ts'
import { createTestClock } from '../../test/test-clock.ts'
import { isoOf } from '../base/instant.ts'
import { UNWRITTEN } from '../domain/cluster.ts'
import { clusterRow, collectorRow } from '../wire/api/network.ts'
import type { Beat } from '../wire/cluster.ts'
import { clusterRowsOf, collectorRowOf } from './network.ts'
import { createRoster, type Member } from './roster.ts'

function world(hosts = 120) {
  const clock = createTestClock()
  const roster = createRoster(clock)
  const began = clock.now()
  const tunnel = {
    kind: 'ssh',
    host: 'edge',
    port: 22,
    user: 'parallax',
    remotePort: 4222,
    remotePorts: {},
    leafPorts: {},
    hostKey: undefined,
  } as const
  const clusters = new Map([
    ['east', { ...UNWRITTEN, name: 'east', alias: 'Data centre east', site: 'Linz', tunnel }],
  ])
  let beats = 0
  const rows = (members: readonly Member[] = roster.members()) =>
    clusterRowsOf({
      clusters,
      sizes: new Map([['east', { hosts, services: 480 }]]),
      members,
      emptySince: () => began,
    })
  return {
    clock,
    roster,
    rows,
    hear: (id: string, more: Partial<Beat> = {}) =>
      roster.hear(beatOf(id, ++beats, more), `beat.${id}`),
    east: () => rows()[0],
    began: isoOf(began),
    now: () => isoOf(clock.now()),
  }
}

test('[NW3] a collector is shown with what its last beat says', () => {
  const { hear, roster, now } = world()
  hear('east.c1', { weight: 2, memoryBytes: 90_000_000, leasesLost: 3 })
  const [member] = roster.members()
  const row = collectorRowOf(member as Member, 'r1')
  expect(collectorRow.parse(row)).toMatchObject({
    id: 'east.c1',
    cluster: 'east',
    name: 'c1',
    health: 'live',
    since: now(),
    lastSeenAt: now(),
    standing: 'active',
    weight: 2,
    hosts: 2,
    checks: 7,
    load: { slots: 10, running: 1, lateP99Ms: 250 },
    outboxes: [{ hub: 'hub-a', waiting: 4, lost: 1 }],
    clocks: [{ hub: 'hub-a', offsetMs: -120, errorMs: 3 }],
    memoryBytes: 90_000_000,
    leasesLost: 3,
    isCurrent: true,
  })
  expect(collectorRowOf(member as Member, 'r2').isCurrent).toBe(false)
})

test('[NW1] of one that was not heard yet only the name is known', () => {
  const { roster } = world()
  roster.expect(['east.c1'])
  const row = collectorRowOf(roster.members()[0] as Member, 'r1')
  expect(collectorRow.parse(row)).toMatchObject({
    health: 'late',
    lastSeenAt: null,
    standing: null,
    revision: null,
    isCurrent: false,
    load: null,
    outboxes: [],
  })
})

test('a cluster is shown with what is configured for it and who is there', () => {
  const { hear, clock, rows } = world()
  hear('east.c1', { hosts: 70 })
  clock.pass(2_000)
  hear('east.c2', { hosts: 50 })
  hear('west.c1')
  clock.pass(1_000)
  const [east, west] = rows().map((row) => clusterRow.parse(row))
  expect(east).toMatchObject({
    name: 'east',
    alias: 'Data centre east',
    site: 'Linz',
    live: 1,
    late: 1,
    lost: 0,
    hosts: 120,
    services: 480,
    assignedHosts: 120,
    silenceMs: 3_000,
    tunnel: 'parallax@edge:22',
  })
  // Nobody wrote it any more, but there are collectors of it.
  expect(west).toMatchObject({ name: 'west', alias: 'west', live: 1, hosts: 0, blindSince: null })
})

test('[NW4] a cluster is one blind spot from the moment when its last collector is lost', () => {
  const { hear, clock, east, roster } = world()
  hear('east.c1')
  hear('east.c2')
  clock.pass(4_000)
  hear('east.c2')
  clock.pass(4_000)
  expect(east()).toMatchObject({ live: 0, late: 1, lost: 1, blindSince: null })
  clock.pass(1_000)
  const lostAt = isoOf(clock.now())
  clock.pass(60_000)
  expect(east()).toMatchObject({ lost: 2, blindSince: lostAt, assignedHosts: 0 })
  roster.forget('east.c1')
  expect(east()).toMatchObject({ lost: 1, blindSince: lostAt })
  hear('east.c1', { standing: 'joining' })
  expect(east()?.blindSince).toBeNull()
})

test('[NW4] cordoned collectors and executors check nothing: a cluster of them is blind', () => {
  const { hear, clock, east, now } = world()
  hear('east.c1')
  hear('east.c2', { role: 'executor' })
  expect(east()?.blindSince).toBeNull()
  clock.pass(1_000)
  hear('east.c1', { standing: 'cordoned', hosts: 0 })
  const cordonedAt = now()
  clock.pass(1_000)
  hear('east.c1', { standing: 'cordoned', hosts: 0 })
  expect(east()).toMatchObject({ live: 2, blindSince: cordonedAt })
  clock.pass(60_000)
  expect(east()).toMatchObject({ lost: 2, blindSince: cordonedAt })
})

test('[NW4] a cluster without any collector is blind since the hub saw it; one without hosts never is', () => {
  const { east, began, clock } = world()
  clock.pass(60_000)
  expect(east()).toMatchObject({ live: 0, late: 0, lost: 0, blindSince: began })
  expect(world(0).east()?.blindSince).toBeNull()
})

test('[NW4] who has just been expected is given the time to be heard', () => {
  const { east, roster, clock, now } = world()
  roster.expect(['east.c1'])
  expect(east()?.blindSince).toBeNull()
  clock.pass(5_000)
  const lostAt = now()
  clock.pass(1)
  expect(east()?.blindSince).toBe(lostAt)
})

test('[NW5] members agree when those who are live see the same', () => {
  const { hear, clock, east } = world()
  hear('east.c1', { view: 'one' })
  hear('east.c2', { view: 'two' })
  expect(east()?.isAgreed).toBe(false)
  hear('east.c2', { view: 'one' })
  expect(east()?.isAgreed).toBe(true)
  hear('east.c3', { view: '' })
  expect(east()?.isAgreed).toBe(true)
  hear('east.c3', { view: 'three' })
  expect(east()?.isAgreed).toBe(false)
  clock.pass(2_000)
  hear('east.c1', { view: 'one' })
  hear('east.c2', { view: 'one' })
  clock.pass(1_000)
  expect(east()).toMatchObject({ late: 1, isAgreed: true })
})

test('[NW6] the collector of parallax up is a member of every cluster, and has all hosts', () => {
  const { rows, clock } = world()
  const at = clock.now()
  const local = { id: 'local', cluster: 'local', name: 'local' }
  const [east, ...others] = rows([
    { ...local, health: 'live', beat: undefined, lastSeenAt: at, since: at },
  ])
  expect(east).toMatchObject({ live: 1, assignedHosts: 120, isAgreed: true, blindSince: null })
  expect(others).toEqual([])
})
