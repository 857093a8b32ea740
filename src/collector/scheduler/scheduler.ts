import type { Instant } from '../../base/instant.ts'
import { instant } from '../../base/instant.ts'
import { isScheduled, type Check } from '../../domain/check.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { ResultOrigin } from '../../domain/check-result.ts'
import type { ReturnCode } from '../../domain/state-names.ts'
import { BACKWARD_STEP_MS, followClock } from './clock-steps.ts'
import { FLAG, PENDING, PLACE, type Columns } from './columns.ts'
import { applyPlan, type PlanChange } from './apply-plan.ts'
import type { PeriodCalendar } from './period-windows.ts'
import { inherit, type LastSeen, type Move } from './handover.ts'
import {
  createRoster,
  freeRow,
  isSoft,
  periodOf,
  placeInLane,
  placeInTime,
  setFlag,
  type Roster,
  type SchedulerCounts,
} from './roster.ts'
import { retryAfter, slotAfter, slotsWithin } from './slots.ts'

/**
 * Says which check is due when. Knows no clock, no timer and no executor: time is an argument, and `run` hands out what is due.
 * Rules: docs/spec/scheduling.md.
 */
export interface Scheduler {
  /**
   * Checks that are in both plans keep phase, attempt and due time. A period that is not in `calendars` is always open. `move`: checks
   * come from other collectors and go to them.
   */
  apply(
    checks: readonly Check[],
    calendars: ReadonlyMap<string, PeriodCalendar>,
    now: Instant,
    move?: Move,
  ): PlanChange
  /**
   * Hands every due check to `start`, longest due first. `start` says false when there is no slot for that kind now: the check
   * stays due and other kinds go on. Call it at least once a second. Returns how many were started.
   */
  run(now: Instant, start: Start): number
  /** The run of a check has ended. Returns how many results in a row are not OK; `undefined` for an id that does not run. */
  finish(id: CheckId, code: ReturnCode, startedAt: Instant, finishedAt: Instant): number | undefined
  /** What the collector that had this check before has seen after all; ignored once the check has run here. */
  inherit(id: CheckId, last: LastSeen, now: Instant): void
  /** A result came in from outside: moves the attempt, not the due time. `isProblem` as the host or service counts it. */
  observe(id: CheckId, code: ReturnCode, isProblem: boolean, at: Instant): void
  /** Makes checks due now; ids that are unknown or only take passive results are ignored. Returns how many were accepted. */
  recheck(ids: readonly CheckId[], now: Instant): number
  /** When the next check becomes due; waiting ones do not count. */
  readonly nextDueAt: Instant | undefined
  /** Due and waiting for a slot. */
  readonly waiting: number
  readonly running: number
  readonly checks: number
  readonly counts: Readonly<SchedulerCounts>
  /** How late the runs of the last minute started, in ms: 0.5 for the median. 0 when none did. */
  lateness(share: number, now: Instant): number
  /** How long the check that waits longest has been due; 0 when none waits. */
  oldestWaitingMs(now: Instant): number
  /** What the last results of a check said; `undefined` for an id that is not in the plan. */
  standing(id: CheckId): Standing | undefined
}

export type Start = (check: Check, origin: ResultOrigin, dueAt: Instant) => boolean

export interface Standing {
  readonly check: Check
  /** `undefined`: no result yet. */
  readonly code: ReturnCode | undefined
  /** Results in a row that were not OK. */
  readonly failures: number
  /** When the last one ended, to the second. */
  readonly lastAt: Instant | undefined
}

export function createScheduler(): Scheduler {
  const roster = createRoster()
  const { columns, rows, heap, ready, lateness, counts } = roster
  return {
    apply: (checks, calendars, now, move) => {
      followClock(roster, now)
      return applyPlan(roster, { checks, calendars, move }, now)
    },
    run: (now, start) => runDue(roster, now, start),
    finish: (id, code, startedAt, finishedAt) => finish(roster, id, code, [startedAt, finishedAt]),
    inherit: (id, last, now) => inherit(roster, id, last, now),
    observe(id, code, isProblem, at) {
      const row = rows.get(id)
      if (row !== undefined) learn(roster, row, code, { isProblem, at })
    },
    recheck: (ids, now) => recheck(roster, ids, now),
    get nextDueAt() {
      return heap.top < 0 ? undefined : instant(columns.dueAt[heap.top] as number)
    },
    get waiting() {
      return ready.size
    },
    get running() {
      return roster.running
    },
    get checks() {
      return rows.size
    },
    counts,
    lateness: (share, now) => lateness.quantile(share, now),
    oldestWaitingMs(now) {
      const row = ready.oldest(0)
      return row < 0 ? 0 : Math.max(0, now - (columns.dueAt[row] as number))
    },
    standing(id) {
      const row = rows.get(id)
      if (row === undefined) return undefined
      const code = columns.code[row] as number
      return {
        check: columns.check[row] as Check,
        code: code === PENDING ? undefined : (code as ReturnCode),
        failures: columns.failures[row] as number,
        lastAt: columns.lastSeconds[row] === 0 ? undefined : lastAtOf(columns, row),
      }
    },
  }
}

