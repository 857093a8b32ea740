import { expect, test } from 'vitest'
import { summaryOf } from './continuity.ts'
import { beyond, limitsOf, type Measured } from './limits.ts'

const GOOD: Measured = {
  ...summaryOf([]),
  moved: 3,
  recheck: { medianMs: 4_000, p95Ms: 4_500, maxMs: 5_000 },
  detectionMs: 3_100,
  lost: 0,
}

test('[DR7] a sudden failure is judged by detection and re-check, one in order by missed intervals', () => {
  const missing = { ...GOOD, missed: 2 }
  expect(beyond(missing, limitsOf('kill', false, {}))).toEqual([])
  expect(beyond(missing, limitsOf('drain', false, {}))).toEqual([
    'missed intervals: 2, allowed are 0',
  ])
  expect(beyond(missing, limitsOf('kill', true, {}))).toEqual([
    'missed intervals: 2, allowed are 0',
  ])
})

test('[DR7] all that is beyond its limit is named', () => {
  const bad = { ...GOOD, detectionMs: undefined, leftAlone: 1, doubled: 4, lost: 9 }
  const limits = limitsOf('hang', false, { maxRecheck: '4500ms', maxDetection: '3s' })
  expect(beyond(bad, limits)).toEqual([
    'detection: never, allowed are 3.0 s',
    '1 host of the failed collector was not taken over',
    'the last first re-check after 5.0 s, allowed are 4.5 s',
    'checks run twice: 4, allowed are 0',
    'lost results: 9, allowed are 0',
  ])
})

test.each(['8', '-1s', '2h', '1e9s', ''])('[DR7] %j is no length of time', (text) => {
  expect(() => limitsOf('kill', false, { maxRecheck: text })).toThrow(/--max-recheck/)
})
