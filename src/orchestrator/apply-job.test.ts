import { describe, expect, test } from 'vitest'
import { instant } from '../base/instant.ts'
import type { ApplyJob } from '../wire/api/configuration.ts'
import { step, type JobInput, type JobState } from './apply-job.ts'

const NOON = Date.parse('2027-06-01T12:00:00Z')

/** Collectors that are there when it is compiled. */
let there: readonly string[] = []

function begun(...collectors: string[]): JobState {
  there = collectors
  const job: ApplyJob = {
    id: 'j',
    kind: 'apply',
    state: 'compiling',
    revision: null,
    before: 'aaaa',
    author: 'ann',
    message: 'more',
    startedAt: '2027-06-01T12:00:00.000Z',
    endedAt: null,
    reason: null,
    problems: [],
    changed: 0,
    collectors: [],
  }
  return { job, timeoutMs: 30_000, deadlineAt: undefined, missing: new Map() }
}

/** Takes inputs one second apart; the effects of each. */
type Given = JobInput | Omit<Extract<JobInput, { kind: 'compiled' }>, 'live' | 'away'>

function run(from: JobState, ...inputs: Given[]) {
  let state = from
  const effects: string[][] = []
  for (const [index, given] of inputs.entries()) {
    const input = given.kind === 'compiled' ? { live: there, away: [], ...given } : given
    const done = step(state, input, instant(NOON + 1000 * (index + 1)))
    state = done.state
    effects.push(done.effects.map(({ kind }) => kind))
  }
  return { job: state.job, state, effects }
}

const compiled: Given = { kind: 'compiled', revision: 'bbbb', changed: 3, problems: [] }
const says = (
  collector: string,
  kind: 'staged' | 'active' | 'refused' = 'staged',
  reason = 'no such check here',
): JobInput => ({
  kind: 'answered',
  collector,
  answer: kind === 'refused' ? { kind, reason } : { kind },
})

describe('[CC2] a job', () => {
  test('goes on when all have staged it, and is over when all have confirmed it', () => {
    const { job, effects } = run(
      begun('a', 'b'),
      compiled,
      says('b'),
      says('a'),
      { kind: 'committed' },
      says('a', 'active'),
      says('b', 'active'),
    )
    expect(effects).toEqual([['propose'], [], ['commit'], ['activate'], [], ['over']])
    expect(job).toMatchObject({
      state: 'active',
      revision: 'bbbb',
      changed: 3,
      endedAt: '2027-06-01T12:00:06.000Z',
      reason: null,
    })
    expect(job.collectors.map(({ state }) => state)).toEqual(['active', 'active'])
  })
  test('needs no collector', () => {
    const { job, effects } = run(begun(), compiled, { kind: 'committed' })
    expect(effects).toEqual([['commit'], ['activate', 'over']])
    expect(job.state).toBe('active')
  })
  test('hears nothing after its end', () => {
    const { state } = run(begun('a'), { kind: 'broken', reason: 'the disk is full' })
    expect(state.job).toMatchObject({ state: 'failed', reason: 'the disk is full' })
    expect(run(state, compiled, says('a'), { kind: 'committed' }).state).toBe(state)
  })
  test('is not moved by a collector it does not have, nor by one that repeats itself', () => {
    const { effects, job } = run(begun('a', 'b'), compiled, says('z'), says('a'), says('a'))
    expect(effects).toEqual([['propose'], [], [], []])
    expect(job.state).toBe('staging')
  })
  test('says what is to be known of the revision behind its message', () => {
    const { job } = run(begun('a'), { ...compiled, remark: 'a secret has changed' })
    expect(job.message).toBe('more (a secret has changed)')
  })
})

test('[CC3] problems refuse it before a collector sees it', () => {
  const problem = { file: 'x.yaml', line: 3, column: 1, message: 'unknown host', hint: null }
  const { job, effects } = run(begun('a'), { ...compiled, problems: [problem, problem] })
  expect(effects).toEqual([['over']])
  expect(job).toMatchObject({ state: 'refused', reason: 'it has 2 problems' })
  expect(job.problems).toEqual([problem, problem])
})

test('[CC4] one collector refuses for all, and the others forget the plan', () => {
  const { job, effects } = run(begun('a', 'b'), compiled, says('a'), says('b', 'refused'))
  expect(effects.at(-1)).toEqual(['withdraw', 'over'])
  expect(job).toMatchObject({
    state: 'refused',
    reason: 'collector b refuses it: no such check here',
  })
})

test('[PN16] collectors that follow a newer plan do not keep a hub from starting; they refuse what is applied', () => {
  const ahead: JobInput = {
    kind: 'answered',
    collector: 'b',
    answer: { kind: 'refused', reason: 'it is older', isAhead: true },
  }
  const start = { ...begun('a', 'b'), job: { ...begun('a', 'b').job, kind: 'start' as const } }
  const { job, effects } = run(
    start,
    compiled,
    ahead,
    says('a'),
    { kind: 'committed' },
    says('a', 'active'),
  )
  expect(effects).toEqual([['propose'], [], ['commit'], ['activate'], ['over']])
  expect(job).toMatchObject({ state: 'active', reason: null })
  expect(statesOf(job)).toEqual(['a active', 'b refused'])
  expect(run(start, compiled, says('a', 'refused')).job.state).toBe('refused')
  expect(run(begun('a', 'b'), compiled, ahead).job.state).toBe('refused')
})

