import { isScheduled, type Check } from '../../domain/check.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { ReturnCode } from '../../domain/state-names.ts'
import { FLAG, PLACE, type Columns } from './columns.ts'
import { isSoft, placeInTime, setFlag, type Roster } from './roster.ts'
import { retryAfter, slotAfter } from './slots.ts'

/** Checks come from other collectors and go to them: rules SC20 to SC22 of docs/spec/scheduling.md. */
export interface Move {
  /** Slots due before it are run by who had the check, those from it on by who has it now. */
  readonly at: number
  /** Whether a check that is not ours any more goes on at another collector. */
  readonly isElsewhere: (id: CheckId) => boolean
  /** How checks that come go on; one that is not in it is new to everybody. */
  readonly resume: ReadonlyMap<CheckId, Resumption>
}

export interface Resumption {
  readonly dueAt: number
  /** What the one before saw last; `undefined`: nothing. */
  readonly last: LastSeen | undefined
}

export interface LastSeen {
  readonly code: ReturnCode
  /** Results in a row that were not OK. */
  readonly failures: number
  readonly dueAt: number
  readonly finishedAt: number
}

export function resumeRow(roster: Roster, row: number, { dueAt, last }: Resumption): void {
  const { columns } = roster
  setFlag(columns, row, FLAG.inherited, true)
  if (last !== undefined) remember(columns, row, last)
  if (isScheduled(columns.check[row] as Check)) placeInTime(roster, row, dueAt)
}

/** What was due before the move and waits for a place stays until it has run. False: it has nothing to finish. */
export function letFinish(roster: Roster, row: number, move: Move): boolean {
  const { columns } = roster
  const place = columns.place[row]
  if (place !== PLACE.ready && place !== PLACE.timed) return false
  if ((columns.dueAt[row] as number) >= move.at) return false
  if (!move.isElsewhere((columns.check[row] as Check).id)) return false
  setFlag(columns, row, FLAG.leaving, true)
  return true
}

/** The one before saw more after all: counts until the check has run here, and moves its next run to where it would be there. */
export function inherit(roster: Roster, id: CheckId, last: LastSeen, now: number): void {
  const { columns, heap } = roster
  const row = roster.rows.get(id)
  if (row === undefined || ((columns.flags[row] as number) & FLAG.inherited) === 0) return
  const { retryIntervalMs, intervalMs } = columns.check[row] as Check
  const { dueAt, finishedAt } = last
  if (finishedAt < (columns.lastSeconds[row] as number) * 1000) return
  if (Math.max(dueAt, finishedAt) > now + intervalMs) return // nobody has seen what lies ahead
  remember(columns, row, last)
  if (columns.place[row] !== PLACE.timed) return
  const next = isSoft(columns, row)
    ? retryAfter(retryIntervalMs, dueAt, finishedAt)
    : slotAfter(columns.hash[row] as number, intervalMs, Math.max(dueAt, finishedAt))
  heap.remove(row)
  placeInTime(roster, row, Math.max(now, next))
}

function remember(columns: Columns, row: number, { code, failures, finishedAt }: LastSeen): void {
  columns.code[row] = code
  columns.failures[row] = Math.min(failures, 65_535)
  columns.lastSeconds[row] = Math.floor(Math.max(0, finishedAt) / 1000)
}
