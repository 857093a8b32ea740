import type { Clock } from '../base/clock.ts'
import { isoOf, type Instant } from '../base/instant.ts'
import type { Log } from '../base/log.ts'
import type { StoreUnavailable } from './ports.ts'

/** Tells of an outage of the store once when it begins and once when it ends. */
export interface StoreOutage {
  begin(error: StoreUnavailable): void
  end(): void
  /** `ok`, or since when and why the store is unavailable. */
  readonly status: string
}

export function createStoreOutage(clock: Clock, log: Log): StoreOutage {
  let outage: { readonly since: Instant; readonly reason: string } | undefined
  return {
    begin(error) {
      if (outage !== undefined) return
      outage = { since: clock.now(), reason: error.message }
      log.warn('store unavailable, results are kept in memory and outboxes', { error })
    },
    end() {
      if (outage !== undefined) log.info('store is back', { awayMs: clock.now() - outage.since })
      outage = undefined
    },
    get status() {
      return outage === undefined
        ? 'ok'
        : `unavailable since ${isoOf(outage.since)}: ${outage.reason}`
    },
  }
}
