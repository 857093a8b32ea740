import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { CheckResult } from '../../domain/check-result.ts'
import type { Bus } from '../../wire/bus.ts'
import type { ClockReading } from '../../wire/subjects.ts'
import type { Confirmations } from './confirmations.ts'
import type { Spool } from './spool.ts'

/**
 * Brings results to the hubs. What was just stored goes from memory; what memory has not goes from the spool. Rules OB10 to OB19 of
 * docs/spec/outbox.md.
 */
export interface Sender {
  /** Results that the spool has just taken, up to `cursor`. */
  offer(results: readonly CheckResult[], cursor: number): void
  /** The hub's database holds more of this boot than before. */
  progressed(hub: string, boot: string): void
  /** Sends again all that waits. */
  replay(): void
  /** Begins with what an earlier boot has left; later looks whether a retry or a repetition is due. */
  tick(): void
  /** A hub can be reached again, probably: nobody waits for the next attempt. */
  hurry(): void
  /** When to call `tick` next, on the monotonic clock. */
  readonly dueMs: number
  /** Resolves once all was sent, or the bus refused, or after so long. */
  drain(ms: number): Promise<void>
  close(): void
  readonly sent: number
  /** Of each hub. */
  readonly ways: readonly WayToHub[]
}

export interface WayToHub {
  readonly hub: string
  readonly isConnected: boolean
}

export interface SenderParts {
  readonly collector: string
  readonly hub: string
  readonly bus: Bus
  readonly spool: Spool
  readonly confirmations: Confirmations
  /** How our clock stands to the hubs'. Absent in one process: there is one clock. */
  readonly clocks?: SenderClocks | undefined
  readonly clock: Clock
  readonly log: Log
  readonly settings: SenderSettings
  /** Nothing is being published any more: `dueMs` is another one. */
  readonly settled: () => void
  /** Our own bug: the collector has to end. */
  readonly crash: (error: unknown) => void
}

export interface SenderClocks {
  /** The hub has said lately what time it is: it runs, and results can be sent with what it said. */
  isFresh(hub: string): boolean
  /** `undefined`: not measured yet. */
  reading(hub: string): ClockReading | undefined
  /** With the times that our clock would show for them now, if it was set since. */
  inPresentTime(results: readonly CheckResult[]): readonly CheckResult[]
}

export interface SenderSettings {
  /** Results per message. */
  readonly publishMax: number
  /** Results that wait in memory to be sent, heavy ones counted several times; beyond it they are read from the spool when their turn comes. */
  readonly liveMax: number
  readonly retryFirstMs: number
  readonly retryMaxMs: number
  readonly resendAfterMs: number
  readonly resendMaxMs: number
  /** Results a second of what an outage left, so that they delay nothing new. */
  readonly backfillRate: number
}
