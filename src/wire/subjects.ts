import type { Check } from '../domain/check.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { CheckResult } from '../domain/check-result.ts'
import type { Instant } from '../base/instant.ts'
import type { TimePeriod } from '../domain/time-period.ts'
import type { Question, Subject } from './bus.ts'
import {
  readPassiveTaken,
  readPlanAcknowledgement,
  readPlanDecision,
  readRecheckRequest,
  readWatermark,
} from './readers/messages.ts'
import { readPlan, readPlanProposal } from './readers/plan.ts'
import { readPassiveResults, readResultBatch } from './readers/result-batch.ts'

export const MESSAGE_VERSION = 1

/** Both ends are in it; numbers of one boot. */
export type SeqRange = readonly [from: number, to: number]

/**
 * Results of one collector; those of one boot in the order of `seq`. Sent again until the hub has said that it holds them. After an outage the
 * newest of each check come first, so numbers may be skipped and come later.
 */
export interface ResultBatch {
  readonly version: typeof MESSAGE_VERSION
  readonly collector: string
  readonly results: readonly CheckResult[]
  /** What the collector knows of this hub's clock; absent: it was never measured, as in one process. */
  readonly clock?: ClockReading
  /** Numbers whose results will never come: the outbox gave them up, or they are known to be elsewhere. */
  readonly lost?: readonly LostRange[]
}

export interface LostRange {
  readonly boot: string
  readonly range: SeqRange
}

/** The hub's clock minus the collector's, as the collector measured it. */
export interface ClockReading {
  readonly offsetMs: number
  /** The offset is right within so much. */
  readonly errorMs: number
  /** Age of the measurement when it was sent. */
  readonly ageMs: number
}

/** The hub's database holds every result of this collector's boot up to and including `seq`. */
export interface Watermark {
  readonly version: typeof MESSAGE_VERSION
  /** Absent from programs that knew only one hub. */
  readonly hub?: string
  readonly collector: string
  readonly boot: string
  readonly seq: number
}

/** All that a cluster checks, from one revision; its collectors share it among themselves. */
export interface Plan {
  readonly version: typeof MESSAGE_VERSION
  readonly revision: string
  readonly checks: readonly Check[]
  readonly timePeriods: readonly TimePeriod[]
  /** Counts activations in the whole installation: a collector follows no older one. Absent is 0. */
  readonly epoch?: number
  /** Who activated it: of two plans of one epoch, that of the hub with the greater name is the newer one. Absent is nobody. */
  readonly hub?: string
  /** Absent in one process, where one collector has everything. */
  readonly cluster?: PlanOfCluster
}

/** How the members of the cluster share its hosts; all of them compute with the same numbers. */
export interface PlanOfCluster {
  readonly name: string
  readonly silenceMs: number
  readonly takeoverRate: number
  /** Measured cost of all checks of a host, in ms of a slot per second; a host that is not in it costs the mean of the others. */
  readonly costs: Readonly<Record<string, number>>
  /** Hosts that one collector (its name without the cluster) checks while it is there. */
  readonly pins: Readonly<Record<string, string>>
  /** Collectors that were shut out: their messages count for nothing. */
  readonly revoked: readonly string[]
}

/** A plan that is to be looked at, not followed: the collector answers whether it could. It replaces the proposal before it. */
export interface PlanProposal {
  readonly version: typeof MESSAGE_VERSION
  /** Who asks and is to be answered. */
  readonly hub: string
  readonly job: string
  readonly plan: Plan
}

/** What becomes of the plan that was proposed in this job: it is followed, or forgotten. */
export interface PlanDecision {
  readonly version: typeof MESSAGE_VERSION
  readonly hub: string
  readonly job: string
  readonly decision: 'activate' | 'withdraw'
}

/** A collector's answer to a proposal (staged, refused), and to the decision to activate it (active, refused). */
export interface PlanAcknowledgement {
  readonly version: typeof MESSAGE_VERSION
  readonly job: string
  readonly collector: string
  readonly answer:
    | { readonly kind: 'staged' }
    | { readonly kind: 'active' }
    /** `isAhead`: the only reason is that it follows a newer plan. */
    | { readonly kind: 'refused'; readonly reason: string; readonly isAhead?: true }
}

/** Please run these checks now. Unknown ids are ignored: they belong to another collector. */
export interface RecheckRequest {
  readonly version: typeof MESSAGE_VERSION
  readonly checkIds: readonly CheckId[]
  readonly requestedAt: Instant
}

export interface PassiveTaken {
  readonly version: typeof MESSAGE_VERSION
}

/** A result that came in at the API; the collector gives it an id and its outbox keeps it before the sender hears 'accepted'. */
export interface PassiveResults {
  readonly version: typeof MESSAGE_VERSION
  readonly results: readonly Pick<CheckResult, 'checkId' | 'startedAt' | 'finishedAt' | 'outcome'>[]
}

const subject = <M>(name: string, read: (value: unknown) => M): Subject<M> => ({ name, read })
const long = <M>(of: Subject<M>): Subject<M> => ({ ...of, isLong: true })

export const results = (hub: string, collector: string): Subject<ResultBatch> => ({
  name: `results.${hub}.${collector}`,
  hub,
  isKept: true,
  read: readResultBatch,
})
/** Of every collector, for its hub. */
export const allResults = (hub: string): Subject<ResultBatch> => results(hub, '>')
export const watermark = (hub: string, collector: string): Subject<Watermark> =>
  subject(`watermark.${hub}.${collector}`, readWatermark)
/** Of every hub, for a collector. */
export const allWatermarks = (collector: string): Subject<Watermark> => watermark('*', collector)
export const plan = (collector: string): Subject<Plan> =>
  long(subject(`plan.${collector}`, readPlan))
export const planProposal = (collector: string): Subject<PlanProposal> =>
  long(subject(`plan-proposal.${collector}`, readPlanProposal))
export const planDecision = (collector: string): Subject<PlanDecision> =>
  subject(`plan-decision.${collector}`, readPlanDecision)
export const planAcknowledgement = (
  hub: string,
  collector: string,
): Subject<PlanAcknowledgement> => ({
  ...subject(`plan-acknowledgement.${hub}.${collector}`, readPlanAcknowledgement),
  hub,
})
export const recheck = (collector: string): Subject<RecheckRequest> =>
  long(subject(`recheck.${collector}`, readRecheckRequest))
/** Answered when the results are in the outbox. */
export const passive = (collector: string): Question<PassiveResults, PassiveTaken> => ({
  name: `passive.${collector}`,
  isLong: true,
  read: readPassiveResults,
  readAnswer: readPassiveTaken,
})
