import type { Check } from '../domain/check.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { CheckResult } from '../domain/check-result.ts'
import type { Instant } from '../base/instant.ts'
import type { TimePeriod } from '../domain/time-period.ts'
import type { Subject } from './bus.ts'

export const MESSAGE_VERSION = 1

/** Results of one collector in the order of `seq`. Sent again until the watermark has passed them. */
export interface ResultBatch {
  readonly version: typeof MESSAGE_VERSION
  readonly collector: string
  readonly results: readonly CheckResult[]
}

/** The hub's database holds every result of this collector's boot up to and including `seq`. */
export interface Watermark {
  readonly version: typeof MESSAGE_VERSION
  readonly collector: string
  readonly boot: string
  readonly seq: number
}

/** All that a collector checks, from one revision. */
export interface Plan {
  readonly version: typeof MESSAGE_VERSION
  readonly revision: string
  readonly checks: readonly Check[]
  readonly timePeriods: readonly TimePeriod[]
}

/** A plan that is to be looked at, not followed: the collector answers whether it could. It replaces the proposal before it. */
export interface PlanProposal {
  readonly version: typeof MESSAGE_VERSION
  readonly job: string
  readonly plan: Plan
}

/** What becomes of the plan that was proposed in this job: it is followed, or forgotten. */
export interface PlanDecision {
  readonly version: typeof MESSAGE_VERSION
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
    | { readonly kind: 'refused'; readonly reason: string }
}

/** Please run these checks now. Unknown ids are ignored: they belong to another collector. */
export interface RecheckRequest {
  readonly version: typeof MESSAGE_VERSION
  readonly checkIds: readonly CheckId[]
  readonly requestedAt: Instant
}

/** A result that came in at the API; the collector gives it an id and its outbox keeps it before the sender hears 'accepted'. */
export interface PassiveResults {
  readonly version: typeof MESSAGE_VERSION
  readonly results: readonly Pick<CheckResult, 'checkId' | 'startedAt' | 'finishedAt' | 'outcome'>[]
}

const subject = <M>(name: string): Subject<M> => ({ name })

export const results = (collector: string): Subject<ResultBatch> => subject(`results.${collector}`)
export const watermark = (collector: string): Subject<Watermark> =>
  subject(`watermark.${collector}`)
export const plan = (collector: string): Subject<Plan> => subject(`plan.${collector}`)
export const planProposal = (collector: string): Subject<PlanProposal> =>
  subject(`plan.proposal.${collector}`)
export const planDecision = (collector: string): Subject<PlanDecision> =>
  subject(`plan.decision.${collector}`)
/** To the hub. */
export const planAcknowledgement = (collector: string): Subject<PlanAcknowledgement> =>
  subject(`plan.acknowledgement.${collector}`)
export const recheck = (collector: string): Subject<RecheckRequest> =>
  subject(`recheck.${collector}`)
export const passive = (collector: string): Subject<PassiveResults> =>
  subject(`passive.${collector}`)
