import { expect, test } from 'vitest'
import { createClockEras } from './clock-eras.ts'

test('[CK3] [CK4] what was made before the clock was set is moved by the step, what came after is not', () => {
  const eras = createClockEras()
  expect(eras.look(1_000_000, 500, 1)).toBe(0)
  expect(eras.look(1_001_000, 1_500, 11)).toBe(0)
  expect(eras.look(1_001_000 + 3_601_000, 2_500, 21)).toBe(3_600_000)
  expect(eras.steppedSince(20)).toBe(3_600_000)
  expect(eras.steppedSince(21)).toBe(0)
  expect(eras.look(1_003_000, 3_500, 31)).toBe(-3_600_000)
  expect([20, 21, 30, 31].map((seq) => eras.steppedSince(seq))).toEqual([
    0, -3_600_000, -3_600_000, 0,
  ])
})

test('[CK3] slewing and small corrections are no step', () => {
  const eras = createClockEras()
  let wall = 0
  for (let second = 0; second < 1_000; second++) {
    expect(eras.look(wall, second * 1_000, second)).toBe(0)
    wall += 1_000.5
  }
})

test('[CK4] a clock that is set without end costs a bounded memory, and the newest eras are right', () => {
  const eras = createClockEras()
  for (let n = 0; n < 1_000; n++) eras.look(n * 10_000, n * 1_000, n + 1)
  expect(eras.steppedSince(1_000)).toBe(0)
  expect(eras.steppedSince(999)).toBe(9_000)
})
