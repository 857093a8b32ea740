import type { Brand } from './brand.ts'

/** Milliseconds since the Unix epoch, UTC. */
export type Instant = Brand<number, 'Instant'>

export function instant(ms: number): Instant {
  return ms as Instant
}

/** The years 1 to 9999: what lies outside has no ISO text that others read. */
const FIRST_MS = -62_135_596_800_000
const LAST_MS = 253_402_300_799_999

/** Whether it has an ISO text with a year of four digits. */
export function isInstant(ms: number): boolean {
  return ms >= FIRST_MS && ms <= LAST_MS
}

/** The nearest that has such a text. */
export function nearestInstant(ms: number): Instant {
  return instant(Math.min(LAST_MS, Math.max(FIRST_MS, ms)))
}

export function after(at: Instant, ms: number): Instant {
  return (at + ms) as Instant
}

export function instantFromIso(text: string): Instant | undefined {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : instant(ms)
}

export function isoOf(at: Instant): string {
  return new Date(at).toISOString()
}
