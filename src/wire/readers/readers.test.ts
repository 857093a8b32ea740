import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Question, Subject } from '../bus.ts'
import { helloTo } from '../cluster.ts'
import {
  allResults,
  allWatermarks,
  passive,
  plan,
  planAcknowledgement,
  planDecision,
  planProposal,
  recheck,
} from '../subjects.ts'
import { NAME_MAX, Unreadable } from './fields.ts'

type Json = Record<string, unknown>

const result = {
  collector: 'east.c1',
  boot: 'b',
  seq: 3,
  checkId: 'web-01!ssh',
  origin: 'scheduled',
  dueAt: 1_800_000_000_000,
  startedAt: 1_800_000_000_001,
  finishedAt: 1_800_000_000_002,
  outcome: { kind: 'exited', code: 0, output: 'OK', longOutput: '', perfdata: 'a=1' },
}
const batch = {
  version: 1,
  collector: 'east.c1',
  results: [
    result,
    { ...result, outcome: { kind: 'timed-out', afterMs: 5, output: '' } },
    { ...result, outcome: { kind: 'not-started', reason: 'not-executable', output: '' } },
  ],
  clock: { offsetMs: -3.5, errorMs: 1, ageMs: 0 },
  lost: [{ boot: 'a', range: [1, 9] }],
}
const check = {
  id: 'web-01!ssh',
  hostName: 'web-01',
  serviceName: 'ssh',
  intervalMs: 60_000,
  retryIntervalMs: 10_000,
  maxAttempts: 3,
  timeoutMs: 10_000,
  period: 'always',
  command: { kind: 'shell-line', line: 'true', hasRuntimeMacros: false, environment: { A: 'b' } },
}
const wholePlan = {
  version: 1,
  revision: 'abc',
  epoch: 4,
  hub: 'hub-a',
  checks: [
    check,
    {
      ...check,
      isOnDemand: true,
      freshnessMs: 5,
      command: {
        kind: 'arguments',
        program: '/bin/true',
        arguments: ['-x'],
        hasRuntimeMacros: false,
        environment: {},
      },
    },
    {
      ...check,
      command: { kind: 'builtin', builtin: 'tcp', options: { port: 22, all: true, send: ['a'] } },
    },
    { ...check, command: { kind: 'passive' } },
  ],
  timePeriods: [
    { name: 'always', alias: '', ranges: [['monday', '00:00-24:00']], exclude: ['never'] },
  ],
  cluster: {
    name: 'east',
    silenceMs: 3000,
    takeoverRate: 200,
    costs: { 'web-01': 0.5 },
    pins: { 'web-01': 'c2' },
    revoked: ['east.c9'],
  },
}

const GOOD: readonly (readonly [string, ((value: unknown) => unknown) | undefined, Json])[] = [
  ['results', allResults('h').read, batch],
  [
    'a watermark',
    allWatermarks('c').read,
    { version: 1, hub: 'h', collector: 'c', boot: 'b', seq: 0 },
  ],
  ['a plan', plan('c').read, wholePlan],
  ['a proposal', planProposal('c').read, { version: 1, hub: 'h', job: 'j', plan: wholePlan }],
  ['a decision', planDecision('c').read, { version: 1, hub: 'h', job: 'j', decision: 'activate' }],
  [
    'an acknowledgement',
    planAcknowledgement('h', 'c').read,
    { version: 1, job: 'j', collector: 'c', answer: { kind: 'refused', reason: 'no' } },
  ],
  ['a recheck', recheck('c').read, { version: 1, checkIds: ['a', 'a!b'], requestedAt: 5 }],
  ['passive results', passive('c').read, { version: 1, results: [result] }],
  ['their answer', passive('c').readAnswer, { version: 1 }],
  ['a welcome', helloTo('h', 'c').readAnswer, { version: 1, hub: 'h', plan: wholePlan }],
]

test.each([
  ['a time that no database keeps', allResults('h'), withResult({ finishedAt: 8.64e15 })],
  ['half a millisecond', allResults('h'), withResult({ finishedAt: result.finishedAt + 0.5 })],
  ['a name with a NUL', allResults('h'), withResult({ boot: 'a\0b' })],
  ['half a character', allResults('h'), withResult({ boot: 'a\ud800b' })],
  ['a NUL in what was lost', allResults('h'), { ...batch, lost: [{ boot: '\0', range: [1, 2] }] }],
] as const)('[IN19] %s is no message', (_, { read }, message) => {
  expect(() => read?.(message)).toThrow(Unreadable)
})

