import { expect, test } from 'vitest'
import { outcomesOf, spreadOf, summaryOf, type Execution, type Failure } from './continuity.ts'

const INTERVAL_MS = 60_000
const FAILED_AT = 600_000
const SUDDEN: Failure = {
  collector: 'east.c1',
  at: FAILED_AT,
  isInOrder: false,
  undoneAt: undefined,
}
const IN_ORDER: Failure = { ...SUDDEN, isInOrder: true }

/** `[seconds after the failure, name of the collector]` of each run of a check. */
function runsOf(checkId: string, ...runs: readonly (readonly [number, string])[]): Execution[] {
  return runs.map(([seconds, name]) => ({
    checkId,
    collector: `east.${name}`,
    startedAt: FAILED_AT + seconds * 1_000,
  }))
}

function outcomes(runs: readonly Execution[], failure: Failure, untilSeconds = 100) {
  const ids = new Set(runs.map(({ checkId }) => checkId))
  const rhythm = { intervalMs: INTERVAL_MS, retryIntervalMs: INTERVAL_MS }
  const rhythms = new Map([...ids].map((id) => [id, rhythm]))
  const until = FAILED_AT + untilSeconds * 1_000
  return outcomesOf({ executions: runs, rhythms, until }, failure)
}

test('[DR1] a host has moved when who failed was the last to check it', () => {
  const runs = [
    ...runsOf('web', [-70, 'c1'], [-10, 'c1'], [4, 'c2'], [50, 'c2']),
    ...runsOf('db', [-70, 'c1'], [-10, 'c2'], [50, 'c2']),
  ]
  expect(outcomes(runs, SUDDEN).map(({ host, isMoved }) => [host, isMoved])).toEqual([
    ['db', false],
    ['web', true],
  ])
})

test('[DR2] takeover is the first check of a host by another, the re-check is complete with its last', () => {
  const runs = [
    ...runsOf('web', [-10, 'c1'], [3.5, 'c2']),
    ...runsOf('web!http', [-20, 'c1'], [4.5, 'c2']),
    ...runsOf('web!ssh', [-30, 'c1'], [4, 'c2']),
  ]
  expect(outcomes(runs, SUDDEN)).toMatchObject([
    { host: 'web', checks: 3, takeoverMs: 3_500, recheckMs: 4_500, gapMs: 34_000 },
  ])
})

test('[DR2] one check that nobody takes over leaves the host without a re-check', () => {
  const runs = [...runsOf('web', [-10, 'c1'], [4, 'c2']), ...runsOf('web!http', [-20, 'c1'])]
  const hosts = outcomes(runs, SUDDEN)
  expect(hosts).toMatchObject([{ takeoverMs: 4_000, recheckMs: undefined }])
  expect(summaryOf(hosts)).toMatchObject({ moved: 1, leftAlone: 1, recheck: undefined })
})

test('[DR3] one and a half intervals without a check are a missed one, also at the end', () => {
  const late = runsOf('a', [-120, 'c1'], [-60, 'c1'], [31, 'c2'], [91, 'c2'])
  const early = runsOf('b', [-120, 'c1'], [-60, 'c1'], [29, 'c2'], [89, 'c2'])
  const silent = runsOf('c', [-120, 'c1'], [-60, 'c1'])
  const hosts = outcomes([...late, ...early, ...silent], IN_ORDER)
  expect(hosts.map(({ missed }) => missed)).toEqual([1, 0, 2])
})

test('[DR4] a check that is run twice within half an interval is doubled', () => {
  const runs = [
    ...runsOf('a', [-30, 'c1'], [30, 'c1'], [59, 'c2'], [90, 'c2']),
    ...runsOf('b', [-30, 'c1'], [30, 'c1'], [61, 'c2']),
  ]
  expect(outcomes(runs, IN_ORDER).map(({ doubled }) => doubled)).toEqual([1, 0])
})

test('[DR3] [DR4] what was missed or doubled before the failure is not its fault', () => {
  const runs = runsOf('a', [-300, 'c1'], [-60, 'c1'], [-59, 'c2'], [1, 'c2'], [61, 'c2'])
  expect(outcomes(runs, IN_ORDER)).toMatchObject([{ missed: 0, doubled: 0, gapMs: 60_000 }])
})

test('[DR4] the retry interval is what counts where it is shorter', () => {
  const runs = runsOf('a', [-30, 'c1'], [30, 'c1'], [60, 'c1'], [65, 'c2'])
  const rhythm = { intervalMs: INTERVAL_MS, retryIntervalMs: 20_000 }
  const until = FAILED_AT + 70_000
  const [host] = outcomesOf(
    { executions: runs, rhythms: new Map([['a', rhythm]]), until },
    IN_ORDER,
  )
  expect(host).toMatchObject({ doubled: 1, missed: 0 })
})

test('[DR4] the immediate check of a takeover is no double, a second one is', () => {
  const once = runsOf('a', [-5, 'c1'], [4, 'c2'], [20, 'c2'], [80, 'c2'])
  const twice = runsOf('b', [-5, 'c1'], [4, 'c2'], [5, 'c3'], [6, 'c2'])
  expect(outcomes([...once, ...twice], SUDDEN).map(({ doubled }) => doubled)).toEqual([0, 1])
  expect(outcomes(once, IN_ORDER).map(({ doubled }) => doubled)).toEqual([2])
})

test('[DR5] what one that is cut off runs by itself counts for nobody', () => {
  const failure = { ...SUDDEN, undoneAt: FAILED_AT + 200_000 }
  const runs = runsOf(
    'a',
    ...([
      [-30, 'c1'],
      [4, 'c2'],
      [30, 'c1'],
      [31, 'c2'],
      [90, 'c1'],
      [91, 'c2'],
      [150, 'c1'],
      [151, 'c2'],
      // The link is whole at 200: it hears of the others a moment later.
      [202, 'c1'],
      [211, 'c2'],
      [271, 'c1'],
    ] as const),
  )
  expect(outcomes(runs, failure, 280)).toMatchObject([
    { takeoverMs: 4_000, missed: 0, doubled: 0, gapMs: 60_000 },
  ])
})

test('[DR5] back for good, its runs count again', () => {
  const failure = { ...SUDDEN, undoneAt: FAILED_AT + 40_000 }
  const runs = runsOf('a', [-30, 'c1'], [4, 'c2'], [30, 'c2'], [50, 'c1'])
  expect(outcomes(runs, failure)).toMatchObject([{ doubled: 1 }])
  const alone = runsOf('a', [-30, 'c1'], [4, 'c2'], [30, 'c2'], [90, 'c1'])
  expect(outcomes(alone, failure, 120)).toMatchObject([{ doubled: 0, missed: 0 }])
})

test('[DR6] a check without a schedule misses nothing', () => {
  const runs = runsOf('a', [-500, 'c1'], [4, 'c2'], [5, 'c2'], [400, 'c2'])
  const until = FAILED_AT + 900_000
  expect(outcomesOf({ executions: runs, rhythms: new Map(), until }, SUDDEN)).toMatchObject([
    { missed: 0, doubled: 0, takeoverMs: 4_000 },
  ])
})

test('95 % do not exceed the p95', () => {
  const values = Array.from({ length: 100 }, (_, n) => 100 - n)
  expect(spreadOf(values)).toEqual({ medianMs: 50, p95Ms: 95, maxMs: 100 })
  expect(spreadOf([7])).toEqual({ medianMs: 7, p95Ms: 7, maxMs: 7 })
  expect(spreadOf([])).toBeUndefined()
})
