import type { Brand } from './brand.ts'

/** Milliseconds since the Unix epoch, UTC. */
export type Instant = Brand<number, 'Instant'>

export function instant(ms: number): Instant {
  return ms as Instant
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
