import { describe, expect, test } from 'vitest'
import { readTrace, TraceFault } from './trace.ts'

const TOPOLOGY = {
  kind: 'topology',
  intervalMs: 60_000,
  timeoutMs: 10_000,
  durationMs: 900_000,
  vantages: [
    { id: 'v0', site: 'X1' },
    { id: 'v1', site: 'T0' },
  ],
  sites: ['T0'],
  hosts: [{ id: 'h0', site: 'T0' }],
  services: [
    { id: 's0', host: 'h0', check: 'tcp' },
    { id: 's1', host: 'h0', check: 'alive' },
  ],
}
const TRUTH = {
  kind: 'truth',
  outages: [{ service: 's0', from: 1000, to: 2000, cause: ['host'], subject: 'h0', flap: true }],
  observerFaults: [
    { type: 'path', from: 1, to: 2, vantages: ['v0'], site: 'T0' },
    { type: 'ban', from: 1, to: 2, vantages: ['v0'], host: 'h0' },
    { type: 'overload', from: 1, to: 2, vantages: ['v1'] },
  ],
}
const RESULT = ['v1', 's0', 'error', 1000, 900, 7, 1200, null, 1]

const linesOf = (...values: readonly unknown[]): readonly string[] =>
  values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))

test('[SI12] a trace is read: topology, results in the order in which they came, truth', async () => {
  const earlier = ['v0', 's1', 'ok', 5, 5, 1, 6, 8, 0]
  const trace = await readTrace(linesOf(TOPOLOGY, RESULT, earlier, TRUTH, ''))
  expect(trace.topology.observers).toEqual([
    { name: 'v0', site: 0, insideOf: -1 },
    { name: 'v1', site: 1, insideOf: 0 },
  ])
  expect(trace.topology.checksOf).toEqual([[1, 0]])
  expect(trace.lines.map(({ check }) => check)).toEqual([1, 0])
  expect(trace.lines[1]).toEqual({
    observer: 1,
    check: 0,
    class: 'error',
    at: 1000,
    rawAt: 900,
    seq: 7,
    arrivesAtA: 1200,
    arrivesAtB: undefined,
    isProbe: true,
  })
  expect(trace.truth[0]).toEqual([
    { from: 1000, to: 2000, scopes: ['host'], faults: [], isMixed: false, isFlap: true },
  ])
  expect(trace.faults).toMatchObject([
    { type: 'path', observerSites: [0], site: 0 },
    { type: 'ban', observer: 0, host: 0 },
    { type: 'overload', observer: 1 },
  ])
})

describe('[SI13] a line that cannot be used is named', () => {
  const withResult = (place: number, value: unknown) =>
    RESULT.map((one, at) => (at === place ? value : one))
  test.each([
    ['nothing at all', [], 1, 'empty'],
    ['no JSON', [TOPOLOGY, RESULT, '["v0",'], 3, 'no JSON'],
    ['no topology first', [RESULT, TRUTH], 1, 'expected object'],
    ['an unknown vantage', [TOPOLOGY, withResult(0, 'v9'), TRUTH], 2, "no vantage 'v9'"],
    ['an unknown service', [TOPOLOGY, RESULT, withResult(1, 's9'), TRUTH], 3, "no service 's9'"],
    ['an unknown class', [TOPOLOGY, withResult(2, 'fine'), TRUTH], 2, 'class: '],
    ['a time that is none', [TOPOLOGY, withResult(3, 'noon'), TRUTH], 2, 't: '],
    ['a number that is too large', [TOPOLOGY, withResult(5, 2 ** 31), TRUTH], 2, 'seq: '],
    ['too few columns', [TOPOLOGY, RESULT.slice(0, 5), TRUTH], 2, 'expected'],
    ['no truth', [TOPOLOGY, RESULT], 2, 'without its truth'],
    ['a line behind the truth', [TOPOLOGY, TRUTH, RESULT], 3, 'behind the truth in line 2'],
    [
      'an outage of nobody',
      [TOPOLOGY, { ...TRUTH, outages: [{ ...TRUTH.outages[0], service: 'x' }] }],
      2,
      "no service 'x'",
    ],
    [
      'a ban without its host',
      [TOPOLOGY, { ...TRUTH, observerFaults: [{ type: 'ban', from: 1, to: 2, vantages: ['v0'] }] }],
      2,
      'without its host',
    ],
    ['a host in no site', [{ ...TOPOLOGY, hosts: [{ id: 'h0', site: 'T9' }] }], 1, "no site 'T9'"],
    [
      'two services of one name',
      [{ ...TOPOLOGY, services: [...TOPOLOGY.services, TOPOLOGY.services[0]] }],
      1,
      "two of service 's0'",
    ],
    ['a single vantage', [{ ...TOPOLOGY, vantages: [TOPOLOGY.vantages[0]] }], 1, 'vantages: '],
    ['an interval of nothing', [{ ...TOPOLOGY, intervalMs: 0 }], 1, 'intervalMs: '],
    ['a world of years', [{ ...TOPOLOGY, durationMs: 1e12 }], 1, 'durationMs: '],
  ])('%s', async (_what, lines, line, message) => {
    const fault: unknown = await readTrace(linesOf(...lines)).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(TraceFault)
    expect(fault).toMatchObject({ line, hint: expect.stringMatching(/\w/) as string })
    expect((fault as TraceFault).message).toContain(message)
  })
})
