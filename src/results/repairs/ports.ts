import type { Instant } from '../../base/instant.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { ObjectState } from '../../domain/state-names.ts'
import type { StateChange } from '../state/record.ts'

/** Where histories of state are put right after results came late. Everything rejects with `StoreUnavailable`. */
export interface RepairStore {
  /** Those to which nothing was added since `before`. */
  lateSpans(before: Instant, max: number): Promise<readonly LateSpan[]>
  evidence(span: LateSpan): Promise<Evidence>
  /**
   * In one transaction: from the first of the evidence to its last the object's changes are these, and the span is done so far. When more
   * was noted meanwhile nothing is done: it comes again.
   */
  repair(span: LateSpan, evidence: Evidence, changes: readonly StateChange[]): Promise<void>
}

/** Results of an object came behind newer ones; they finished within this time, both ends included. */
export interface LateSpan {
  readonly checkId: CheckId
  readonly from: Instant
  readonly to: Instant
  readonly notedAt: Instant
}

export interface Evidence {
  /** The last change before the first of them. */
  readonly before: StateChange | undefined
  /** In the order of time: those of the span, and a few behind it. A bounded number; the rest of the span is another one. */
  readonly seen: readonly SeenState[]
  /** More of the span is left. */
  readonly isCut: boolean
}

export interface SeenState {
  readonly at: Instant
  readonly state: ObjectState
  readonly output: string
}
