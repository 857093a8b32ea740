import { expect, test } from 'vitest'
import { differenceOf } from './hold.ts'
import type { Lanes } from './lanes.ts'

const order = (problems: string[], recovered: string[] = []): Lanes['ids'] => ({
  problems,
  recovered,
  symptoms: [],
  stale: [],
  pending: [],
})

test('[UI5] what waits is counted: new rows, and rows that belong elsewhere', () => {
  expect(differenceOf(order(['a', 'b']), order(['a', 'b']))).toEqual({ added: 0, moved: 0 })
  expect(differenceOf(order(['a', 'b']), order(['x', 'a', 'y', 'b']))).toEqual({
    added: 2,
    moved: 0,
  })
  expect(differenceOf(order(['a', 'b']), order(['b'], ['a']))).toEqual({ added: 0, moved: 1 })
  expect(differenceOf(order(['a', 'b']), order(['b']))).toEqual({ added: 0, moved: 1 })
})

test('[UI5] one row that jumps over many is one that moved', () => {
  expect(differenceOf(order(['a', 'b', 'c', 'd', 'e']), order(['e', 'a', 'b', 'c', 'd']))).toEqual({
    added: 0,
    moved: 1,
  })
})
