import { after, isoOf, type Instant } from '../base/instant.ts'
import type { ApplyJob, ConfigurationProblem } from '../wire/api/configuration.ts'

/**
 * One apply job, from the question to its end. It goes through
 *
 *     compiling ── no problems ──▶ staging ── all staged, committed ──▶ active
 *         │                          │
 *         ├── problems ──▶ refused ◀─┤ a collector refused
 *         └── no answer ──▶ failed ◀─┘ time is over, or the database did not take it
 *
 * Nothing is changed before the commit; what refuses or fails leaves all as it was. After the commit the revision is active, whatever
 * collectors do: one that does not confirm is named, and the job ends without it. Only collectors that are there are asked; one that goes
 * away meanwhile is not waited for, and gets the plan when it comes back.
 */
export interface JobState {
  readonly job: ApplyJob
  readonly timeoutMs: number
  /** When what is waited for is late; `undefined` while nobody is waited for. */
  readonly deadlineAt: Instant | undefined
  /** Collectors that are asked and are not there, since when. */
  readonly missing: ReadonlyMap<string, Instant>
}

/** One that is not there for so long is away. */
export const AWAY_AFTER_MS = 5_000

export type JobInput =
  | {
      readonly kind: 'compiled'
      readonly revision: string
      readonly changed: number
      readonly problems: readonly ConfigurationProblem[]
      readonly remark?: string | undefined
      /** Collectors that are there: they are asked. */
      readonly live: readonly string[]
      /** All others that joined. */
      readonly away: readonly string[]
    }
  | {
      readonly kind: 'answered'
      readonly collector: string
      readonly answer: CollectorVerdict
    }
  /** Who is there now. */
  | { readonly kind: 'looked'; readonly live: ReadonlySet<string> }
  /** The bus does not reach it. */
  | { readonly kind: 'unreachable'; readonly collector: string }
  | { readonly kind: 'committed' }
  /** The compiler or the database could not do it. */
  | { readonly kind: 'broken'; readonly reason: string }
  /** It is not to be done any more: another revision than expected is active. */
  | { readonly kind: 'overtaken'; readonly reason: string }
  | { readonly kind: 'time-passed' }

export type CollectorVerdict =
  | { readonly kind: 'staged' }
  | { readonly kind: 'active' }
  | { readonly kind: 'refused'; readonly reason: string; readonly isAhead?: true }

export type JobEffect =
  /** Show the plan to every collector. */
  | { readonly kind: 'propose' }
  /** Make it so in one transaction, and say `committed` or `broken`. */
  | { readonly kind: 'commit' }
  /** The hub takes the fleet, collectors take the plan they hold. */
  | { readonly kind: 'activate' }
  /** Collectors forget the plan they hold. */
  | { readonly kind: 'withdraw' }
  | { readonly kind: 'over' }

export interface Step {
  readonly state: JobState
  readonly effects: readonly JobEffect[]
}

export function isOver({ job }: JobState): boolean {
  return job.endedAt !== null
}

/** Rules CC2 to CC6 of docs/spec/configuration-changes.md, PN11 to PN13 of docs/spec/plans.md. */
export function step(state: JobState, input: JobInput, now: Instant): Step {
  if (isOver(state)) return unchanged(state)
  switch (input.kind) {
    case 'compiled':
      return state.job.state === 'compiling' ? compiled(state, input, now) : unchanged(state)
    case 'answered':
      return answered(state, input, now)
    case 'looked':
      return looked(state, input.live, now)
    case 'unreachable':
      return gone(state, [input.collector], now)
    case 'committed':
      return committed(state, now)
    case 'broken':
      return ended(
        state,
        { state: state.job.state === 'active' ? 'active' : 'failed', reason: input.reason },
        now,
      )
    case 'overtaken':
      return ended(state, { state: 'refused', reason: input.reason }, now)
    case 'time-passed':
      return late(state, now)
  }
}

function unchanged(state: JobState): Step {
  return { state, effects: [] }
}

function compiled(
  state: JobState,
  { revision, changed, problems, remark, live, away }: Extract<JobInput, { kind: 'compiled' }>,
  now: Instant,
): Step {
  const message = remark === undefined ? state.job.message : `${state.job.message} (${remark})`
  const job = { ...state.job, revision, changed, message, problems: [...problems] }
  if (problems.length > 0) {
    const reason = problems.length === 1 ? 'it has a problem' : `it has ${problems.length} problems`
    return ended({ ...state, job }, { state: 'refused', reason }, now)
  }
  const staging = {
    ...state,
    job: {
      ...job,
      state: 'staging' as const,
      collectors: [...asking(live, 'waiting'), ...asking(away, 'away')],
    },
    deadlineAt: after(now, state.timeoutMs),
  }
  if (live.length === 0) return commit(staging)
  return { state: staging, effects: [{ kind: 'propose' }] }
}

function asking(collectors: readonly string[], state: 'waiting' | 'away'): ApplyJob['collectors'] {
  return collectors.map((collector) => ({ collector, state, reason: null, answeredAt: null }))
}

