import type { Instant } from '../base/instant.ts'
import { isScheduled, type Check } from '../domain/check.ts'
import type { ObjectRecord } from './state/record.ts'

/** Whether a named time period is on; asked only for objects that look stale. */
export type IsInPeriod = (period: string, at: Instant) => boolean

/**
 * A state is a lease: unseen for longer than its horizon, whatever it says is the past. The horizon is two intervals, the time the
 * check may run and the lateness it last had, or the freshness threshold where there is one. Pending objects have none, nor have checks that are
 * not run by schedule without a threshold. While a check's period is off, and until
 * it has been on for a horizon, nothing is expected of it.
 */
export function isStale(
  record: ObjectRecord,
  check: Check,
  now: Instant,
  isInPeriod: IsInPeriod,
): boolean {
  if (record.lastResultAt === null) return false
  if (check.freshnessMs === undefined && !isScheduled(check)) return false
  const isOld = now - record.lastResultAt > horizonOf(record, check)
  return isOld && isExpected(record, check, now, isInPeriod)
}

function horizonOf(record: ObjectRecord, check: Check): number {
  return check.freshnessMs ?? 2 * check.intervalMs + check.timeoutMs + record.latencyMs
}

/** Its period is on, and has been for a horizon. */
export function isExpected(
  record: ObjectRecord,
  check: Check,
  now: Instant,
  isInPeriod: IsInPeriod,
): boolean {
  const { period } = check
  if (period === undefined) return true
  const before = (now - horizonOf(record, check)) as Instant
  return isInPeriod(period, now) && isInPeriod(period, before)
}
