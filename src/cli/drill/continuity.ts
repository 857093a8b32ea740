import { checkNameOf, type CheckId } from '../../domain/check-id.ts'

/** That a check ran. Times in ms, all by one clock. */
export interface Execution {
  readonly checkId: string
  readonly collector: string
  readonly startedAt: number
}

/** How often a check runs by schedule. */
export interface Rhythm {
  readonly intervalMs: number
  readonly retryIntervalMs: number
}

/** What was done to whom. */
export interface Failure {
  /** Who checks no more; `undefined`: nobody (a hub, which checks nothing). */
  readonly collector: string | undefined
  readonly at: number
  /** Hosts are handed over, at a time that all know before: nothing is checked again at once. */
  readonly isInOrder: boolean
  /** When it could take part again; `undefined`: not before the end. */
  readonly undoneAt: number | undefined
}

export interface Observation {
  readonly executions: readonly Execution[]
  /** By check; a check without one is run by nobody's schedule, and is only looked at for takeover. */
  readonly rhythms: ReadonlyMap<string, Rhythm>
  /** Everything that ran before is in `executions`. */
  readonly until: number
}

export interface HostOutcome {
  readonly host: string
  readonly checks: number
  /** It was checked by who failed. */
  readonly isMoved: boolean
  /** From the failure until another collector ran one of its checks; `undefined`: none did. */
  readonly takeoverMs: number | undefined
  /** Until each of its checks was run by another. */
  readonly recheckMs: number | undefined
  /** The longest time between two starts of one check, of which the second is after the failure. */
  readonly gapMs: number
  /** Intervals in which a check was not run. */
  readonly missed: number
  /** Runs of a check that had just been run. */
  readonly doubled: number
}

/** One that fails and one that is cut off see each other again within this time: until then both check. */
const SETTLE_MS = 5_000
/** A slot may be used a little late; a run is one too many, or missing, by half an interval. */
const HALF = 0.5

/** Rules DR1 to DR6 of docs/spec/drill.md. Hosts in the order of their names. */
export function outcomesOf(
  { executions, rhythms, until }: Observation,
  failure: Failure,
): readonly HostOutcome[] {
  const counting = executions.filter((run) => !isAlone(run, failure))
  const byCheck = Map.groupBy(counting, ({ checkId }) => checkId)
  const checks = [...byCheck].map(([id, runs]) => {
    const { host } = checkNameOf(id as CheckId)
    const rhythm = rhythms.get(id)
    const inOrder = runs.toSorted((a, b) => a.startedAt - b.startedAt)
    return { host, ...ofCheck(settled(inOrder, rhythm, failure), { rhythm, until, failure }) }
  })
  return [...Map.groupBy(checks, ({ host }) => host)]
    .map(([host, all]) => ({ host, ...together(all) }))
    .toSorted((a, b) => (a.host < b.host ? -1 : 1))
}

/** What one that is cut off runs besides, counts for nobody. */
function isAlone(run: Execution, failure: Failure): boolean {
  const { at, undoneAt = Number.POSITIVE_INFINITY } = failure
  return isOfFailed(run, failure) && run.startedAt >= at && run.startedAt < undoneAt
}

function isOfFailed({ collector }: Execution, failure: Failure): boolean {
  return !failure.isInOrder && collector === failure.collector
}

/** Without runs of one that comes back and does not see yet that others have its hosts. */
function settled(
  runs: readonly Execution[],
  rhythm: Rhythm | undefined,
  failure: Failure,
): readonly Execution[] {
  const { undoneAt = Number.POSITIVE_INFINITY } = failure
  const apartMs = rhythm === undefined ? 0 : shortestOf(rhythm) * HALF
  return runs.filter((run, n) => {
    const isReturning =
      isOfFailed(run, failure) && run.startedAt >= undoneAt && run.startedAt < undoneAt + SETTLE_MS
    if (!isReturning) return true
    const around = [runs[n - 1], runs[n + 1]].flatMap((other) => other ?? [])
    return around.every(({ startedAt }) => Math.abs(startedAt - run.startedAt) >= apartMs)
  })
}

type CheckOutcome = Omit<HostOutcome, 'host' | 'checks' | 'takeoverMs'>

interface CheckCase {
  readonly rhythm: Rhythm | undefined
  readonly until: number
  readonly failure: Failure
}

