import { expect, test } from 'vitest'
import { beatOf } from '../../test/beats.ts'
import { createTestClock } from '../../test/test-clock.ts'
import { isoOf } from '../base/instant.ts'
import type { Beat } from '../wire/cluster.ts'
import { createRoster } from './roster.ts'

function world() {
  const clock = createTestClock()
  const roster = createRoster(clock)
  let beats = 0
  return {
    clock,
    roster,
    hear: (id: string, more: Partial<Beat> = {}) =>
      roster.hear(beatOf(id, ++beats, more), `beat.${id}`),
    /** Health, and how long ago it began. */
    health: (id: string) => {
      const member = roster.member(id)
      return member && [member.health, clock.now() - member.since]
    },
  }
}

test('[NW1] a collector is live, late after 2.5 s and lost after 5 s of silence', () => {
  const { clock, hear, health, roster } = world()
  hear('east.c1')
  expect(health('east.c1')).toEqual(['live', 0])
  clock.pass(2_500)
  expect(health('east.c1')).toEqual(['live', 2_500])
  clock.pass(1)
  expect(health('east.c1')).toEqual(['late', 1])
  expect(roster.live()).toEqual([])
  clock.pass(2_500)
  expect(health('east.c1')).toEqual(['lost', 1])
  hear('east.c1')
  expect(health('east.c1')).toEqual(['live', 0])
})

test('[NW1] since when it is lost does not depend on when somebody looks', () => {
  const { clock, hear, health, roster } = world()
  hear('east.c1')
  clock.pass(3_600_000)
  expect(health('east.c1')).toEqual(['lost', 3_595_000])
  clock.pass(1_000)
  expect(health('east.c1')).toEqual(['lost', 3_596_000])
  expect(clock.now() - (roster.member('east.c1')?.lastSeenAt ?? 0)).toBe(3_601_000)
})

test('[NW1] one that joined is late until it is heard or lost, and nothing is known of it', () => {
  const { clock, hear, health, roster } = world()
  roster.expect(['east.c1', 'east.c2', 'no name'])
  expect(roster.members().map(({ id }) => id)).toEqual(['east.c1', 'east.c2'])
  expect(roster.member('east.c1')).toMatchObject({
    health: 'late',
    beat: undefined,
    lastSeenAt: undefined,
  })
  hear('east.c1')
  clock.pass(2_000)
  expect(health('east.c1')?.[0]).toBe('live')
  clock.pass(3_001)
  expect(health('east.c2')).toEqual(['lost', 1])
})

test('[NW1] the wall clock of the hub may step: who beats stays live', () => {
  const { clock, hear, health } = world()
  hear('east.c1')
  clock.step(3_600_000)
  expect(health('east.c1')?.[0]).toBe('live')
  clock.step(-7_200_000)
  clock.pass(1_000)
  expect(health('east.c1')?.[0]).toBe('live')
})

test('[NW2] beats under the name of another, and older ones, change nothing', () => {
  const { roster } = world()
  roster.hear(beatOf('east.c1', 7, { hosts: 7 }), 'beat.east.c1')
  roster.hear(beatOf('east.c1', 8, { hosts: 8 }), 'beat.east.c2')
  expect(roster.forged).toBe(1)
  expect(roster.member('east.c2')).toBeUndefined()
  roster.hear(beatOf('east.c1', 6, { hosts: 6 }), 'beat.east.c1')
  roster.hear(beatOf('east.c1', 7, { hosts: 0 }), 'beat.east.c1')
  expect(roster.member('east.c1')?.beat?.hosts).toBe(7)
  roster.hear(beatOf('east.c1', 1, { hosts: 1, boot: 'b2' }), 'beat.east.c1')
  expect(roster.member('east.c1')?.beat?.hosts).toBe(1)
})

test('[NW2] what is no name of a collector is not remembered, and there are at most 10,000', () => {
  const { roster, hear } = world()
  for (const id of ['east', 'east.c1.x', 'East.c1', 'east.', '*.c1']) hear(id)
  expect(roster.members()).toEqual([])
  roster.expect(Array.from({ length: 10_050 }, (_, index) => `east.c${index}`))
  expect(roster.members()).toHaveLength(10_000)
})

test('a collector that was shut out is forgotten', () => {
  const { roster, hear } = world()
  hear('east.c1')
  roster.forget('east.c1')
  expect(roster.member('east.c1')).toBeUndefined()
})

test('[NW4] since when it is cordoned is kept while it says so', () => {
  const { clock, hear, roster } = world()
  hear('east.c1')
  expect(roster.member('east.c1')?.cordonedAt).toBeUndefined()
  clock.pass(1_000)
  hear('east.c1', { standing: 'cordoned' })
  const at = isoOf(clock.now())
  clock.pass(1_000)
  hear('east.c1', { standing: 'cordoned' })
  expect(isoOf(roster.member('east.c1')?.cordonedAt ?? clock.now())).toBe(at)
  hear('east.c1', { standing: 'joining' })
  expect(roster.member('east.c1')?.cordonedAt).toBeUndefined()
})
