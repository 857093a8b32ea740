import { expect, test } from 'vitest'
import { fc } from '@fast-check/vitest'
import { instant } from '../../base/instant.ts'
import { DEFAULT_DECISION, decide } from './decide.ts'

const at = (seconds: number) => instant(1_800_000_000_000 + seconds * 1000)
const policy = { clockSkewMs: 5_000 }

test('[DE1] a result from the future is kept apart: it goes to history only', () => {
  expect(decide(at(0), at(65), policy, at(60))).toBe('counted')
  expect(decide(at(0), at(66), policy, at(60))).toBe('clock-suspect')
  expect(decide(null, at(3600), policy, at(60))).toBe('clock-suspect')
})

test('[DE2] the first result of a pending object counts, however old it is', () => {
  expect(decide(null, at(-86_400), policy, at(60))).toBe('counted')
})

test('[DE3] a present from the future, left by a clock that was wrong, blocks nobody', () => {
  expect(decide(at(3600), at(59), policy, at(60))).toBe('counted')
  expect(decide(at(64), at(59), policy, at(60))).toBe('late')
})

test('[DE4] a result older than the present repairs history and leaves the present alone', () => {
  expect(decide(at(50), at(49), policy, at(60))).toBe('late')
  expect(decide(at(50), at(50), policy, at(60))).toBe('counted')
  expect(decide(at(50), at(51), policy, at(60))).toBe('counted')
})

test('[DE1] no stamp, however wrong, stops a later good result from counting', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e6, max: 1e6 }),
      fc.integer({ min: 1, max: 1000 }),
      (wrong, gap) => {
        const standing =
          decide(null, at(wrong), DEFAULT_DECISION, at(0)) === 'counted' ? at(wrong) : null
        const later = at(Math.max(wrong, 0) + gap)
        expect(decide(standing, later, DEFAULT_DECISION, later)).toBe('counted')
      },
    ),
  )
})
