import { expect, test } from 'vitest'
import { serviceCheckId, type CheckId } from '../../domain/check-id.ts'
import { HINTED_MAX, type Hints } from '../../wire/asking.ts'
import { EarlyHints, HINT_AFTER_MS } from './early-hints.ts'

const idOf = (n: number): CheckId => serviceCheckId('web', `s${n}`)

function hints() {
  const told: Hints['runs'][] = []
  return { early: new EarlyHints((runs) => void told.push(runs)), told }
}

test('[AK5] a run without an answer is told of once, after three seconds', () => {
  const { early, told } = hints()
  expect(early.dueMs).toBe(Number.POSITIVE_INFINITY)
  early.started(idOf(1), 1_000)
  early.started(idOf(2), 1_500)
  expect(early.dueMs).toBe(1_000 + HINT_AFTER_MS)
  early.tick(3_999)
  expect(told).toEqual([])
  early.tick(4_000)
  expect(told).toEqual([[{ checkId: idOf(1), waitedMs: 3_000 }]])
  early.tick(9_000)
  expect(told.flat().map(({ checkId }) => checkId)).toEqual([idOf(1), idOf(2)])
  expect(early.dueMs).toBe(Number.POSITIVE_INFINITY)
})

test('[AK5] one that has ended is not told of, one that began again is counted from then', () => {
  const { early, told } = hints()
  early.started(idOf(1), 0)
  early.started(idOf(2), 0)
  early.ended(idOf(1))
  early.started(idOf(2), 2_000)
  early.tick(4_999)
  expect(told).toEqual([])
  early.tick(5_000)
  expect(told).toEqual([[{ checkId: idOf(2), waitedMs: 3_000 }]])
})

test('[AK5] of very many at once 500 are told of', () => {
  const { early, told } = hints()
  for (let n = 0; n < 3_000; n++) early.started(idOf(n), 0)
  early.tick(3_000)
  expect(told.map((runs) => runs.length)).toEqual([HINTED_MAX])
  early.tick(6_000)
  expect(told).toHaveLength(1)
})
