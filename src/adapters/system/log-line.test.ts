import { expect, test } from 'vitest'
import { logLineForPeople } from './log-line.ts'

const line = (fields: object): string =>
  logLineForPeople(`${JSON.stringify({ level: 'warn', time: 'T', ...fields })}\n`)

test('time, level, message and fields', () => {
  expect(line({ revision: 'a1', checks: 8, msg: 'plan applied' })).toBe(
    'T warn  plan applied  revision=a1  checks=8\n',
  )
})

test('each item of a list has its line', () => {
  expect(line({ problems: ['f:1:1: x', 'f:2:1: y'], count: 2, msg: 'faults' })).toBe(
    'T warn  faults  count=2\n  f:1:1: x\n  f:2:1: y\n',
  )
})

test('what somebody else wrote does not drive the terminal', () => {
  expect(line({ cause: 'a\u001b[31m\rb', msg: 'm\n' })).toBe('T warn  m   cause=a b\n')
})