describe('[PN15] a message', () => {
  test.each(GOOD)('%s is read as it is, with fields that nobody knows', (_, read, message) => {
    expect(read?.(message)).toEqual(message)
    const newer = { ...message, afterwards: { any: [1] } }
    expect(read?.(newer)).toEqual(newer)
  })

  /** Every value of every message, one by one, becomes something else. */
  test.each(GOOD)(
    '%s with anything wrong in it is refused, or is another one',
    (_, read, message) => {
      const wrong: readonly unknown[] = [null, 'x'.repeat(NAME_MAX + 1), Number.NaN, -1, [[]], {}]
      for (const path of pathsOf(message)) {
        for (const value of wrong) {
          try {
            read?.(changedAt(message, path, value))
          } catch (error) {
            expect(error).toBeInstanceOf(Unreadable)
          }
        }
      }
    },
  )

  test.each([
    ['a batch that is a list', allResults('h'), []],
    ['a batch without results', allResults('h'), { version: 1, collector: 'c' }],
    ['results of another', allResults('h'), { ...batch, collector: 'east.c2' }],
    ['no number', allResults('h'), withResult({ seq: 0 })],
    ['half a number', allResults('h'), withResult({ seq: 1.5 })],
    ['a code of its own', allResults('h'), withResult({ outcome: { ...result.outcome, code: 4 } })],
    [
      'an outcome of its own',
      allResults('h'),
      withResult({ outcome: { kind: 'burnt', output: '' } }),
    ],
    ['no time', allResults('h'), withResult({ finishedAt: null })],
    ['a time beyond all', allResults('h'), withResult({ dueAt: 1e18 })],
    ['an id of two services', allResults('h'), withResult({ checkId: 'a!b!c' })],
    ['an id without a service', allResults('h'), withResult({ checkId: 'a!' })],
    ['an endless name', allResults('h'), withResult({ boot: 'b'.repeat(NAME_MAX + 1) })],
    [
      'too many results',
      allResults('h'),
      { ...batch, results: Array.from({ length: 20_001 }, () => result) },
    ],
    [
      'a range that ends first',
      allResults('h'),
      { ...batch, lost: [{ boot: 'a', range: [9, 1] }] },
    ],
    [
      'an error below nothing',
      allResults('h'),
      { ...batch, clock: { ...batch.clock, errorMs: -1 } },
    ],
    ['a line of numbers', plan('c'), withCommand({ kind: 'shell-line', line: 5 })],
    [
      'an environment of numbers',
      plan('c'),
      withCommand({ ...check.command, environment: { A: 1 } }),
    ],
    [
      'a nested option',
      plan('c'),
      withCommand({ kind: 'builtin', builtin: 'tcp', options: { a: {} } }),
    ],
    ['an epoch below nothing', plan('c'), { ...wholePlan, epoch: -1 }],
    [
      'a cost of text',
      plan('c'),
      { ...wholePlan, cluster: { ...wholePlan.cluster, costs: { a: 'b' } } },
    ],
    ['no decision', planDecision('c'), { version: 1, hub: 'h', job: 'j', decision: 'maybe' }],
    ['no version', recheck('c'), { checkIds: [], requestedAt: 5 }],
  ] as readonly (readonly [string, Subject<unknown> | Question<unknown, unknown>, unknown])[])(
    'with %s is refused',
    (_, { read }, message) => {
      expect(() => read?.(message)).toThrow(Unreadable)
    },
  )

  test('of any other shape is refused, never worse', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const [, read] of GOOD) {
          try {
            read?.(value)
          } catch (error) {
            expect(error).toBeInstanceOf(Unreadable)
          }
        }
      }),
    )
  })

  test('with a kind of command that is not known here is left to the collector to refuse', () => {
    const newer = withCommand({ kind: 'wasm', module: 'x' })
    expect(plan('c').read?.(newer)).toEqual(newer)
  })
})

function withResult(change: Json): Json {
  return { ...batch, results: [{ ...result, ...change }] }
}

function withCommand(command: Json): Json {
  return { ...wholePlan, checks: [{ ...check, command }] }
}

function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))]
}

function changedAt(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to
  const copy: Json | unknown[] = Array.isArray(value)
    ? [...(value as unknown[])]
    : { ...(value as Json) }
  const record = copy as Json
  record[key] = changedAt(record[key], rest, to)
  return copy
}
