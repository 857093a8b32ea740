import { describe, expect, test } from 'vitest'
import { DecisionDesk, second, type DeskPlan } from '../../../test/decision-desk.ts'
import type { EvidenceClass } from '../../domain/evidence.ts'
import type { ObserverIncident } from './observer-incidents.ts'

const checks = ['', ...Array.from({ length: 5 }, (_, n) => `s${n}`)]
const PLAN: DeskPlan = {
  observers: ['a@X1', 'b@X2', 'c@X3'],
  hosts: {
    'h0@T0': checks,
    'h1@T0': checks,
    'h2@T0': checks,
    'h3@T1': checks,
    'h4@T1': checks,
    'h5@T2': checks,
  },
}

/** In each round of 20 s everybody sees everything; observer a sees some of it so. */
function live(seenByA: (id: string) => EvidenceClass | undefined, rounds = 6): DecisionDesk {
  const desk = new DecisionDesk(PLAN, { confirm: false }).calm(0)
  for (let round = 0; round < rounds; round++) seeRound(desk, seenByA, 20 * round)
  return desk
}

function seeRound(
  desk: DecisionDesk,
  seenByA: (id: string) => EvidenceClass | undefined,
  from: number,
): void {
  for (const [n, observer] of ['a', 'b', 'c'].entries()) {
    for (const { id } of desk.engine.topology.checks) {
      const found = observer === 'a' ? seenByA(id) : 'ok'
      if (found !== undefined) desk.sees(observer, id, found, from + 5 * n)
    }
  }
  desk.run(from + 11, from + 30)
}

function openOf(desk: DecisionDesk): readonly string[] {
  return desk.engine
    .incidents()
    .map(({ kind, observer, subject }) => [kind, observer, subject ?? []].flat().join(' '))
}

