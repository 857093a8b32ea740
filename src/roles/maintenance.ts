import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { gauge, type Metric } from '../base/metrics.ts'
import type { Database } from '../adapters/postgres/database.ts'
import { StoreUnavailable } from '../results/ports.ts'

const EVERY_MS = 3_600_000
const LOOK_EVERY_MS = 30_000

export interface Maintenance {
  readonly metrics: readonly Metric[]
  stop(): Promise<void>
}

/** Makes and drops partitions now and every hour, and looks at the size of the database every half minute. */
export function startMaintenance(
  database: Pick<Database, 'maintain' | 'look'>,
  clock: Clock,
  log: Log,
): Maintenance {
  const stop = new AbortController()
  let doneMs = clock.monotonicMs()
  const again = async (everyMs: number, work: () => Promise<unknown>): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        await work()
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
        log.warn('maintenance of the database has to wait', { error })
      }
      await clock.sleep(everyMs, stop.signal)
    }
  }
  const running = Promise.all([
    again(EVERY_MS, async () => {
      await database.maintain(clock.now())
      doneMs = clock.monotonicMs()
    }),
    again(LOOK_EVERY_MS, () => database.look()),
  ])
  running.catch((error: unknown) => log.error('maintenance of the database failed', { error }))
  return {
    metrics: [
      gauge(
        'parallax_maintenance_age_seconds',
        'Since partitions were made and dropped the last time, or since the start.',
        () => (clock.monotonicMs() - doneMs) / 1000,
      ),
    ],
    async stop() {
      stop.abort()
      await running.catch(() => undefined) // it was logged
    },
  }
}
