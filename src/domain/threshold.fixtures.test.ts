import { describe, expect, test } from 'vitest'
import { fixtureFiles } from '../../test/fixture-files.ts'
import { alerts, parseRange, stateOf } from './threshold.ts'

interface Seen {
  readonly alert: readonly number[]
  readonly fine: readonly number[]
}

interface RangeCase {
  readonly id: string
  readonly range: string
  readonly verdict: 'valid' | 'invalid' | 'peers differ'
  /** `null` is unbounded. */
  readonly start?: number | null
  readonly end?: number | null
  readonly c_plugins?: Seen
  readonly perl_library?: Seen
  readonly suite_facts?: Seen
}

interface ThresholdCase {
  readonly id: string
  readonly warn: string
  readonly crit: string
  readonly state_of: readonly (readonly [value: number, state: number])[]
}

const files = fixtureFiles<{
  readonly ranges?: readonly RangeCase[]
  readonly thresholds?: readonly ThresholdCase[]
}>('ranges', 'thresholds')
const ranges = files.flatMap((file) => file.content.ranges ?? [])
const thresholds = files.flatMap((file) => file.content.thresholds ?? [])

test('there are recorded ranges and thresholds', () => {
  expect(ranges.length).toBeGreaterThan(0)
  expect(thresholds.length).toBeGreaterThan(0)
})

describe('ranges', () => {
  test.each(ranges)('$id "$range" is $verdict', (recorded) => {
    const range = parseRange(recorded.range)
    if (recorded.verdict === 'invalid') expect(range).toBeUndefined()
    if (recorded.verdict === 'valid') expect(range).toBeDefined()
    if (range === undefined) return
    if (recorded.start !== undefined) expect(range.start).toBe(recorded.start ?? -Infinity)
    if (recorded.end !== undefined) expect(range.end).toBe(recorded.end ?? Infinity)
    for (const seen of [recorded.c_plugins, recorded.perl_library, recorded.suite_facts]) {
      for (const value of seen?.alert ?? [])
        expect([value, alerts(range, value)]).toEqual([value, true])
      for (const value of seen?.fine ?? [])
        expect([value, alerts(range, value)]).toEqual([value, false])
    }
  })
})

describe('warning and critical together', () => {
  test.each(thresholds)('$id warn $warn, crit $crit', (recorded) => {
    for (const [value, state] of recorded.state_of) {
      expect([value, stateOf(value, parseRange(recorded.warn), parseRange(recorded.crit))]).toEqual(
        [value, state],
      )
    }
  })
})