describe('an observer', () => {
  test('[EV23] that is contradicted everywhere is one incident, and no check is down', () => {
    const desk = live((id) => (/s[0-3]$/.test(id) ? 'timeout' : 'ok'))
    expect(openOf(desk)).toEqual(['contradicted a'])
    expect(desk.engine.incidents()[0]?.text).toBe('a is contradicted on 67% of what it watches')
    expect(desk.changes.filter(({ to }) => to === 'down')).toEqual([])
  })

  test('[EV23] that says OK where two sites keep failing', () => {
    const desk = new DecisionDesk(PLAN, { confirm: false }).calm(0)
    const lies = ['h0!s0', 'h1!s0', 'h3!s0']
    for (let round = 0; round < 4; round++) {
      const from = 20 * round
      for (const id of lies) desk.sees('b', id, 'error', from).sees('c', id, 'error', from + 1)
      desk.run(from + 2, from + 17)
      for (const id of lies) desk.sees('a', id, 'ok', from + 18)
    }
    expect(openOf(desk)).toEqual(['false-ok a'])
    for (const id of lies) desk.sees('b', id, 'error', 80).sees('c', id, 'error', 81)
    expect(desk.explain('h0!s0', 82)).toMatchObject({ kind: 'down' })
    expect(desk.explain('h0!s0', 82).okOf).not.toBe('a')
  })

  test('[EV23] whose clock is an hour off is one incident, and its other faults are seen as before', () => {
    const desk = live(() => 'ok')
    const a = desk.observer('a')
    const clock = { collector: 'a.c1', offsetMs: -3_600_000, isBelieved: true }
    const rounds = (from: number, to: number, seenByA: (id: string) => EvidenceClass): void => {
      for (let at = from; at < to; at += 20) seeRound(desk, seenByA, at)
    }
    desk.engine.readClock(a, clock, second(140))
    rounds(140, 180, () => 'ok')
    expect(openOf(desk)).toEqual(['clock a'])
    expect(desk.engine.incidents()[0]?.text).toBe(
      'the clock of a.c1 is 3600 s ahead: the times of its results are corrected',
    )
    desk.engine.readClock(a, clock, second(180))
    rounds(180, 300, (id) => (/s[0-3]$/.test(id) ? 'timeout' : 'ok'))
    expect(openOf(desk).toSorted()).toEqual(['clock a', 'contradicted a'])
    desk.engine.readClock(a, clock, second(300))
    // Another collector of it is right: that does not end it. Its own word does.
    desk.engine.readClock(a, { ...clock, collector: 'a.c2', offsetMs: 0 }, second(301))
    rounds(301, 321, () => 'ok')
    expect(openOf(desk)).toContain('clock a')
    desk.engine.readClock(a, { ...clock, offsetMs: 1_999 }, second(321))
    rounds(321, 561, () => 'ok')
    expect(openOf(desk)).toEqual([])
    desk.engine.readClock(a, { ...clock, isBelieved: false }, second(561))
    rounds(561, 601, () => 'ok')
    expect(desk.engine.incidents()[0]?.text).toMatch(/^the clock of a.c1 was set or cannot be/)
  })

  test('[EV23] that says nothing any more', () => {
    const desk = live(() => 'ok', 8)
    expect(openOf(desk)).toEqual([])
    for (let round = 8; round < 12; round++) seeRound(desk, () => undefined, 20 * round)
    expect(openOf(desk)).toEqual(['silent a'])
  })

  test('[EV23] whose clock is ahead', () => {
    const desk = new DecisionDesk(PLAN, { confirm: false }).calm(0)
    for (let now = 0; now < 30; now++) desk.sees('a', 'h0', 'ok', now + 3600, now).tick(now)
    expect(desk.engine.incidents()).toMatchObject([
      { kind: 'clock', observer: 'a', subject: null, since: second(5) },
    ])
    expect(desk.engine.incidents()[0]?.text).toMatch(/^the clock of a is ahead/)
  })

  test('[EV23] one clock that is not believed hides no other fault of the observer', () => {
    const desk = new DecisionDesk(PLAN, { confirm: false }).calm(0)
    for (let round = 0; round < 8; round++) {
      const word = { collector: 'a.c2', offsetMs: 0, isBelieved: false }
      desk.engine.readClock(desk.observer('a'), word, second(20 * round))
      seeRound(desk, (id) => (/s[0-3]$/.test(id) ? 'timeout' : 'ok'), 20 * round)
    }
    expect(openOf(desk).toSorted()).toEqual(['clock a', 'contradicted a'])
  })

  test('[EV23] is one incident, whatever becomes of what is wrong with it', () => {
    const desk = live((id) => (/s[0-3]$/.test(id) ? 'timeout' : 'ok'), 8)
    const before = desk.engine.incidents()
    for (let round = 8; round < 14; round++) seeRound(desk, () => undefined, 20 * round)
    const [now, ...others] = desk.engine.incidents()
    expect(others).toEqual([])
    expect(now).toMatchObject({ key: 'observer a', kind: 'contradicted', since: before[0]?.since })
    expect(now?.text).toBe('a says nothing')
    expect(desk.engine.drainIncidents().map(({ change }) => change)).toEqual(['opened'])
  })

  test('[EV24] that does not reach one site', () => {
    const desk = live((id) => (/^h[012]/.test(id) ? 'timeout' : 'ok'))
    expect(openOf(desk)).toEqual(['path a T0'])
    expect(desk.engine.incidents()[0]?.text).toBe('a does not reach site T0, others do')
    expect(desk.changes.filter(({ to }) => to === 'down')).toEqual([])
  })

  test('[EV24] that does not reach one site, while its newest failures mostly wait for what others say', () => {
    const desk = new DecisionDesk(PLAN, { confirm: false }).calm(0)
    const of = (host: string): readonly string[] => checks.map((name) => `${host}!${name}`)
    for (let from = 0; from < 96; from += 12) {
      for (const id of of('h3').slice(1))
        desk.sees('a', id, 'timeout', from).sees('b', id, 'ok', from + 1)
      for (const id of of('h4').slice(1)) desk.sees('a', id, 'timeout', from)
      desk.run(from + 1, from + 9)
      for (const id of of('h4').slice(1)) desk.sees('b', id, 'ok', from + 9)
      desk.run(from + 9, from + 13)
    }
    expect(openOf(desk)).toEqual(['path a T1'])
  })

  test('[EV24] that does not reach one host', () => {
    const desk = live((id) => (id.startsWith('h1') ? 'timeout' : 'ok'))
    expect(openOf(desk)).toEqual(['ban a h1'])
  })

  test('[EV24] that fails on one check of a host has no incident', () => {
    expect(openOf(live((id) => (id === 'h1!s1' ? 'timeout' : 'ok')))).toEqual([])
  })
})

