import { expect, test } from 'vitest'
import { instant, isoOf } from '../../base/instant.ts'
import { resultOf } from '../../../test/result-of.ts'
import { corrected, createCollectorClocks, DEFAULT_CLOCK_POLICY } from './collector-clocks.ts'

const now = instant(1_700_000_000_000)
const reading = (offsetMs: number, errorMs = 5, ageMs = 0) => ({ offsetMs, errorMs, ageMs })

test('[CK10] a collector that never measured is taken at its word', () => {
  const clocks = createCollectorClocks(DEFAULT_CLOCK_POLICY)
  expect(clocks.see('local', undefined, now)).toEqual({ kind: 'trusted', offsetMs: 0 })
  expect(clocks.all()).toEqual([])
})

test('[CK7] a measurement that says too little sets the collector aside', () => {
  const clocks = createCollectorClocks(DEFAULT_CLOCK_POLICY)
  expect(clocks.see('east.c1', reading(0, 1_001), now).kind).toBe('set-aside')
  expect(clocks.see('east.c1', reading(0, 5, 300_001), now).kind).toBe('set-aside')
  expect(clocks.see('east.c1', reading(0), now).kind).toBe('trusted')
  expect(clocks.see('east.c1', undefined, now)).toEqual({ kind: 'set-aside', reason: 'unmeasured' })
})

test('[CK8] a jump of the offset sets it aside until the next measurement says the same', () => {
  const clocks = createCollectorClocks(DEFAULT_CLOCK_POLICY)
  clocks.see('east.c1', reading(100), now)
  expect(clocks.see('east.c1', reading(3_600_100), now)).toEqual({
    kind: 'set-aside',
    reason: 'stepped',
  })
  expect(clocks.see('east.c1', reading(3_600_101), now)).toEqual({
    kind: 'trusted',
    offsetMs: 3_600_101,
  })
  expect(clocks.see('east.c1', reading(3_600_500), now).kind).toBe('trusted')
  expect(clocks.all()).toMatchObject([{ collector: 'east.c1', standing: { kind: 'trusted' } }])
})

test('[CK6] times are moved by the offset, and not within its bound', () => {
  const results = [resultOf(1)]
  expect(corrected(results, reading(4, 5))).toBe(results)
  const [moved] = corrected(results, reading(-1_234.6))
  const [first] = results
  expect(moved?.finishedAt).toBe((first?.finishedAt ?? 0) - 1_235)
  expect(moved?.dueAt).toBe((first?.dueAt ?? 0) - 1_235)
  expect(moved?.startedAt).toBe((first?.startedAt ?? 0) - 1_235)
  const [absurd] = corrected(results, reading(9e15))
  expect(isoOf(absurd?.finishedAt ?? now)).toBe('9999-12-31T23:59:59.999Z')
})