test('[CC5] silent collectors are named when the time is over, not before', () => {
  const { state } = run(begun('a', 'b', 'c'), compiled, says('b'))
  const early = step(state, { kind: 'time-passed' }, instant(NOON + 30_999))
  expect(early.state).toBe(state)
  const { state: late, effects } = step(state, { kind: 'time-passed' }, instant(NOON + 31_000))
  expect(effects.map(({ kind }) => kind)).toEqual(['withdraw', 'over'])
  expect(late.job).toMatchObject({ state: 'failed', reason: 'no answer within 30 s from a, c' })
  expect(late.job.collectors.map((one) => one.state)).toEqual(['silent', 'staged', 'silent'])
})

describe('[CC6] once it is stored it is active', () => {
  const stored = run(begun('a', 'b'), compiled, says('a'), says('b'), { kind: 'committed' }).state
  test('also when a collector does not confirm it, which is said', () => {
    const { state } = run(stored, says('a', 'active'))
    const { state: late } = step(state, { kind: 'time-passed' }, instant(NOON + 60_000))
    expect(late.job).toMatchObject({ state: 'active', reason: 'not confirmed within 30 s by b' })
    expect(late.job.endedAt).not.toBeNull()
  })
  test('also when a collector lost the plan meanwhile', () => {
    const { job, effects } = run(stored, says('a', 'active'), says('b', 'refused', 'restarted'))
    expect(effects.at(-1)).toEqual(['over'])
    expect(job).toMatchObject({ state: 'active', reason: null })
    expect(job.collectors[1]).toMatchObject({ state: 'refused', reason: 'restarted' })
  })
  test('and no deadline runs while the database is asked', () => {
    const { state } = run(begun('a'), compiled, says('a'))
    expect(step(state, { kind: 'time-passed' }, instant(NOON + 600_000)).state).toBe(state)
  })
})

test('[CC10] an apply that was overtaken is refused', () => {
  const reason = 'revision cccc is active by now, look at a new plan'
  const { job } = run(begun('a'), { kind: 'overtaken', reason })
  expect(job).toMatchObject({ state: 'refused', reason })
})

const looked = (...live: string[]): JobInput => ({ kind: 'looked', live: new Set(live) })
const statesOf = (job: ApplyJob): readonly string[] =>
  job.collectors.map(({ collector, state }) => `${collector} ${state}`)

describe('[PN11] collectors that are not there', () => {
  test('are named and not asked', () => {
    const { job, effects } = run(
      begun('a'),
      { ...compiled, live: ['a'], away: ['b', 'c'] },
      says('a'),
      { kind: 'committed' },
      says('a', 'active'),
    )
    expect(effects).toEqual([['propose'], ['commit'], ['activate'], ['over']])
    expect(statesOf(job)).toEqual(['a active', 'b away', 'c away'])
    expect(job).toMatchObject({ state: 'active', reason: null })
  })
  test('may be all: then it is active, and says so', () => {
    for (const away of [[], ['b']]) {
      const { job, effects } = run(begun(), { ...compiled, live: [], away }, { kind: 'committed' })
      expect(effects).toEqual([['commit'], ['activate', 'over']])
      expect(job).toMatchObject({
        state: 'active',
        reason: 'no collector is there; each follows it when it comes',
      })
    }
  })
})

describe('[PN12] a collector that goes away', () => {
  test('is not waited for after 5 s without it', () => {
    const inputs = [compiled, says('b'), ...Array.from({ length: 5 }, () => looked('b'))]
    const before = run(begun('a', 'b'), ...inputs)
    expect(before.effects.flat()).toEqual(['propose'])
    const { job, effects } = run(begun('a', 'b'), ...inputs, looked('b'))
    expect(effects.at(-1)).toEqual(['commit'])
    expect(statesOf(job)).toEqual(['a away', 'b staged'])
  })
  test('and comes back is waited for', () => {
    const gone = Array.from({ length: 4 }, () => looked('b'))
    const { effects, job } = run(
      begun('a', 'b'),
      compiled,
      says('b'),
      ...gone,
      looked('a', 'b'),
      ...gone,
    )
    expect(effects.flat()).toEqual(['propose'])
    expect(statesOf(job)).toEqual(['a waiting', 'b staged'])
  })
  test('is away at once when the bus does not reach it', () => {
    const { job, effects } = run(begun('a', 'b'), compiled, says('b'), {
      kind: 'unreachable',
      collector: 'a',
    })
    expect(effects.at(-1)).toEqual(['commit'])
    expect(statesOf(job)).toEqual(['a away', 'b staged'])
  })
  test('after it is stored leaves the others to confirm', () => {
    const { job, effects } = run(
      begun('a', 'b'),
      compiled,
      says('a'),
      says('b'),
      { kind: 'committed' },
      says('b', 'active'),
      ...Array.from({ length: 6 }, () => looked('b')),
    )
    expect(effects.at(-1)).toEqual(['over'])
    expect(statesOf(job)).toEqual(['a away', 'b active'])
    expect(job).toMatchObject({ state: 'active', reason: null })
  })
  test('may still refuse for all, or stage, as long as it is not stored', () => {
    const away = [compiled, ...Array.from({ length: 6 }, () => looked('b', 'c'))]
    const { job } = run(begun('a', 'b', 'c'), ...away, says('b'), says('a', 'refused'))
    expect(job).toMatchObject({ state: 'refused', reason: expect.stringContaining('a refuses') })
    const { job: staged } = run(begun('a', 'b', 'c'), ...away, says('a'))
    expect(statesOf(staged)).toEqual(['a staged', 'b waiting', 'c waiting'])
  })
  test('and stages it only when it is stored is not waited for again', () => {
    const { job, effects } = run(
      begun('a', 'b'),
      compiled,
      says('b'),
      { kind: 'unreachable', collector: 'a' },
      { kind: 'committed' },
      says('a'),
      says('b', 'active'),
    )
    expect(effects.at(-1)).toEqual(['over'])
    expect(statesOf(job)).toEqual(['a away', 'b active'])
  })
})
