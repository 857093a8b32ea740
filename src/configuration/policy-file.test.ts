import { expect, test } from 'vitest'
import type { DecisionPolicy } from '../domain/decision-policy.ts'
import { readPolicyFile } from './policy-file.ts'

const STANDING: DecisionPolicy = { rule: 'evidence', theta: 12.5 }

function decided(text: string, host: string): DecisionPolicy {
  const read = readPolicyFile({ file: 'policy.yaml', text })
  if ('problems' in read) throw new Error(read.problems.map(({ message }) => message).join('; '))
  return read.policy.of(host, STANDING)
}

test('[DA7] what it does not say stays as it is', () => {
  expect(decided('verdict: majority', 'web')).toEqual({ rule: 'majority', theta: 12.5 })
  expect(decided('theta: 14', 'web')).toEqual({ rule: 'evidence', theta: 14 })
  expect(decided('verdict: { penalty: 30s }', 'web').rule).toEqual({ penaltyMs: 30_000 })
})

test('[DA7] the first pattern that fits a host counts', () => {
  const text = `verdict: { atLeast: 2 }
hosts:
  'db-*': { verdict: any }
  db-01: { verdict: majority }
  'web?': { theta: 9 }
`
  expect(decided(text, 'db-01').rule).toBe('any')
  expect(decided(text, 'web1')).toEqual({ rule: { kOf: 2 }, theta: 9 })
  expect(decided(text, 'mail')).toEqual({ rule: { kOf: 2 }, theta: 12.5 })
})

test.each([
  ['verdict: some', '1:10'],
  ['verdict: any\ntheta: 1000', '2:8'],
  ['verdict: any\nhost: {}', '2:1'],
  ['hosts:\n  web: { verdict: { atLeast: 0 } }', '2:30'],
  ['', '1:1'],
  ['verdict: [', '1:11'],
])('[DA7] faults are named with their place: %j', (text, place) => {
  const read = readPolicyFile({ file: 'policy.yaml', text })
  const problems = 'problems' in read ? read.problems : []
  expect(problems.map(({ line, column }) => `${line}:${column}`)).toContain(place)
})