function answered(
  state: JobState,
  { collector, answer }: Extract<JobInput, { kind: 'answered' }>,
  now: Instant,
): Step {
  const { job } = state
  const known = job.collectors.find((one) => one.collector === collector)
  const expected = awaitedIn(job)
  if (known === undefined || expected === undefined) return unchanged(state)
  // One that was thought away may only have been slow.
  const isLate = known.state === 'away' && answer.kind !== expected
  if (known.state !== expected && !isLate) return unchanged(state)
  const reason = answer.kind === 'refused' ? answer.reason : null
  const collectors = job.collectors.map((one) =>
    one === known ? { ...one, state: answer.kind, reason, answeredAt: isoOf(now) } : one,
  )
  const next = { ...state, job: { ...job, collectors } }
  if (job.state === 'active') return finished(next, now)
  if (answer.kind === 'refused' && !isOnlyBehind(job, answer)) {
    const words = `collector ${collector} refuses it: ${answer.reason}`
    return ended(next, { state: 'refused', reason: words }, now)
  }
  return decided(next)
}

/** A hub that was away starts with what it knows; what collectors follow by now comes to it from the other hubs. */
function isOnlyBehind({ kind }: ApplyJob, answer: CollectorVerdict): boolean {
  return kind === 'start' && answer.kind === 'refused' && answer.isAhead === true
}

/** What is waited for in this state of the job: whoever is so has not answered yet. */
function awaitedIn({ state }: ApplyJob): 'waiting' | 'staged' | undefined {
  if (state === 'staging') return 'waiting'
  return state === 'active' ? 'staged' : undefined
}

/** Staged by all that are there. */
function decided(state: JobState): Step {
  const isWaiting = state.job.collectors.some((one) => one.state === 'waiting')
  return isWaiting || state.deadlineAt === undefined ? unchanged(state) : commit(state)
}

function looked(state: JobState, live: ReadonlySet<string>, now: Instant): Step {
  const expected = awaitedIn(state.job)
  const missing = new Map(
    state.job.collectors
      .filter((one) => one.state === expected && !live.has(one.collector))
      .map(({ collector }) => [collector, state.missing.get(collector) ?? now]),
  )
  const away = [...missing].filter(([, since]) => now >= after(since, AWAY_AFTER_MS))
  return gone(
    { ...state, missing },
    away.map(([collector]) => collector),
    now,
  )
}

/** These are not waited for any more. */
function gone(state: JobState, away: readonly string[], now: Instant): Step {
  const expected = awaitedIn(state.job)
  if (expected === undefined || away.length === 0) return unchanged(state)
  const collectors = state.job.collectors.map((one) =>
    one.state === expected && away.includes(one.collector)
      ? { ...one, state: 'away' as const }
      : one,
  )
  const next = { ...state, job: { ...state.job, collectors } }
  return state.job.state === 'active' ? finished(next, now) : decided(next)
}

function commit(state: JobState): Step {
  return {
    state: { ...state, deadlineAt: undefined },
    effects: [{ kind: 'commit' }],
  }
}

function committed(state: JobState, now: Instant): Step {
  const active: JobState = {
    ...state,
    job: { ...state.job, state: 'active' },
    deadlineAt: after(now, state.timeoutMs),
  }
  const { state: next, effects } = finished(active, now)
  return { state: next, effects: [{ kind: 'activate' }, ...effects] }
}

/** Active, and every collector has said so or will not. */
function finished(state: JobState, now: Instant): Step {
  if (state.job.collectors.some((one) => one.state === 'staged')) return unchanged(state)
  const { job } = state
  const isNobodyThere = !job.collectors.some((one) => one.state !== 'away')
  const reason = isNobodyThere ? NOBODY_THERE : job.reason
  return {
    state: { ...state, deadlineAt: undefined, job: { ...job, reason, endedAt: isoOf(now) } },
    effects: [{ kind: 'over' }],
  }
}

const NOBODY_THERE = 'no collector is there; each follows it when it comes'

function late(state: JobState, now: Instant): Step {
  const { deadlineAt, job, timeoutMs } = state
  if (deadlineAt === undefined || now < deadlineAt) return unchanged(state)
  const awaited = job.state === 'active' ? 'staged' : 'waiting'
  const silent = job.collectors.filter((one) => one.state === awaited)
  const collectors = job.collectors.map((one) =>
    silent.includes(one) ? { ...one, state: 'silent' as const } : one,
  )
  const names = silent.map((one) => one.collector).join(', ')
  const next = { ...state, job: { ...job, collectors } }
  if (job.state === 'active') {
    const reason = `not confirmed within ${timeoutMs / 1000} s by ${names}`
    return finished({ ...next, job: { ...next.job, reason } }, now)
  }
  const reason = `no answer within ${timeoutMs / 1000} s from ${names}`
  return ended(next, { state: 'failed', reason }, now)
}

function ended(
  state: JobState,
  end: { readonly state: 'active' | 'refused' | 'failed'; readonly reason: string },
  now: Instant,
): Step {
  const wasShown = state.job.state === 'staging'
  return {
    state: {
      ...state,
      deadlineAt: undefined,
      job: { ...state.job, ...end, endedAt: isoOf(now) },
    },
    effects: [...(wasShown ? [{ kind: 'withdraw' } as const] : []), { kind: 'over' }],
  }
}
