import { describe, expect, test } from 'vitest'
import type { Intent } from '../../wire/replication.ts'
import { newerIntents, WITHDRAWN_KEPT_MS } from './intents.ts'
import { overtakenBy } from './lineage.ts'
import { compareForms, compareIntents } from './order.ts'
import type { HeldActivation, ReplicatedActivation } from './ports.ts'
import { sortIn } from './sort-in.ts'

type Short = readonly [id: string, epoch: number, hub: string, edits?: number]

function held([id, epoch, hub, edits = 0]: Short, fault: string | null = null): HeldActivation {
  const names = { id, origin: hub, parent: null, revision: id, author: 'ann', message: '' }
  const counts = { at: 0, hosts: 0, services: 0, changed: 0 }
  return { ...names, ...counts, epoch, hub, edits, kind: 'apply', fault }
}

function received(of: Short): ReplicatedActivation {
  const { fault: _, ...head } = held(of)
  return { head, body: { url: '', manifest: [], sharing: null, drifted: [] } }
}

const names = (all: readonly ReplicatedActivation[]): readonly string[] =>
  all.map(({ head }) => head.id)

describe('the order of activations', () => {
  test('[RP2] epoch first, then the name of the hub, then edits', () => {
    const form = (epoch: number, hub: string, edits: number) => ({ epoch, hub, edits })
    expect(compareForms(form(2, 'a', 0), form(1, 'b', 9))).toBeGreaterThan(0)
    expect(compareForms(form(1, 'b', 0), form(1, 'a', 9))).toBeGreaterThan(0)
    expect(compareForms(form(1, 'a', 1), form(1, 'a', 0))).toBeGreaterThan(0)
    expect(compareForms(form(1, 'a', 1), form(1, 'a', 1))).toBe(0)
  })

  test('[RP2] [RP3] what is newer than the active one is a candidate, the newest first; the rest is past', () => {
    const sorted = sortIn(
      [held(['active', 5, 'hub-b'])],
      [
        ['old', 4, 'hub-a'],
        ['tie', 5, 'hub-a'],
        ['next', 6, 'hub-a'],
        ['last', 7, 'hub-a'],
      ].map((of) => received(of as unknown as Short)),
      200,
    )
    expect(names(sorted.candidates)).toEqual(['last', 'next'])
    expect(names(sorted.past)).toEqual(['tie', 'old'])
  })

  test('[RP1] what is held in this form or a newer one changes nothing, and one that came twice is taken once', () => {
    const sorted = sortIn(
      [held(['a', 5, 'hub-b', 1])],
      [
        received(['a', 5, 'hub-b', 0]),
        received(['a', 5, 'hub-b', 1]),
        received(['b', 6, 'hub-a']),
        received(['b', 6, 'hub-a']),
      ],
      200,
    )
    expect(names(sorted.candidates)).toEqual(['b'])
    expect(sorted.past).toEqual([])
  })

  test('[RP3] one that cannot be run here does not count as the active one', () => {
    const all = [held(['bad', 9, 'hub-a'], 'no secret'), held(['active', 5, 'hub-a'])]
    expect(names(sortIn(all, [received(['next', 6, 'hub-a'])], 200).candidates)).toEqual(['next'])
  })

  test('[RP1] what a full history has forgotten is not taken back', () => {
    const full = [held(['c', 3, 'hub-a']), held(['b', 2, 'hub-a'])]
    expect(sortIn(full, [received(['a', 1, 'hub-a'])], 2)).toEqual({ candidates: [], past: [] })
    expect(names(sortIn(full, [received(['a', 1, 'hub-a'])], 3).past)).toEqual(['a'])
  })
})

describe('what was overtaken', () => {
  const link = (id: string, parent: string | null, epoch: number) => ({ id, parent, epoch })

  test('[RP4] what the active one did not follow', () => {
    const links = [link('d', 'b', 4), link('c', 'a', 3), link('b', 'a', 2), link('a', null, 1)]
    expect([...overtakenBy(links, 'd')]).toEqual(['c'])
    expect([...overtakenBy(links, 'c')]).toEqual(['d', 'b'])
  })

  test('[RP4] what is older than all that is known of the line is not judged, and a ring ends', () => {
    expect([...overtakenBy([link('b', 'gone', 5), link('a', null, 1)], 'b')]).toEqual([])
    expect([...overtakenBy([link('b', 'a', 2), link('a', 'b', 1)], 'b')]).toEqual([])
  })
})

describe('intents', () => {
  const intent = (
    id: string,
    version: number,
    hub: string,
    more: Partial<Intent> = {},
  ): Intent => ({
    id,
    kind: 'comment',
    subject: 'web-01',
    body: '{}',
    version,
    hub,
    changedBy: 'ann',
    changedAt: 0,
    isWithdrawn: false,
    ...more,
  })

  test('[RP6] more changes first, then the name of the hub', () => {
    expect(compareIntents(intent('i', 2, 'a'), intent('i', 1, 'b'))).toBeGreaterThan(0)
    expect(compareIntents(intent('i', 1, 'b'), intent('i', 1, 'a'))).toBeGreaterThan(0)
  })

  test('[RP6] of what came, the newest form of each that is newer than what is here', () => {
    const here = new Map([['i', intent('i', 2, 'hub-b')]])
    const came = [
      intent('i', 2, 'hub-a'),
      intent('i', 3, 'hub-a'),
      intent('i', 1, 'hub-c'),
      intent('j', 1, 'hub-a'),
    ]
    expect(newerIntents(here, came, 0)).toEqual([came[1], came[3]])
  })

  test('[RP7] one that was withdrawn and forgotten does not come back, one that is known is withdrawn', () => {
    const gone = intent('i', 5, 'hub-a', { isWithdrawn: true })
    const now = WITHDRAWN_KEPT_MS + 1
    expect(newerIntents(new Map(), [gone], now)).toEqual([])
    expect(newerIntents(new Map(), [gone], now - 1)).toEqual([gone])
    expect(newerIntents(new Map([['i', intent('i', 1, 'hub-a')]]), [gone], now)).toEqual([gone])
  })
})
