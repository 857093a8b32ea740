import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'

/** Counts what came in and was no message, and logs one of a subject now and then. */
export interface Refusals {
  note(subject: string, error: unknown): void
  readonly total: number
}

const LOG_AGAIN_MS = 60_000
/** Subjects whose last line in the log is remembered. */
const SUBJECTS_MAX = 1_000

export function createRefusals(clock: Clock, log: Log): Refusals {
  const loggedAt = new Map<string, number>()
  let total = 0
  return {
    get total() {
      return total
    },
    note(subject, error) {
      total++
      const now = clock.monotonicMs()
      const last = loggedAt.get(subject)
      if (last !== undefined && now - last < LOG_AGAIN_MS) return
      if (loggedAt.size >= SUBJECTS_MAX) loggedAt.clear()
      loggedAt.set(subject, now)
      const cause = (error instanceof Error ? error.message : String(error)).slice(0, 500)
      log.warn('a message that is none was dropped', { subject, cause })
    },
  }
}
