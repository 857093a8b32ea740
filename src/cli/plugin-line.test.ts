import { expect, test } from 'vitest'
import type { ObjectRow } from '../wire/api/objects.ts'
import { pluginLineOf } from './plugin-line.ts'

const row = (state: ObjectRow['state'], isStale = false): ObjectRow => ({
  id: `h!${state}`,
  kind: 'service',
  host: 'h',
  service: state,
  displayName: state,
  groups: [],
  state,
  type: 'hard',
  attempt: 1,
  maxAttempts: 3,
  isProblem: state !== 'ok',
  isStale,
  isFlapping: false,
  lastCheckAt: null,
  lastChangeAt: null,
  output: '',
  executionMs: 0,
  latencyMs: 0,
  verdict: null,
  seenBy: null,
})

test.each([
  [[], 0],
  [[row('ok')], 0],
  [[row('ok'), row('warning')], 1],
  [[row('warning'), row('critical'), row('unknown')], 2],
  [[row('down')], 2],
  [[row('unknown')], 3],
  [[row('ok', true)], 3],
])('the worst of the objects is the exit status', (rows, code) => {
  expect(pluginLineOf(rows).code).toBe(code)
})

test('the line reads as a plugin writes it', () => {
  expect(pluginLineOf([row('critical'), row('ok')]).text).toBe(
    'PARALLAX CRITICAL - 2 objects, 1 critical, 0 warning, 0 unknown, 0 stale, first: h/critical | objects=2;;;0 critical=1;;0;0 warning=0;0;;0 unknown=0;;;0 stale=0;;;0',
  )
})
