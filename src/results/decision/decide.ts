import { after, type Instant } from '../../base/instant.ts'
import type { ResultUse } from '../ports.ts'

export interface DecisionPolicy {
  /** How far ahead of the hub's clock a collector's may be. */
  readonly clockSkewMs: number
}

export const DEFAULT_DECISION: DecisionPolicy = { clockSkewMs: 5_000 }

/**
 * What to make of one observer's result: rules DE1 to DE4 of docs/spec/decision.md, in order; the first that fits wins.
 * @param standingAt when the result that made the present finished; `null` while the object is pending
 * @param seenAt when the new one finished
 */
export function decide(
  standingAt: Instant | null,
  seenAt: Instant,
  policy: DecisionPolicy,
  now: Instant,
): ResultUse {
  const horizon = after(now, policy.clockSkewMs)
  if (seenAt > horizon) return 'clock-suspect'
  if (standingAt === null || standingAt > horizon) return 'counted'
  return seenAt < standingAt ? 'late' : 'counted'
}
