import type { Instant } from '../base/instant.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { CheckResult, ResultOrigin } from '../domain/check-result.ts'
import type { Perfdatum } from '../domain/perfdatum.ts'
import type { ObjectState } from '../domain/state-names.ts'
import type { SeqRange, Watermark } from '../wire/subjects.ts'
import type { IncidentChange, IncidentKind } from './decision/observer-incidents.ts'
import type { Receipt } from './decision/receipt.ts'
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
  /** Why verdicts of several observers changed. Absent is none. */
  readonly receipts?: readonly Receipt[]
  /** Incidents of observers that were opened or closed. Absent is none. */
  readonly incidents?: readonly IncidentChange[]
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
  /** Its check has several observers: a late one repairs nothing. Absent is no. */
  readonly isShared?: true
}

/**
 * counted: it made the present, or is its observer's newest word about it; late: older, to history and series only; clock-suspect: from the
 * future, to history only. Of checks with several observers only: penalised is silence that waits for others to speak, set-aside is of an
 * observer that is not believed now, no-vote of one that could not look,
 * duplicate of an execution that is known already.
 */
export type ResultUse =
  'counted' | 'late' | 'clock-suspect' | 'penalised' | 'set-aside' | 'no-vote' | 'duplicate'

export interface Sample {
  readonly checkId: CheckId
  readonly at: Instant
  readonly perfdata: readonly Perfdatum[]
}

export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/** What a hub must remember of verdicts of several observers, over a restart and for people. */
export interface VerdictStore {
  /** Results of these checks since then, oldest first, at most the four newest of each collector and check. */
  recentEvidence(checks: readonly CheckId[], since: Instant): Promise<readonly EvidenceRow[]>
  /** Newest first. */
  receipts(query: ReceiptQuery): Promise<readonly Receipt[]>
  /** Oldest first. */
  receiptPage(query: PageQuery): Promise<ReceiptPage>
  /** By the ends of the runs, oldest first. */
  evidencePage(query: PageQuery): Promise<EvidencePage>
  /** Newest first, open ones with `closedAt` null. */
  incidents(query: IncidentQuery): Promise<readonly StoredIncident[]>
  /** Those that are open, newest first, 10,000 at most. */
  openIncidents(): Promise<readonly StoredIncident[]>
}

/** A stored result as evidence. */
export interface EvidenceRow {
  readonly checkId: CheckId
  readonly collector: string
  readonly startedAt: Instant
  readonly state: ObjectState | 'pending'
  readonly output: string
  /** It was asked for. */
  readonly isProbe: boolean
}

/** A page of the past, oldest first. Times are half open: from <= t < to. */
export interface PageQuery {
  readonly from: Instant
  readonly to: Instant
  /** Where the page before ended: its `next`. */
  readonly after: string | undefined
  readonly limit: number
}

export interface ReceiptPage {
  readonly receipts: readonly Receipt[]
  /** `undefined`: there are no more now. */
  readonly next: string | undefined
}

export interface EvidencePage {
  /** Of all checks; those of clocks that were not believed are left out. */
  readonly rows: readonly (EvidenceRow & { readonly finishedAt: Instant })[]
  readonly next: string | undefined
}

export interface ReceiptQuery {
  /** `undefined`: of all. */
  readonly checkId: CheckId | undefined
  /** Half open: from <= t < to. */
  readonly from: Instant
  readonly to: Instant
  readonly limit: number
}

export interface IncidentQuery {
  /** Those that were open in this time. */
  readonly from: Instant
  readonly to: Instant
  readonly limit: number
}

export interface StoredIncident {
  readonly key: string
  readonly kind: IncidentKind
  readonly observer: string
  readonly subject: string | null
  readonly text: string
  readonly openedAt: Instant
  readonly closedAt: Instant | null
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
  /** `null`: of a program that did not keep it. */
  readonly origin: ResultOrigin | null
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