function ofCheck(runs: readonly Execution[], { rhythm, until, failure }: CheckCase): CheckOutcome {
  const before = runs.findLast(({ startedAt }) => startedAt < failure.at)
  const isMoved = before !== undefined && before.collector === failure.collector
  const taken = isMoved
    ? runs.find((run) => run.startedAt >= failure.at && run.collector !== failure.collector)
    : undefined
  const gaps = runs.slice(1).flatMap((run, n) => {
    const [ms, isBefore] = [
      run.startedAt - (runs[n] as Execution).startedAt,
      run.startedAt < failure.at,
    ]
    // Taken over, it is checked at once, whenever it was or will be its turn.
    const isExcused =
      !failure.isInOrder && taken !== undefined && (run === taken || runs[n] === taken)
    return isBefore ? [] : [{ ms, isExcused }]
  })
  const last = runs.at(-1)
  const silentMs = last === undefined ? 0 : until - last.startedAt
  return {
    isMoved,
    recheckMs: taken === undefined ? undefined : taken.startedAt - failure.at,
    gapMs: Math.max(0, ...gaps.map(({ ms }) => ms)),
    missed: rhythm === undefined ? 0 : missedIn([...gaps.map(({ ms }) => ms), silentMs], rhythm),
    doubled: rhythm === undefined ? 0 : doubledIn(gaps, rhythm),
  }
}

function missedIn(gaps: readonly number[], { intervalMs, retryIntervalMs }: Rhythm): number {
  const longest = Math.max(intervalMs, retryIntervalMs)
  return gaps
    .filter((ms) => ms > longest * (1 + HALF))
    .reduce((missed, ms) => missed + Math.round(ms / longest) - 1, 0)
}

function doubledIn(
  gaps: readonly { readonly ms: number; readonly isExcused: boolean }[],
  rhythm: Rhythm,
): number {
  const apartMs = shortestOf(rhythm) * HALF
  return gaps.filter(({ ms, isExcused }) => !isExcused && ms < apartMs).length
}

function shortestOf({ intervalMs, retryIntervalMs }: Rhythm): number {
  return Math.min(intervalMs, retryIntervalMs)
}

function together(checks: readonly CheckOutcome[]): Omit<HostOutcome, 'host'> {
  const moved = checks.filter(({ isMoved }) => isMoved)
  const rechecks = moved.flatMap(({ recheckMs }) => recheckMs ?? [])
  const sum = (count: (check: CheckOutcome) => number): number =>
    checks.reduce((total, check) => total + count(check), 0)
  return {
    checks: checks.length,
    isMoved: moved.length > 0,
    takeoverMs: rechecks.length === 0 ? undefined : Math.min(...rechecks),
    recheckMs:
      rechecks.length === 0 || rechecks.length < moved.length ? undefined : Math.max(...rechecks),
    gapMs: Math.max(...checks.map(({ gapMs }) => gapMs)),
    missed: sum(({ missed }) => missed),
    doubled: sum(({ doubled }) => doubled),
  }
}

export interface Spread {
  readonly medianMs: number
  readonly p95Ms: number
  readonly maxMs: number
}

export interface Summary {
  readonly hosts: number
  readonly moved: number
  /** Moved hosts with a check that no other collector ran. */
  readonly leftAlone: number
  /** Of the moved hosts; `undefined` where there are none. */
  readonly takeover: Spread | undefined
  readonly recheck: Spread | undefined
  readonly gapMaxMs: number
  readonly missed: number
  readonly doubled: number
}

export function summaryOf(hosts: readonly HostOutcome[]): Summary {
  const moved = hosts.filter(({ isMoved }) => isMoved)
  return {
    hosts: hosts.length,
    moved: moved.length,
    leftAlone: moved.filter(({ recheckMs }) => recheckMs === undefined).length,
    takeover: spreadOf(moved.flatMap(({ takeoverMs }) => takeoverMs ?? [])),
    recheck: spreadOf(moved.flatMap(({ recheckMs }) => recheckMs ?? [])),
    gapMaxMs: hosts.reduce((max, { gapMs }) => Math.max(max, gapMs), 0),
    missed: hosts.reduce((sum, { missed }) => sum + missed, 0),
    doubled: hosts.reduce((sum, { doubled }) => sum + doubled, 0),
  }
}

/** `undefined` of nothing. The p95 is the value that 95 % do not exceed. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number =>
    sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
  return sorted.length === 0 ? undefined : { medianMs: at(0.5), p95Ms: at(0.95), maxMs: at(1) }
}
