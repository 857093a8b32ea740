import type { Check } from '../domain/check.ts'
import type { CheckOutcome, CheckResult, ResultOrigin } from '../domain/check-result.ts'
import type { Instant } from '../base/instant.ts'

/** One execution that is due. */
export interface Job {
  readonly check: Check
  readonly origin: ResultOrigin
  readonly dueAt: Instant
  /** Values of `$NAME$` that only this run knows; read only when the command has runtime macros. */
  readonly macros: () => Readonly<Record<string, string>>
}

export interface Finished {
  readonly job: Job
  readonly startedAt: Instant
  readonly finishedAt: Instant
  readonly outcome: CheckOutcome
}

/** Runs checks. Never drops one: without a free slot it says so and the job stays due. */
export interface Executor {
  /** False: no slot is free for this kind of command now. `finished` (given at creation) is called once per started job. */
  start(job: Job): boolean
  readonly running: number
  readonly slots: number
  /** Ends what runs (their results are not reported) and releases everything. */
  close(): Promise<void>
}

/** Results that are not yet in every hub's database. */
export interface Outbox {
  /**
   * Results of one boot in the order of `seq`, in one transaction. When it returns they survive `kill -9`, and are on their way to
   * the disk. Returns the cursor of the last one.
   * @throws OutboxUnavailable when nothing was kept: no room on the disk, an error of the disk
   */
  append(results: readonly CheckResult[]): number
  /** Resolves when all that was appended survives the loss of power as well. Rejects with `OutboxUnavailable`. */
  sync(): Promise<void>
  /** The oldest entries after `cursor` (0 for the start), at most `max`; cursors grow. @throws OutboxUnavailable */
  read(cursor: number, max: number): readonly OutboxEntry[]
  /** The hub's database holds everything of this boot up to `seq`. @throws OutboxUnavailable */
  release(boot: string, seq: number): void
  /** Of the newest entry ever appended; 0 before the first. */
  readonly lastCursor: number
  readonly waiting: number
  readonly bytes: number
  /** Results given up because a bound was hit or the file was damaged, since the file was made. */
  readonly lost: number
  close(): void
}

export interface OutboxEntry {
  readonly cursor: number
  readonly result: CheckResult
}

/** The outbox could not do it, and nothing changed in it. */
export class OutboxUnavailable extends Error {
  override readonly name = 'OutboxUnavailable'
}
