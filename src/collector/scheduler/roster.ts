import type { Check } from '../../domain/check.ts'
import type { CheckId } from '../../domain/check-id.ts'
import { createColumns, FLAG, PLACE, type Columns } from './columns.ts'
import { DueHeap } from './due-heap.ts'
import { Lateness } from './lateness.ts'
import type { PeriodWindows } from './period-windows.ts'
import { ReadyLanes } from './ready-lanes.ts'
import { inPeriod, isRetried } from './slots.ts'

/** All that a scheduler knows; changed only by the functions of this folder. */
export interface Roster {
  readonly columns: Columns
  readonly rows: Map<CheckId, number>
  readonly free: number[]
  readonly heap: DueHeap
  readonly ready: ReadyLanes
  readonly lateness: Lateness
  readonly counts: SchedulerCounts
  periods: ReadonlyMap<string, PeriodWindows>
  running: number
  /** Wall clock of the last call; `undefined` before the first. */
  lastNow: number | undefined
}

export interface SchedulerCounts {
  started: number
  /** Slots that passed while their check still ran. */
  overruns: number
  /** Slots that passed while their check waited for the executor. */
  delayedSlots: number
  /** Slots that passed while nobody looked: the clock stepped forward, the machine slept. */
  missedSlots: number
  /** Times the wall clock was seen to step. */
  clockSteps: number
}

export function createRoster(): Roster {
  const columns = createColumns(256)
  return {
    columns,
    rows: new Map(),
    free: [],
    heap: new DueHeap(columns),
    ready: new ReadyLanes(columns),
    lateness: new Lateness(),
    counts: { started: 0, overruns: 0, delayedSlots: 0, missedSlots: 0, clockSteps: 0 },
    periods: new Map(),
    running: 0,
    lastNow: undefined,
  }
}

export function periodOf(roster: Pick<Roster, 'periods'>, check: Check): PeriodWindows | undefined {
  return check.period === undefined ? undefined : roster.periods.get(check.period)
}

/** Out of its period a time moves to the next opening. Whether it is a slot is found out here. */
export function placeInTime(roster: Roster, row: number, at: number): void {
  const { columns } = roster
  const check = columns.check[row] as Check
  const { intervalMs } = check
  const hash = columns.hash[row] as number
  const due = inPeriod(at, hash, intervalMs, periodOf(roster, check))
  columns.dueAt[row] = due
  setFlag(columns, row, FLAG.offGrid, due % intervalMs !== hash % intervalMs)
  columns.place[row] = PLACE.timed
  roster.heap.push(row)
}

export function placeInLane(roster: Roster, row: number): void {
  roster.columns.place[row] = PLACE.ready
  roster.ready.push(row)
}

export function leavePlace(roster: Roster, row: number): void {
  const { place, flags } = roster.columns
  if (place[row] === PLACE.timed) roster.heap.remove(row)
  else if (place[row] === PLACE.ready) roster.ready.remove(row)
  place[row] = PLACE.idle
  flags[row] = 0
}

export function freeRow(roster: Roster, row: number): void {
  const { columns } = roster
  roster.rows.delete((columns.check[row] as Check).id)
  columns.check[row] = undefined
  columns.place[row] = PLACE.free
  roster.free.push(row)
}

export function setFlag(columns: Columns, row: number, flag: number, isSet: boolean): void {
  const flags = columns.flags[row] as number
  columns.flags[row] = isSet ? flags | flag : flags & ~flag
}

/** In a problem that is not yet certain: retries are due at the retry interval. */
export function isSoft(columns: Columns, row: number): boolean {
  return isRetried(columns.check[row] as Check, columns.failures[row] as number)
}
