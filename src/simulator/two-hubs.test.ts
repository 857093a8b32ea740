import { expect, test } from 'vitest'
import { compareHubs, shuffled } from './two-hubs.ts'
import { RATES } from './world/rates.ts'
import { World } from './world/world.ts'

test.each([3, 5])(
  '[SI11] two hubs say the same in the end, whatever they got on the way, with %i observers',
  (observers) => {
    const durationMs = 3_600_000
    const world = new World({ observers, seed: 21, durationMs, rates: RATES.stress })
    const shares: number[] = []
    const { isEqual, digests, exchanged } = compareHubs(world, (share) => shares.push(share))
    expect(isEqual).toBe(true)
    expect(digests[0]).toBe(digests[1])
    expect(exchanged).toBeGreaterThan(0)
    expect(shares.at(-1)).toBe(1)
  },
)

test('a shuffled list has the same items in another order', () => {
  const items = Array.from({ length: 50 }, (_, index) => index)
  const mixed = shuffled(items, 3)
  expect(mixed).not.toEqual(items)
  expect(mixed.toSorted((a, b) => a - b)).toEqual(items)
  expect(shuffled(items, 3)).toEqual(mixed)
})
