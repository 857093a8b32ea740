import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { ResultBatch } from '../wire/subjects.ts'

/** Counts messages under another's name, and says so now and then. */
export interface Forgeries {
  note(subject: string, batch: Pick<ResultBatch, 'collector'>): void
}

const LOG_AGAIN_MS = 60_000

export function createForgeries(numbers: { forged: number }, clock: Clock, log: Log): Forgeries {
  let loggedMs = Number.NEGATIVE_INFINITY
  return {
    note(subject, { collector }) {
      numbers.forged++
      if (clock.monotonicMs() - loggedMs < LOG_AGAIN_MS) return
      loggedMs = clock.monotonicMs()
      log.warn('results under the name of another collector were dropped', {
        subject,
        says: collector.slice(0, 127),
      })
    },
  }
}
