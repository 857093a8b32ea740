import { isScheduled, type Check } from '../../domain/check.ts'
import { FLAG, growColumns, laneOf, PENDING, PLACE, type Columns } from './columns.ts'
import { letFinish, resumeRow, type Move } from './handover.ts'
import { createPeriodWindows, type PeriodCalendar, type PeriodWindows } from './period-windows.ts'
import {
  freeRow,
  isSoft,
  leavePlace,
  periodOf,
  placeInTime,
  setFlag,
  type Roster,
} from './roster.ts'
import { slotAfter, slotHash } from './slots.ts'

export interface PlanChange {
  readonly added: number
  readonly removed: number
  readonly kept: number
}

/** First runs of new checks are spread so that no more than this many start per second ... */
const FIRST_RUNS_PER_SECOND = 100
/** ... but a few checks show something soon, and many do not take longer than that. */
const FIRST_WITHIN_MIN_MS = 5_000
const FIRST_WITHIN_MAX_MS = 300_000

export interface Work {
  readonly checks: readonly Check[]
  readonly calendars: ReadonlyMap<string, PeriodCalendar>
  /** Absent: nothing comes from other collectors, and nothing goes to them. */
  readonly move?: Move | undefined
}

/** Rules SC14 to SC16 and SC20 to SC22 of docs/spec/scheduling.md. */
export function applyPlan(
  roster: Roster,
  { checks, calendars, move }: Work,
  now: number,
): PlanChange {
  const earlier = roster.periods
  roster.periods = periodsOf(earlier, calendars)
  if (checks.length > roster.columns.capacity) growColumns(roster.columns, checks.length)
  const present = new Set<number>()
  const added: number[] = []
  for (const check of checks) {
    let row = roster.rows.get(check.id)
    if (row === undefined) {
      row = addRow(roster, check)
      added.push(row)
    } else updateRow(roster, row, check, { earlier, now })
    present.add(row)
  }
  const kept = present.size - added.length
  let removed = 0
  for (const row of roster.rows.values()) {
    if (present.has(row)) continue
    const isLeaving = ((roster.columns.flags[row] as number) & FLAG.leaving) !== 0
    const isFinishing = move !== undefined && letFinish(roster, row, move)
    if (isFinishing ? !isLeaving : removeRow(roster, row)) removed++
  }
  trimSlack(roster.columns)
  timeFirstRuns(roster, added, now, move)
  return { added: added.length, removed, kept }
}

function timeFirstRuns(
  roster: Roster,
  added: readonly number[],
  now: number,
  move: Move | undefined,
): void {
  const withinMs = firstWithinMs(added.length)
  for (const row of added) {
    const resumption = move?.resume.get((roster.columns.check[row] as Check).id)
    if (resumption === undefined) timeFirstRun(roster, row, now, withinMs)
    else resumeRow(roster, row, resumption)
  }
}

function periodsOf(
  known: ReadonlyMap<string, PeriodWindows>,
  calendars: ReadonlyMap<string, PeriodCalendar>,
): ReadonlyMap<string, PeriodWindows> {
  return new Map(
    [...calendars].map(([name, calendar]) => {
      const same = known.get(name)
      return [name, same?.calendar === calendar ? same : createPeriodWindows(calendar)]
    }),
  )
}

function firstWithinMs(added: number): number {
  const wanted = (added / FIRST_RUNS_PER_SECOND) * 1000
  return Math.ceil(Math.min(FIRST_WITHIN_MAX_MS, Math.max(FIRST_WITHIN_MIN_MS, wanted)))
}

/** An array that grew by one at a time keeps half as much again. */
function trimSlack(columns: Columns): void {
  columns.check = columns.check.slice()
}

function addRow(roster: Roster, check: Check): number {
  const { columns } = roster
  const row = roster.free.pop() ?? columns.check.length
  if (row === columns.capacity) growColumns(columns, row + 1)
  columns.check[row] = check
  columns.hash[row] = slotHash(check)
  columns.lane[row] = laneOf(check)
  columns.lastSeconds[row] = 0
  columns.code[row] = PENDING
  columns.failures[row] = 0
  columns.flags[row] = 0
  columns.place[row] = PLACE.idle
  roster.rows.set(check.id, row)
  return row
}

function timeFirstRun(roster: Roster, row: number, now: number, withinMs: number): void {
  const { check, hash } = roster.columns
  const { intervalMs } = check[row] as Check
  if (!isScheduled(check[row] as Check)) return
  const soon = now + ((hash[row] as number) % withinMs)
  placeInTime(roster, row, Math.min(soon, slotAfter(hash[row] as number, intervalMs, now)))
}

interface Update {
  readonly earlier: Roster['periods']
  readonly now: number
}

function updateRow(roster: Roster, row: number, check: Check, { earlier, now }: Update): void {
  const { columns } = roster
  const before = columns.check[row] as Check
  const periodBefore = periodOf({ periods: earlier }, before)
  const hasOtherPeriod = periodOf(roster, check)?.calendar !== periodBefore?.calendar
  setFlag(columns, row, FLAG.removed | FLAG.leaving, false)
  columns.check[row] = check
  const hasOtherPace = isOtherPace(check, before)
  if (hasOtherPace) columns.hash[row] = slotHash(check)
  const place = columns.place[row]
  if (place === PLACE.ready && laneOf(check) !== columns.lane[row]) {
    roster.ready.remove(row)
    columns.lane[row] = laneOf(check)
    roster.ready.push(row)
  }
  columns.lane[row] = laneOf(check)
  const isIdle = !isScheduled(check)
  if (isIdle !== !isScheduled(before)) {
    if (place === PLACE.running) return setFlag(columns, row, FLAG.again, false)
    leavePlace(roster, row)
    if (!isIdle) timeFirstRun(roster, row, now, FIRST_WITHIN_MIN_MS)
    return
  }
  if (place === PLACE.timed && (hasOtherPace || hasOtherPeriod)) retime(roster, row, before, now)
}

function isOtherPace(check: Check, before: Check): boolean {
  return (
    check.intervalMs !== before.intervalMs ||
    check.retryIntervalMs !== before.retryIntervalMs ||
    check.shared?.observers !== before.shared?.observers ||
    check.shared?.index !== before.shared?.index
  )
}

/** A new interval or period: the next slot of the new pace, or what was due by the old one where that is sooner and no old slot. */
function retime(roster: Roster, row: number, before: Check, now: number): void {
  const { columns } = roster
  const check = columns.check[row] as Check
  const due = columns.dueAt[row] as number
  const slot = slotAfter(columns.hash[row] as number, check.intervalMs, now)
  const isOffGrid = ((columns.flags[row] as number) & FLAG.offGrid) !== 0
  roster.heap.remove(row)
  if (isSoft(columns, row)) {
    const retryAt = now + check.retryIntervalMs
    const isSooner = check.retryIntervalMs < before.retryIntervalMs
    placeInTime(roster, row, isSooner ? Math.min(due, retryAt) : due)
  } else placeInTime(roster, row, isOffGrid ? Math.min(due, slot) : slot)
}

/** A check that runs stays until its result is in. Returns false when it had left before. */
function removeRow(roster: Roster, row: number): boolean {
  const { columns } = roster
  if (columns.place[row] === PLACE.running) {
    const wasRemoved = ((columns.flags[row] as number) & FLAG.removed) !== 0
    columns.flags[row] = FLAG.removed
    return !wasRemoved
  }
  leavePlace(roster, row)
  freeRow(roster, row)
  return true
}