describe('an incident', () => {
  test('[EV25] opens after 10 s, and closes 90 s after it was seen last', () => {
    const isBroken = (id: string): EvidenceClass => (/^h[012]/.test(id) ? 'timeout' : 'ok')
    const desk = live(isBroken, 4)
    seeRound(desk, () => 'ok', 80)
    const changes: (readonly [change: string, seconds: number])[] = []
    const note = (): void => {
      for (const { change, at, incident } of desk.engine.drainIncidents()) {
        changes.push([change, (at - second(0)) / 1000])
        expect(incident.lastAt - incident.since).toBeGreaterThanOrEqual(10_000)
      }
    }
    note()
    for (let round = 5; round < 12; round++) seeRound(desk, () => 'ok', 20 * round)
    note()
    expect(changes.map(([change]) => change)).toEqual(['opened', 'closed'])
    const [[, openedAt], [, closedAt]] = changes as [[string, number], [string, number]]
    expect(openedAt).toBeLessThan(60)
    expect(closedAt - 90).toBeGreaterThan(80)
    expect(closedAt).toBeLessThan(200)
    expect(openOf(desk)).toEqual([])
  })

  test('[EV25] is none when it is over within 10 s', () => {
    const desk = new DecisionDesk(PLAN, { confirm: false }).calm(0)
    for (const { id } of desk.engine.topology.checks) {
      if (/^h[012]/.test(id)) desk.sees('a', id, 'timeout', 1).sees('b', id, 'ok', 2)
    }
    desk.run(2, 6)
    for (const { id } of desk.engine.topology.checks) desk.sees('a', id, 'ok', 7)
    desk.run(7, 30)
    expect(desk.engine.drainIncidents()).toEqual([])
  })

  test('[EV25] an observer that was just added is given two minutes before it is silent', () => {
    const desk = new DecisionDesk(PLAN, { confirm: false })
    for (let now = 0; now <= 150; now++) {
      for (const observer of ['b', 'c']) desk.sees(observer, 'h0', 'ok', now)
      desk.tick(now)
      if (now <= 120) expect(openOf(desk)).toEqual([])
    }
    expect(openOf(desk)).toEqual(['silent a'])
  })
})

test('[EV26] the silence of an observer goes on over a restart', () => {
  const desk = new DecisionDesk(PLAN, { confirm: false })
  const silence: ObserverIncident = {
    key: 'observer a',
    kind: 'silent',
    observer: 'a',
    subject: null,
    since: second(-600),
    lastAt: second(0),
    text: 'a says nothing',
  }
  desk.engine.resume([silence], second(0))
  for (let from = 0; from < 240; from += 20) seeRound(desk, () => undefined, from)
  expect(desk.engine.drainIncidents()).toEqual([])
  expect(desk.engine.incidents()).toMatchObject([{ observer: 'a', since: second(-600) }])
})

test('[EV26] incidents that were open before a restart go on, or are over', () => {
  const desk = new DecisionDesk(PLAN, { confirm: false }).calm(0)
  const of = (observer: string, since: number): ObserverIncident => ({
    key: `silent ${observer}`,
    kind: 'silent',
    observer,
    subject: null,
    since: second(since),
    lastAt: second(since),
    text: `${observer} says nothing`,
  })
  desk.engine.resume([of('a', -100), of('a', -900), of('gone', -200)], second(20))
  const closed = () =>
    desk.engine.drainIncidents().map(({ change, incident }) => [change, incident.since])
  expect(closed()).toEqual([
    ['closed', second(-900)],
    ['closed', second(-200)],
  ])
  expect(openOf(desk)).toEqual(['silent a'])
  for (let from = 20; from < 100; from += 20) seeRound(desk, () => 'ok', from)
  expect(openOf(desk)).toEqual(['silent a'])
  for (let from = 100; from < 160; from += 20) seeRound(desk, () => 'ok', from)
  expect([openOf(desk), closed()]).toEqual([[], [['closed', second(-100)]]])
})
