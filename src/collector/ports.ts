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
  /** The run found out nothing new: the check keeps what it had and grows stale. */
  readonly isWithheld?: true
}

/** Runs checks. Never drops one: without a free slot it says so and the job stays due. */
export interface Executor {
  /** False: no slot is free for this kind of command now. `finished` (given at creation) is called once per started job. */
  start(job: Job): boolean
  readonly running: number
  readonly slots: number
  /** Those of plugins among them. Absent: it hands no plugins to others and takes none. */
  readonly plugins?: Places
  /** Ends what runs (their results are not reported) and releases everything. */
  close(): Promise<void>
}

export interface Places {
  readonly slots: number
  readonly running: number
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
  /**
   * The oldest entries after `cursor` (0 for the start), at most `max`, fewer of heavy ones; none only at the end. Cursors grow. Those that the reader holds are left out: of each boot
   * all up to a number. @throws OutboxUnavailable
   */
  read(cursor: number, max: number, heldUpTo?: (boot: string) => number): readonly OutboxEntry[]
  /** The newest entries before `cursor`, newest first: at most `max`, and the rest of a batch. @throws OutboxUnavailable */
  readBack(cursor: number, max: number): readonly OutboxEntry[]
  /** What a reader that holds so much of each boot has before it. @throws OutboxUnavailable */
  behind(heldUpTo: (boot: string) => number): OutboxBehind
  /**
   * The databases of all hubs hold everything of this boot up to `seq`. Returns false when there was more than goes in one go: call it again.
   * @throws OutboxUnavailable
   */
  release(boot: string, seq: number): boolean
  /** Of the newest entry ever appended; 0 before the first. */
  readonly lastCursor: number
  readonly waiting: number
  readonly bytes: number
  /** Results given up because a bound was hit or the file was damaged, since the file was made. */
  readonly lost: number
  close(): void
}

export interface OutboxBehind {
  /** Results, those included that were given up between others. */
  readonly waiting: number
  /** Everything up to this cursor is of no interest. */
  readonly from: number
  /** Since the oldest was appended, 0 when none waits. */
  readonly oldestAgeMs: number
}

export interface OutboxEntry {
  readonly cursor: number
  readonly result: CheckResult
}

/** The outbox could not do it, and nothing changed in it. */
export class OutboxUnavailable extends Error {
  override readonly name = 'OutboxUnavailable'
}
