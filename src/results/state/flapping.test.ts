import { expect, test } from 'vitest'
import { fc } from '@fast-check/vitest'
import { DEFAULT_FLAPPING, type FlappingPolicy } from '../../domain/fleet.ts'
import type { ServiceState } from '../../domain/state-names.ts'
import { NEVER_FLAPPED, internFlapping, nextFlapping } from './flapping.ts'

const policy: FlappingPolicy = { ...DEFAULT_FLAPPING, isEnabled: true }
const after = (states: readonly ServiceState[], by: FlappingPolicy = policy) =>
  states.reduce((record, state) => nextFlapping(record, state, by), NEVER_FLAPPED)
const repeat = (count: number, ...states: ServiceState[]) =>
  Array.from({ length: count }, () => states).flat()

test('[SM30] one change weighs 6.25 when new, less with each result, and is forgotten after 21', () => {
  expect(after(['critical']).percent).toBeCloseTo(6.25, 10)
  expect(after(['critical', 'critical']).percent).toBeCloseTo(6.118, 3)
  expect(after(['critical', ...repeat(19, 'critical')]).percent).toBeCloseTo(3.75, 10)
  expect(after(['critical', ...repeat(20, 'critical')]).percent).toBe(0)
  expect(after(repeat(11, 'critical', 'ok')).percent).toBeCloseTo(100, 10)
})

test('[SM31] flapping starts at the high threshold and ends at the low one', () => {
  const flapping = after(repeat(3, 'critical', 'ok'))
  expect(flapping.isFlapping).toBe(true)
  const between = repeat(8, 'ok' as const).reduce((r, s) => nextFlapping(r, s, policy), flapping)
  expect(between.percent).toBeGreaterThan(20)
  expect(between.percent).toBeLessThan(34)
  expect(between.isFlapping).toBe(true)
  expect(
    repeat(21, 'ok' as const).reduce((r, s) => nextFlapping(r, s, policy), between).isFlapping,
  ).toBe(false)
})

test('[SM32] what the options leave out is not remembered, and nothing flaps while detection is off', () => {
  expect(after(repeat(5, 'critical', 'ok'), { ...policy, options: 'w,c,u' }).percent).toBeLessThan(
    6.3,
  )
  const off = after(repeat(5, 'critical', 'ok'), { ...policy, isEnabled: false })
  expect(off.percent).toBeGreaterThan(30)
  expect(off.isFlapping).toBe(false)
})

test('[SM30] the history has 21 entries and the percentage lies between 0 and 100, whatever happens', () => {
  const states = fc.array(fc.constantFrom<ServiceState>('ok', 'warning', 'critical', 'unknown'), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(states, (seen) => {
      const record = after(seen)
      expect(record.history).toHaveLength(21)
      expect(record.percent).toBeGreaterThanOrEqual(0)
      expect(record.percent).toBeLessThanOrEqual(100 + 1e-9)
      expect(internFlapping({ ...record, history: [...record.history] })).toEqual(record)
    }),
  )
})
