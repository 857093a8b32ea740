import { describe, expect, test } from 'vitest'
import { apiRow, batchOf, minutesAgo, NOON_MS } from '../../../test/console-rows.ts'
import type { ObjectRow } from '../../wire/api/objects.ts'
import { LiveStore } from '../live/live-store.ts'
import type { LiveRow } from '../live/row.ts'
import { sinceText } from '../state/times.ts'
import { stateSentence } from './sentence.ts'
import { segmentsOf, stripSentence } from './strip.ts'
import { thresholdLines } from './threshold-lines.ts'
import { valueText } from './value-text.ts'

const HOUR_MS = 3_600_000

function live(change: Partial<ObjectRow>): LiveRow {
  const store = new LiveStore()
  store.apply(batchOf([apiRow('web!http', change)]))
  const row = store.row('web!http')
  if (row === undefined) throw new Error('the row is gone')
  return row
}

describe('the verdict in a sentence', () => {
  const since = sinceText(NOON_MS - 12 * 60_000, NOON_MS)
  const changed = { lastChangeAt: minutesAgo(12) }
  test('[UI11] says state, since when, and how sure', () => {
    const critical = live({ ...changed, state: 'critical', attempt: 3 })
    expect(stateSentence(critical, NOON_MS)).toBe(`CRITICAL since ${since} (hard, attempt 3/3)`)
    const soft = live({ ...changed, state: 'warning', type: 'soft', isFlapping: true })
    expect(stateSentence(soft, NOON_MS)).toBe(
      `WARNING since ${since} (soft, attempt 1/3, flapping)`,
    )
    expect(stateSentence(live(changed), NOON_MS)).toBe(`OK since ${since}`)
  })
  test('[UI11] what is not seen is said to be the past', () => {
    const stale = live({ ...changed, isStale: true, lastCheckAt: minutesAgo(10) })
    expect(stateSentence(stale, NOON_MS)).toBe(
      `STALE: last seen 10 min ago, then OK since ${since}`,
    )
    const pending = live({ state: 'pending', lastCheckAt: null, lastChangeAt: null })
    expect(stateSentence(pending, NOON_MS)).toBe('PENDING: no result yet')
  })
})

describe('the strip of 24 hours', () => {
  const from = NOON_MS - 24 * HOUR_MS
  const day = { from, to: NOON_MS }
  test('[UI12] has no gaps, and before the first change it was what that change came from', () => {
    const segments = segmentsOf({
      ...day,
      current: 'critical',
      knownFrom: from - HOUR_MS,
      changes: [
        { at: minutesAgo(60), from: 'warning', to: 'critical' },
        { at: minutesAgo(61), from: 'warning', to: 'warning' },
        { at: minutesAgo(120), from: 'ok', to: 'warning' },
      ],
    })
    expect(segments).toEqual([
      { state: 'ok', from, to: NOON_MS - 2 * HOUR_MS },
      { state: 'warning', from: NOON_MS - 2 * HOUR_MS, to: NOON_MS - HOUR_MS },
      { state: 'critical', from: NOON_MS - HOUR_MS, to: NOON_MS },
    ])
  })
  test('[UI12] without a change it was what it is, or what the change before it said', () => {
    expect(segmentsOf({ ...day, current: 'ok', knownFrom: null, changes: [] })).toEqual([
      { state: 'ok', from, to: NOON_MS },
    ])
    const before = { at: minutesAgo(25 * 60), from: 'ok', to: 'warning' } as const
    expect(
      segmentsOf({
        ...day,
        current: 'warning',
        knownFrom: NOON_MS - 25 * HOUR_MS,
        changes: [before],
      }),
    ).toEqual([{ state: 'warning', from, to: NOON_MS }])
  })
  test('[UI12] before its first result there is nothing to show', () => {
    const knownFrom = NOON_MS - 2 * HOUR_MS
    expect(segmentsOf({ ...day, current: 'up', knownFrom, changes: [] })).toEqual([
      { state: 'pending', from, to: knownFrom },
      { state: 'up', from: knownFrom, to: NOON_MS },
    ])
    const changes = [{ at: minutesAgo(60), from: 'ok', to: 'critical' }] as const
    expect(segmentsOf({ ...day, current: 'critical', knownFrom, changes })).toEqual([
      { state: 'pending', from, to: knownFrom },
      { state: 'ok', from: knownFrom, to: NOON_MS - HOUR_MS },
      { state: 'critical', from: NOON_MS - HOUR_MS, to: NOON_MS },
    ])
  })
  test('[UI12] can be read as a sentence, and no trouble is rounded away', () => {
    expect(
      stripSentence([
        { state: 'ok', from, to: NOON_MS - 60_000 },
        { state: 'critical', from: NOON_MS - 60_000, to: NOON_MS - 40_000 },
        { state: 'ok', from: NOON_MS - 40_000, to: NOON_MS - 20_000 },
        { state: 'critical', from: NOON_MS - 20_000, to: NOON_MS },
      ]),
    ).toBe('OK 99.9 %, CRITICAL 0.1 % (40 s, 2 times)')
    expect(stripSentence([{ state: 'up', from, to: NOON_MS }])).toBe('UP 100 %')
  })
})

describe('graphs', () => {
  test('[UI13] a threshold draws its finite ends', () => {
    const ranges = ['10', '10:', '~:10', '10:20', '@10:20', '', 'x', '-5:5', '~:']
    expect(ranges.map(thresholdLines)).toEqual([
      [10],
      [10],
      [10],
      [10, 20],
      [10, 20],
      [],
      [],
      [-5, 5],
      [],
    ])
    expect(thresholdLines(null)).toEqual([])
  })
  test('[UI13] values read as people write them', () => {
    const pairs: readonly (readonly [number | null, string])[] = [
      [0.0032, 's'],
      [3.2, 'ms'],
      [0, 's'],
      [90_000, 'ms'],
      [1_610_612_736, 'B'],
      [2_048, 'MB'],
      [87.4, '%'],
      [12_400, ''],
      [1_234_567, 'c'],
      [7, 'users'],
      [null, 's'],
    ]
    expect(pairs.map(([value, unit]) => valueText(value, unit))).toEqual([
      '3.2 ms',
      '3.2 ms',
      '0 s',
      '90 s',
      '1.5 GiB',
      '2 GiB',
      '87.4 %',
      '12.4 k',
      '1.23 M',
      '7 users',
      '–',
    ])
  })
})
