import { INTERVAL_MS, SEEN, TIMEOUT_MS, type Seen, type World } from '../world/world.ts'
import { chance } from '../chance.ts'
import { Schedule, type Run } from '../schedule/schedule.ts'

/** An observer says that it waits for an answer after so long. */
export const HINT_AFTER_MS = 3_000

/** A message that is at a hub: a result, or a hint. Times are ms since the world began. */
export interface Arrival {
  readonly observer: number
  readonly check: number
  readonly seen: Seen
  readonly startedAt: number
  readonly tookMs: number
  readonly seq: number
  readonly arrivesAt: number
  /** The answer to a question, or of the schedule. */
  readonly isProbe: boolean
}

export interface ArrivalWindow {
  /** In the order in which they arrive; all are there before `until`. */
  readonly arrivals: readonly Arrival[]
  readonly until: number
}

/** A world is made in pieces of this length, so that a long one needs no more memory than a short one. */
const WINDOW_MS = 1_800_000
/** Hints have another number than their results. */
const HINT_BITS = 0x155

/**
 * What comes from all scheduled runs to one hub: delayed, repeated, lost and out of order as the world has it. Every engine lives through the
 * same windows.
 */
export function* arrivalsOf(world: World, hub: number): Generator<ArrivalWindow> {
  const schedule = new Schedule(world)
  let pending: Arrival[] = []
  for (let from = 0; from < world.durationMs; from += WINDOW_MS) {
    const until = Math.min(world.durationMs, from + WINDOW_MS)
    const isLast = until === world.durationMs
    for (const run of schedule.until(until)) addMessages(world, hub, { run, schedule }, pending)
    const arrivals = pending
      .filter(({ arrivesAt }) => arrivesAt < until || (isLast && arrivesAt === until))
      .sort(inOrder)
    pending = pending.filter(({ arrivesAt }) => arrivesAt >= until)
    yield { arrivals, until }
  }
}

function addMessages(
  world: World,
  hub: number,
  { run, schedule }: { readonly run: Run; readonly schedule: Schedule },
  to: Arrival[],
): void {
  const { observer, check, at: startedAt } = run
  const { seen, tookMs } = world.probe(observer, check, startedAt, TIMEOUT_MS)
  const endedAt = startedAt + tookMs
  const seq = chance(observer, check, Math.floor(startedAt / INTERVAL_MS), 3) & 0x3fffffff
  const base = { observer, check, startedAt, isProbe: false }
  if (tookMs > HINT_AFTER_MS) {
    const hintedAt = startedAt + HINT_AFTER_MS
    const hint = { ...base, seen: SEEN.hint, tookMs: 0, seq }
    const message = { observer, check, startedAt, endedAt: hintedAt, seq: seq ^ HINT_BITS }
    const arrivesAt = world.arrivalAt(message, hub)
    if (arrivesAt !== undefined && arrivesAt < endedAt) to.push({ ...hint, arrivesAt })
  }
  if (schedule.isLost(run, endedAt)) return
  const result = { ...base, seen, tookMs, seq }
  const arrivesAt = world.arrivalAt({ observer, check, startedAt, endedAt, seq }, hub)
  if (arrivesAt === undefined) return
  to.push({ ...result, arrivesAt })
  const laterMs = world.repeatedAfterMs(observer, seq, hub)
  if (laterMs !== undefined) to.push({ ...result, arrivesAt: arrivesAt + laterMs })
}

/** What arrives at once has an order of its own, so that each run of a world is the same. */
function inOrder(a: Arrival, b: Arrival): number {
  return (
    a.arrivesAt - b.arrivesAt ||
    a.observer - b.observer ||
    a.check - b.check ||
    a.startedAt - b.startedAt ||
    Number(a.seen === SEEN.hint) - Number(b.seen === SEEN.hint)
  )
}
