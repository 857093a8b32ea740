import { expect, test } from 'vitest'
import { createRateMeter } from './rate-meter.ts'

test('the rate is the mean of the last ten whole seconds', () => {
  const rate = createRateMeter()
  for (let ms = 0; ms < 20_000; ms += 10) rate.add(2, ms)
  expect(rate.perSecond(20_000)).toBe(200)
  expect(rate.perSecond(25_500)).toBe(100)
  expect(rate.perSecond(31_000)).toBe(0)
  expect(rate.perSecond(9_999_000)).toBe(0)
  rate.add(50, 9_999_500)
  expect(rate.perSecond(9_999_900)).toBe(0)
  expect(rate.perSecond(10_000_000)).toBe(5)
})
