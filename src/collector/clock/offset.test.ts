import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { bestOffset, offsetOf } from './offset.ts'

const way = fc.integer({ min: 0, max: 5_000 })

test.prop([fc.integer({ min: -1e9, max: 1e9 }), way, way])(
  '[CK1] the offset is right within its bound, however unequal the ways are',
  (offset, there, back) => {
    const sentAt = 1_700_000_000_000
    const hubAt = sentAt + there + offset
    const measured = offsetOf({ sentAt, sentMs: 50, receivedMs: 50 + there + back, hubAt })
    expect(Math.abs(measured.offsetMs - offset)).toBeLessThanOrEqual(measured.errorMs)
  },
)

test('[CK1] the quickest answer counts', () => {
  const sample = (tookMs: number, hubAt: number) => ({
    sentAt: 1_000,
    sentMs: 0,
    receivedMs: tookMs,
    hubAt,
  })
  expect(bestOffset([sample(400, 1_900), sample(10, 1_505), sample(90, 1_600)])).toEqual({
    offsetMs: 500,
    errorMs: 6,
  })
  expect(bestOffset([])).toBeUndefined()
})
