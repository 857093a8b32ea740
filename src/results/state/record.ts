import type { Instant } from '../../base/instant.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { ObjectState } from '../../domain/state-names.ts'
import type { Cause, VerdictKind } from '../../domain/verdict.ts'

/** The present of one host or service: all that a hub must remember of it to judge the next result. Replaced, never changed. */
export interface ObjectRecord {
  readonly checkId: CheckId
  /** `pending` until the first result. */
  readonly state: ObjectState | 'pending'
  readonly type: 'soft' | 'hard'
  /** 1 to max attempts. */
  readonly attempt: number
  readonly lastHardState: ObjectState | 'pending'
  readonly flapping: FlappingRecord
  /** When the newest result finished; `null` while pending. */
  readonly lastResultAt: Instant | null
  /** When the first result finished: before it nothing is known. Absent in records of older versions. */
  readonly firstResultAt?: Instant | null
  readonly lastChangeAt: Instant | null
  readonly lastHardChangeAt: Instant | null
  readonly output: string
  readonly longOutput: string
  readonly perfdata: string
  /** Services only: the host was not up at the newest result, so the service gets a fresh count of attempts once it is. Absent is no. */
  readonly hostWasDown?: boolean
  /** How long the check ran. */
  readonly executionMs: number
  /** How late it started after its slot. */
  readonly latencyMs: number
  /** Of checks with several observers: what their evidence amounts to. */
  readonly verdict?: StandingVerdict
}

/** A verdict as lists show it. */
export interface StandingVerdict {
  readonly kind: VerdictKind
  readonly cause: Cause | null
  /** Nats, or failing observers, and how many are needed. */
  readonly evidence: number
  readonly needed: number
  readonly isUnconfirmed: boolean
  readonly sentence: string
  readonly since: Instant
}

export interface FlappingRecord {
  readonly isFlapping: boolean
  /** Weighted state change in per cent. */
  readonly percent: number
  /** The last 21 states as `codeOf` numbers, oldest first. A new object starts with 21 times OK or UP. */
  readonly history: readonly number[]
}

/** One line of the alert log: a soft or hard change of state. */
export interface StateChange {
  readonly checkId: CheckId
  readonly at: Instant
  readonly from: ObjectState | 'pending'
  readonly to: ObjectState
  readonly type: 'soft' | 'hard'
  readonly attempt: number
  readonly output: string
}
