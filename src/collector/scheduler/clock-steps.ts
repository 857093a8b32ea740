import type { Check } from '../../domain/check.ts'
import { FLAG, PLACE } from './columns.ts'
import { periodOf, setFlag, type Roster } from './roster.ts'
import { inPeriod, slotAfter, slotsWithin } from './slots.ts'

/** The loop looks at least once a second; a longer silence than this is a step of the clock, or the machine slept. */
const SILENCE_MAX_MS = 30_000
/** Less is the slewing of a time daemon. */
export const BACKWARD_STEP_MS = 1_000
/** What was missed is caught up once, within this time. */
const CATCH_UP_MS = 60_000

/** Rules SC20 to SC23 of docs/spec/scheduling.md: after a step each check has a due time within one interval of the new time. */
export function followClock(roster: Roster, now: number): void {
  const { lastNow } = roster
  if (lastNow === undefined) {
    roster.lastNow = now
    return
  }
  if (now > lastNow + SILENCE_MAX_MS) catchUp(roster, now)
  else if (now < lastNow - BACKWARD_STEP_MS) goBack(roster, now, lastNow)
  else if (now < lastNow) return
  roster.lastNow = now
}

function catchUp(roster: Roster, now: number): void {
  const { columns, counts } = roster
  for (let row = 0; row < columns.check.length; row++) {
    if (columns.place[row] !== PLACE.ready) continue
    const { intervalMs } = columns.check[row] as Check
    const due = columns.dueAt[row] as number
    counts.missedSlots += slotsWithin(columns.hash[row] as number, intervalMs, due, now)
  }
  retimeAll(roster, now, (row) => {
    const due = columns.dueAt[row] as number
    if (due > now) return due
    const { intervalMs } = columns.check[row] as Check
    const hash = columns.hash[row] as number
    counts.missedSlots += slotsWithin(hash, intervalMs, due - 1, now)
    const spread = now + (hash % Math.min(intervalMs, CATCH_UP_MS))
    return Math.min(spread, slotAfter(hash, intervalMs, now))
  })
}

function goBack(roster: Roster, now: number, lastNow: number): void {
  retimeAll(roster, now, (row) => {
    const { columns } = roster
    const slot = slotAfter(
      columns.hash[row] as number,
      (columns.check[row] as Check).intervalMs,
      now,
    )
    const isOffGrid = ((columns.flags[row] as number) & FLAG.offGrid) !== 0
    if (!isOffGrid) return slot
    return Math.min(slot, now + Math.max(0, (columns.dueAt[row] as number) - lastNow))
  })
}

function retimeAll(roster: Roster, now: number, dueOf: (row: number) => number): void {
  const { columns, heap, lateness, counts } = roster
  for (let row = 0; row < columns.check.length; row++) {
    const place = columns.place[row]
    // What waits goes on waiting in its order; how long it waited cannot be told by this clock.
    if (place === PLACE.ready) columns.dueAt[row] = now
    if (place !== PLACE.timed) continue
    const check = columns.check[row] as Check
    const { intervalMs } = check
    const hash = columns.hash[row] as number
    const due = inPeriod(dueOf(row), hash, intervalMs, periodOf(roster, check))
    columns.dueAt[row] = due
    setFlag(columns, row, FLAG.offGrid, due % intervalMs !== hash % intervalMs)
  }
  heap.rebuild()
  lateness.reset(now)
  counts.clockSteps++
}
