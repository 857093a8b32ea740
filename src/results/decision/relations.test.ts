import { describe, expect, test } from 'vitest'
import { DecisionDesk, second } from '../../../test/decision-desk.ts'
import type { EvidenceClass } from '../../domain/evidence.ts'

type Seen = readonly [observer: string, found: EvidenceClass, at: number]

/** Relations of all observers of one check, when all of this was seen. */
function relations(observers: readonly string[], seen: readonly Seen[]): Record<string, string> {
  const desk = new DecisionDesk({ observers, hosts: { 'web@T0': [''] } }, { confirm: false })
  for (const [observer, found, at] of seen) desk.sees(observer, 'web', found, at, 400)
  const cells = desk.engine.cellsOf(0, second(400))
  return Object.fromEntries(cells.map(({ observer, relation }) => [observer, relation]))
}

const TWO = ['a@X1', 'b@X2']
const FOUR = ['a@X1', 'b@X2', 'c@X3', 'd@X4']

describe('a failure', () => {
  test('[EV5] is contradicted by a newer OK of another observer, not by an older one', () => {
    const is = (okAt: number) =>
      relations(TWO, [
        ['a', 'timeout', 100],
        ['b', 'ok', okAt],
      ])
    expect(is(101)).toEqual({ a: 'contradicted', b: 'agrees' })
    expect(is(100)).toEqual({ a: 'open', b: 'agrees' })
    expect(is(99)).toEqual({ a: 'open', b: 'agrees' })
  })

  test('[EV5] counts only as the newest word; later failures do not hide an OK that is newer', () => {
    expect(
      relations(TWO, [
        ['a', 'timeout', 100],
        ['b', 'ok', 110],
        ['b', 'timeout', 120],
      ]),
    ).toEqual({ a: 'contradicted', b: 'open' })
    expect(
      relations(TWO, [
        ['a', 'error', 100],
        ['b', 'ok', 110],
        ['a', 'ok', 120],
      ]),
    ).toEqual({ a: 'agrees', b: 'agrees' })
  })

  test('[EV5] that three sites see takes as many OKs as there are sites', () => {
    const failing: readonly Seen[] = [
      ['a', 'timeout', 300],
      ['b', 'timeout', 310],
      ['c', 'timeout', 320],
    ]
    const one = relations([...FOUR, 'e@X5', 'f@X6'], [...failing, ['d', 'ok', 330]])
    expect(one).toMatchObject({ a: 'open', b: 'open', c: 'open' })
    const three = relations(
      [...FOUR, 'e@X5', 'f@X6'],
      [...failing, ['d', 'ok', 330], ['e', 'ok', 331], ['f', 'ok', 332]],
    )
    expect(three).toMatchObject({ a: 'contradicted', b: 'contradicted', c: 'contradicted' })
  })

  test('[EV5] of two sites is strong when one of them got an answer', () => {
    const beside = (found: EvidenceClass) =>
      relations(FOUR, [
        ['a', 'timeout', 300],
        ['b', found, 310],
        ['c', 'ok', 330],
      ])
    expect(beside('timeout')).toMatchObject({ a: 'contradicted', b: 'contradicted' })
    expect(beside('error')).toMatchObject({ a: 'open', b: 'open' })
  })

  test('[EV5] observers of one site are one site, and old failures are no side', () => {
    expect(
      relations(
        ['a@X1', 'b@X1', 'c@X1', 'd@X4'],
        [
          ['a', 'error', 300],
          ['b', 'error', 310],
          ['c', 'error', 320],
          ['d', 'ok', 330],
        ],
      ),
    ).toMatchObject({ a: 'contradicted', b: 'contradicted', c: 'contradicted' })
    expect(
      relations(FOUR, [
        ['a', 'error', 10],
        ['b', 'error', 320],
        ['c', 'ok', 330],
      ]),
    ).toMatchObject({ b: 'contradicted' })
  })

  test('[EV5] silence seen from outside is not contradicted from inside alone, an error is', () => {
    const seenInside = (found: EvidenceClass, more: readonly Seen[] = []) =>
      relations(['a@X1', 'b@X2', 'in@T0'], [['a', found, 300], ['in', 'ok', 310], ...more])
    expect(seenInside('timeout')).toMatchObject({ a: 'open' })
    expect(seenInside('error')).toMatchObject({ a: 'contradicted' })
    expect(seenInside('timeout', [['b', 'ok', 320]])).toMatchObject({ a: 'contradicted' })
  })

  test('[EV10] that is none: who could not look has no vote', () => {
    expect(
      relations(TWO, [
        ['a', 'unknown', 100],
        ['b', 'ok', 110],
      ]),
    ).toEqual({ a: 'blind', b: 'agrees' })
  })
})

describe('an OK', () => {
  const around = (okAt: number): readonly Seen[] => [
    ['b', 'error', 290],
    ['c', 'timeout', 295],
    ['a', 'ok', okAt],
    ['b', 'error', 350],
    ['c', 'timeout', 355],
  ]

  test('[EV6] between failures of a strong side is outvoted, and contradicts nobody', () => {
    expect(relations(FOUR, around(320))).toEqual({
      a: 'outvoted',
      b: 'open',
      c: 'open',
      d: 'none',
    })
  })

  test('[EV6] is not while they do not fail again, or when another saw one too', () => {
    expect(relations(FOUR, around(352))).toMatchObject({ a: 'agrees' })
    expect(relations(FOUR, [...around(320), ['d', 'ok', 300]])).toMatchObject({
      a: 'agrees',
      d: 'agrees',
    })
  })

  test('[EV6] two silent sites are not strong enough, three are', () => {
    const silent: readonly Seen[] = [
      ['b', 'timeout', 290],
      ['c', 'timeout', 295],
      ['a', 'ok', 320],
      ['b', 'timeout', 350],
      ['c', 'timeout', 355],
    ]
    expect(relations(FOUR, silent)).toMatchObject({ a: 'agrees' })
    const three = [...silent, ['d', 'timeout', 300], ['d', 'timeout', 360]] as const
    expect(relations(FOUR, three)).toMatchObject({ a: 'outvoted' })
  })

  test('[EV6] the order of observers of one site does not matter', () => {
    // The second of two observers of X2 failed later before the OK; e was fine in between.
    const seen: readonly Seen[] = [
      ['b', 'error', 260],
      ['e', 'ok', 275],
      ['c', 'error', 290],
      ['d', 'error', 291],
      ['a', 'ok', 320],
      ['b', 'error', 350],
      ['c', 'error', 351],
      ['d', 'error', 352],
      ['e', 'error', 353],
    ]
    const observers = ['b@X2', 'c@X2', 'd@X3', 'e@X4']
    const forth = relations(['a@X1', ...observers], seen)
    const back = relations(['a@X1', ...observers.toReversed()], seen)
    expect(forth).toEqual(back)
    expect(forth).toMatchObject({ a: 'outvoted' })
  })
})
