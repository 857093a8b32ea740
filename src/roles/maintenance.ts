import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Database } from '../adapters/postgres/database.ts'
import { StoreUnavailable } from '../results/ports.ts'

const EVERY_MS = 3_600_000

/** Makes and drops partitions now and every hour. Returns what stops it. */
export function startMaintenance(database: Database, clock: Clock, log: Log): () => Promise<void> {
  const stop = new AbortController()
  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        await database.maintain(clock.now())
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
        log.warn('maintenance of the database has to wait', { error })
      }
      await clock.sleep(EVERY_MS, stop.signal)
    }
  }
  const running = loop()
  running.catch((error: unknown) => log.error('maintenance of the database failed', { error }))
  return async () => {
    stop.abort()
    await running.catch(() => undefined) // it was logged
  }
}