function lastAtOf(columns: Columns, row: number): Instant {
  return instant((columns.lastSeconds[row] as number) * 1000)
}

function runDue(roster: Roster, now: Instant, start: Start): number {
  const { columns, heap, ready } = roster
  followClock(roster, now)
  for (let row = heap.top; row >= 0 && (columns.dueAt[row] as number) <= now; row = heap.top) {
    heap.pop()
    const due = columns.dueAt[row] as number
    const isOut = periodOf(roster, columns.check[row] as Check)?.contains(due) === false
    if (!isOut) placeInLane(roster, row)
    else if (isFlagged(columns, row, FLAG.leaving)) freeRow(roster, row)
    else placeInTime(roster, row, due)
  }
  let blocked = 0
  let started = 0
  for (let left = ready.size; left > 0; left--) {
    const row = ready.oldest(blocked)
    if (row < 0) break
    const lane = columns.lane[row] as number
    if (begin(roster, row, now, start)) started++
    else blocked |= 1 << lane
  }
  return started
}

function begin(roster: Roster, row: number, now: Instant, start: Start): boolean {
  const { columns, ready, counts, lateness } = roster
  const check = columns.check[row] as Check
  const due = columns.dueAt[row] as number
  const isRequested = isFlagged(columns, row, FLAG.requested)
  if (!start(check, isRequested ? 'requested' : 'scheduled', instant(due))) return false
  ready.remove(row)
  if (isFlagged(columns, row, FLAG.leaving)) columns.flags[row] = FLAG.removed
  else setFlag(columns, row, FLAG.requested, false)
  columns.place[row] = PLACE.running
  columns.dueAt[row] = now
  roster.running++
  counts.started++
  counts.delayedSlots += slotsWithin(columns.hash[row] as number, check.intervalMs, due, now)
  lateness.record(Math.max(0, now - due), now)
  return true
}

type Span = readonly [startedAt: Instant, finishedAt: Instant]

function finish(roster: Roster, id: CheckId, code: ReturnCode, span: Span): number | undefined {
  const { columns } = roster
  const row = roster.rows.get(id)
  if (row === undefined || columns.place[row] !== PLACE.running) return undefined
  roster.running--
  const check = columns.check[row] as Check
  const isProblem = check.serviceName === undefined ? code >= 2 : code !== 0
  learn(roster, row, code, { isProblem, at: span[1] })
  const failures = columns.failures[row] as number
  if (isFlagged(columns, row, FLAG.removed)) freeRow(roster, row)
  else placeNext(roster, row, span)
  return failures
}

function placeNext(roster: Roster, row: number, [startedAt, finishedAt]: Span): void {
  const { columns } = roster
  const check = columns.check[row] as Check
  const flags = columns.flags[row] as number
  setFlag(columns, row, FLAG.inherited, false)
  const hash = columns.hash[row] as number
  const begunAt = columns.dueAt[row] as number
  roster.counts.overruns += slotsWithin(hash, check.intervalMs, begunAt, finishedAt)
  columns.place[row] = PLACE.idle
  if (check.command.kind === 'passive') return
  if ((flags & FLAG.again) !== 0) {
    columns.flags[row] = FLAG.requested
    columns.dueAt[row] = finishedAt
    return placeInLane(roster, row)
  }
  if (!isScheduled(check)) return
  if (isSoft(columns, row)) {
    return placeInTime(roster, row, retryAfter(check.retryIntervalMs, startedAt, finishedAt))
  }
  const isSlewed = begunAt > finishedAt && begunAt - finishedAt <= BACKWARD_STEP_MS
  placeInTime(roster, row, slotAfter(hash, check.intervalMs, isSlewed ? begunAt : finishedAt))
}

function isFlagged(columns: Columns, row: number, flag: number): boolean {
  return ((columns.flags[row] as number) & flag) !== 0
}

interface Learnt {
  readonly isProblem: boolean
  readonly at: Instant
}

function learn(roster: Roster, row: number, code: ReturnCode, { isProblem, at }: Learnt): void {
  const { columns } = roster
  columns.code[row] = code
  columns.lastSeconds[row] = Math.floor(at / 1000)
  columns.failures[row] = isProblem ? Math.min((columns.failures[row] as number) + 1, 65_535) : 0
}

function recheck(roster: Roster, ids: readonly CheckId[], now: Instant): number {
  const { columns, rows, heap } = roster
  let accepted = 0
  for (const id of ids) {
    const row = rows.get(id)
    if (row === undefined) continue
    const place = columns.place[row]
    if (place === PLACE.running) {
      if (((columns.flags[row] as number) & FLAG.removed) !== 0) continue
      setFlag(columns, row, FLAG.again, true)
    } else if (place === PLACE.timed) {
      heap.remove(row)
      columns.dueAt[row] = now
      setFlag(columns, row, FLAG.requested, true)
      placeInLane(roster, row)
    } else if (place === PLACE.ready) setFlag(columns, row, FLAG.requested, true)
    else if (columns.check[row]?.isOnDemand === true) {
      columns.dueAt[row] = now
      setFlag(columns, row, FLAG.requested, true)
      placeInLane(roster, row)
    } else continue
    accepted++
  }
  return accepted
}
