import { hash32 } from '../../base/hash.ts'
import type { Check } from '../../domain/check.ts'
import type { PeriodWindows } from './period-windows.ts'

const DAY_MS = 86_400_000

/**
 * What the slots of a check are computed from: the hash of its id. Of a check that several clusters run, the phase that follows from it, moved
 * by this cluster's part of the interval: their slots lie evenly, wherever each of them computes.
 */
export function slotHash({
  id,
  intervalMs,
  shared,
}: Pick<Check, 'id' | 'intervalMs' | 'shared'>): number {
  const hash = hash32(id)
  if (shared === undefined) return hash
  const shiftMs = Math.floor((intervalMs * shared.index) / shared.observers)
  return ((hash % intervalMs) + shiftMs) % intervalMs
}

/** In a problem that is not yet certain. Of a check that several clusters run the hub asks for more instead. */
export function isRetried(
  { maxAttempts, shared }: Pick<Check, 'maxAttempts' | 'shared'>,
  failures: number,
): boolean {
  return shared === undefined && failures > 0 && failures < maxAttempts
}

/**
 * The first slot strictly after `at`. The slots of a check are `phase + k * interval` since the epoch, the phase comes from the hash
 * of its id: every collector computes the same ones and a restart or a move bunches nothing.
 */
export function slotAfter(hash: number, intervalMs: number, at: number): number {
  const phaseMs = hash % intervalMs
  return (Math.floor((at - phaseMs) / intervalMs) + 1) * intervalMs + phaseMs
}

/** How many slots lie in `from < slot <= to`; 0 when `to` is not after `from`. */
export function slotsWithin(hash: number, intervalMs: number, from: number, to: number): number {
  if (to <= from) return 0
  const phaseMs = hash % intervalMs
  return Math.floor((to - phaseMs) / intervalMs) - Math.floor((from - phaseMs) / intervalMs)
}

/**
 * `at` itself when the period is open then. Otherwise the first slot in the period's next opening; when that opening is shorter
 * than the interval and holds none, a time in it that comes from the hash. A period that does not open within its horizon is asked
 * again a day later.
 */
export function inPeriod(
  at: number,
  hash: number,
  intervalMs: number,
  period: PeriodWindows | undefined,
): number {
  if (period === undefined || period.contains(at)) return at
  const opening = period.nextOpening(at)
  if (opening === undefined) return at + DAY_MS
  const slot = slotAfter(hash, intervalMs, opening - 1)
  const closing = period.closingAfter(opening)
  if (closing === undefined || slot < closing) return slot
  return opening + (hash % (closing - opening))
}

/** The first multiple of the retry interval from the start of the last run that lies after its end. */
export function retryAfter(retryMs: number, startedAt: number, finishedAt: number): number {
  const from = Math.min(startedAt, finishedAt)
  return from + (Math.floor((finishedAt - from) / retryMs) + 1) * retryMs
}
