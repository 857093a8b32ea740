import type { Instant } from '../base/instant.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { CheckResult } from '../domain/check-result.ts'
import type { Perfdatum } from '../domain/perfdatum.ts'
import type { SeqRange, Watermark } from '../wire/subjects.ts'
import type { ObjectRecord, StateChange } from './state/record.ts'

/** Where a hub keeps what must outlive it. `commit` is one transaction: all of it or nothing. */
export interface ResultStore {
  loadRecords(): Promise<readonly ObjectRecord[]>
  loadWatermarks(): Promise<readonly StoredMark[]>
  /** Rejects with `StoreUnavailable` when nothing was written; the caller keeps the effects and tries again. */
  commit(effects: Effects): Promise<void>
}

/** What one batch of results did. */
export interface Effects {
  readonly history: readonly StoredResult[]
  readonly samples: readonly Sample[]
  /** The newest record of each object that the batch touched. */
  readonly records: readonly ObjectRecord[]
  readonly changes: readonly StateChange[]
  readonly watermarks: readonly StoredMark[]
}

/** Which results of a boot are stored: those up to `seq`, and ranges behind it while older ones are on their way. */
export interface StoredMark extends Watermark {
  /** In order, apart from each other and from `seq`. Absent is none. */
  readonly beyond?: readonly SeqRange[]
}

/** A result with what the decision made of it. */
export interface StoredResult {
  readonly result: CheckResult
  readonly verdict: ResultUse
}

/** counted: it made the present; late: older than the present, to history and series only; clock-suspect: from the future, to history only. */
export type ResultUse = 'counted' | 'late' | 'clock-suspect'

export interface Sample {
  readonly checkId: CheckId
  readonly at: Instant
  readonly perfdata: readonly Perfdatum[]
}

export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/** The past, for pages and the API. Times are half open: from <= t < to. Newest first where rows are listed. */
export interface History {
  results(query: HistoryQuery): Promise<readonly HistoryResult[]>
  changes(query: ChangeQuery): Promise<readonly StateChange[]>
  series(query: SeriesQuery): Promise<readonly Series[]>
  /** What ran in a window of time, oldest first. */
  executions(query: ExecutionQuery): Promise<ExecutionPage>
}

export interface ExecutionQuery {
  /** Of the end of the execution. */
  readonly from: Instant
  readonly to: Instant
  /** Only of collectors of this cluster; `undefined`: of all. */
  readonly cluster: string | undefined
  /** Where the page before ended: its `next`. */
  readonly after: string | undefined
  readonly limit: number
}

export interface ExecutionPage {
  readonly executions: readonly ExecutionRecord[]
  /** `undefined`: there are no more now. */
  readonly next: string | undefined
}

/** That a check ran, by the hub's clock. */
export interface ExecutionRecord {
  readonly checkId: CheckId
  readonly collector: string
  readonly startedAt: Instant
  readonly ranMs: number
}

export interface HistoryQuery {
  readonly checkId: CheckId
  readonly from: Instant
  readonly to: Instant
  readonly limit: number
}

export interface ChangeQuery {
  /** `undefined`: of all objects. */
  readonly checkId: CheckId | undefined
  readonly from: Instant
  readonly to: Instant
  readonly limit: number
}

export interface HistoryResult {
  readonly collector: string
  readonly startedAt: Instant
  readonly finishedAt: Instant
  readonly state: string
  readonly use: ResultUse
  readonly output: string
  readonly perfdata: string
}

export interface SeriesQuery {
  readonly checkId: CheckId
  readonly from: Instant
  readonly to: Instant
  /** More points than this are thinned to min, mean and max per bucket. */
  readonly pointsMax: number
}

export interface Series {
  readonly label: string
  readonly unit: string
  readonly warn: string | null
  readonly crit: string | null
  readonly min: number | null
  readonly max: number | null
  /** Parallel columns; times in ms. `low`/`high` equal `value` where nothing was thinned. */
  readonly at: readonly number[]
  readonly value: readonly (number | null)[]
  readonly low: readonly (number | null)[]
  readonly high: readonly (number | null)[]
}
