import { describe, expect, test } from 'vitest'
import { CommandFailed } from '../exit.ts'
import { seedsOf } from './seeds.ts'

test.each([
  ['7', [7]],
  ['101-104', [101, 102, 103, 104]],
  ['1, 5,9-11', [1, 5, 9, 10, 11]],
  ['3,1-3', [3, 1, 2]],
  ['0', [0]],
])("[SI14] '%s' are seeds", (text, seeds) => {
  expect(seedsOf(text)).toEqual(seeds)
})

describe('[SI14] what are no seeds is refused', () => {
  test.each([
    '',
    'x',
    '1-',
    '-3',
    '9-1',
    '1.5',
    '1,,2',
    '4294967296',
    '1-20000',
    '1-9999,20000-20003',
  ])("'%s'", (text) => {
    expect(() => seedsOf(text)).toThrow(CommandFailed)
  })
})
