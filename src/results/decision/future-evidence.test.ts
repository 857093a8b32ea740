import { describe, expect, test } from 'vitest'
import { DecisionDesk, second } from '../../../test/decision-desk.ts'
import type { Evidence } from './evidence.ts'
import { FUTURE_MAX, FutureEvidence } from './future-evidence.ts'

function ahead(seconds: number, tie = 0): Evidence {
  return { check: 0, observer: 0, at: second(seconds), tie, class: 'error', isProbe: false }
}

describe('results that begin later than now', () => {
  test('[EV3] come out when their time comes, in its order, equal ones as they came', () => {
    const future = new FutureEvidence()
    for (const [tie, seconds] of [30, 10, 20, 10].entries()) future.add(ahead(seconds, tie))
    expect(future.next(second(9))).toBeUndefined()
    expect([1, 2, 3, 4].map(() => future.next(second(20))?.tie)).toEqual([1, 3, 2, undefined])
    expect(future.all().map(({ tie }) => tie)).toEqual([0])
  })

  test('[EV3] 10,000 wait at most; those furthest ahead are given up', () => {
    const future = new FutureEvidence()
    for (let n = 0; n < FUTURE_MAX + 500; n++) future.add(ahead(100_000 - n))
    expect(future.size).toBe(FUTURE_MAX)
    future.add(ahead(1_000_000))
    expect(future.size).toBe(FUTURE_MAX)
    const held = future.all()
    expect(held[0]?.at).toBe(second(100_000 - FUTURE_MAX - 499))
    expect(held.at(-1)?.at).toBe(second(99_500))
  })

  test('[EV3] a quarter of a second is no future', () => {
    const desk = new DecisionDesk({ observers: ['a@X', 'b@Y'], hosts: { 'web@T': [''] } }).calm(0)
    expect(desk.sees('a', 'web', 'error', 10.25, 10).use).toBe('counted')
    expect(desk.sees('b', 'web', 'error', 10.251, 10).use).toBe('future')
    expect(desk.tick(10).kindOf('web')).toBe('suspect')
    expect(desk.tick(11).kindOf('web')).toBe('down')
  })
})
