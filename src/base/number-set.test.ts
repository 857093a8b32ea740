import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { RANGES_MAX, NumberSet } from './number-set.ts'

const range = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 8 }))
  .map(([from, more]) => [from, from + more] as const)

test.prop([fc.array(range, { maxLength: 40 })])(
  'whatever comes in which order, it knows exactly what came',
  (ranges) => {
    const set = new NumberSet()
    const model = new Set<number>()
    for (const [from, to] of ranges) {
      const isNew: number[] = []
      for (let seq = from; seq <= to; seq++) if (!model.has(seq)) isNew.push(seq)
      expect(set.addRange([from, to])).toBe(isNew.length)
      for (const seq of isNew) model.add(seq)
      for (let seq = 1; seq < 80; seq++) expect(set.has(seq)).toBe(model.has(seq))
      let upTo = 0
      while (model.has(upTo + 1)) upTo++
      expect(set.upTo).toBe(upTo)
      let before = set.upTo
      for (const [first, last] of set.ranges) {
        expect(first).toBeGreaterThan(before + 1)
        expect(last).toBeGreaterThanOrEqual(first)
        before = last
      }
      const again = new NumberSet(set.upTo, set.ranges)
      expect([again.upTo, again.ranges]).toEqual([set.upTo, set.ranges])
    }
  },
)

test('one range too many is not taken in, what fits to others is', () => {
  const set = new NumberSet()
  for (let n = 1; n <= RANGES_MAX; n++) expect(set.add(n * 10)).toBe(true)
  expect(set.add(15)).toBe(false)
  expect(set.has(15)).toBe(false)
  expect(set.add(RANGES_MAX * 10 + 10)).toBe(false)
  expect(set.add(11)).toBe(true)
  expect(set.addRange([1, 9])).toBe(9)
  expect(set.upTo).toBe(11)
  expect(set.add(15)).toBe(true)
})
