import type { Instant } from './instant.ts'

/**
 * The only source of time for loops. Pure cores take `now` as an argument instead.
 * The real one is `adapters/system/clock.ts`; tests and the simulator bring a virtual one.
 */
export interface Clock {
  /** Wall clock. May step. */
  now(): Instant
  /** Milliseconds that never step back; only differences mean anything. */
  monotonicMs(): number
  /** Resolves after `ms`, or at once when `signal` aborts (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `run` once after `ms`; the returned function cancels. */
  timer(ms: number, run: () => void): () => void
}
