import type { Instant } from '../../base/instant.ts'
import type { EvidenceClass } from '../../domain/evidence.ts'
import type { Cause, DecisionRule, VerdictKind } from '../../domain/verdict.ts'
import type { DecisionParameters } from './parameters.ts'

/** A verdict and why it is what it is: plain data, enough to compute it again. Kept with every change, and shown by `explain`. */
export interface Explanation {
  readonly at: Instant
  readonly checkId: string
  readonly kind: VerdictKind
  /** `null` unless it is down or comes back. */
  readonly cause: Cause | null
  /** What the cause would be if nothing above it is down. */
  readonly ownCause: Cause
  readonly rule: DecisionRule
  /** Nats against it, or failing observers under a rule that counts them ... */
  readonly evidence: number
  /** ... of which so much is needed. */
  readonly needed: number
  /** Observers with something fresh to say, and sites of them that are believed. */
  readonly fresh: number
  readonly eligibleSites: readonly string[]
  /** Observers that could not look. */
  readonly blind: number
  /** Down because the only site that can be used failed three times. */
  readonly isUnconfirmed: boolean
  /** The newest OK that is believed, and whose. */
  readonly okAt: Instant | null
  readonly okOf: string | null
  /** Who fails, since that OK. */
  readonly witnesses: readonly WitnessSeen[]
  /** `null` unless there is an OK of the last seconds and too little against it. */
  readonly standing: StandingSeen | null
  readonly setAside: readonly SetAside[]
  /** The host or the site that is down above it. */
  readonly above: SilenceSeenAbove | null
  readonly parameters: ReceiptParameters
  /** In the words of people. */
  readonly sentence: string
}

/** A change of a verdict. */
export interface Receipt extends Explanation {
  readonly from: VerdictKind
}

/** Names a result in the history: with check and observer it is the only one. */
export interface ResultMark {
  /** When it began, in corrected time. */
  readonly at: Instant
  readonly tie: number
  /** The answer to a question of ours. */
  readonly isProbe: boolean
}

/** One observer that fails. */
export interface WitnessSeen extends ResultMark {
  readonly observer: string
  readonly site: string
  readonly class: EvidenceClass
  /** Failures in a row, and when the oldest of them began. */
  readonly run: number
  readonly since: Instant
  /** Nats, before the heaviest of each site is taken. */
  readonly weight: number
  /** How often it is wrong: P(class | target up). */
  readonly falseRate: number
}

/** What a first OK stands against: an observer that failed right before its OK is among the witnesses. */
export interface StandingSeen {
  /** Sites that say OK after a failure of their own; -1: one OK at least is no first one. */
  readonly okSites: number
  /** Observers that fail still. */
  readonly failing: number
  readonly witnesses: readonly WitnessSeen[]
}

export interface SetAside {
  readonly observer: string
  readonly reason: 'contradicted' | 'false-ok' | 'silent'
  /** Share of what it watches that others contradict, 0 to 1. */
  readonly share: number
}

export interface SilenceSeenAbove {
  readonly scope: 'host' | 'site'
  readonly name: string
  readonly evidence: number
  /** Checks of the host or hosts of the site that are silent, of how many there are, and how many are needed. */
  readonly silent: number
  readonly of: number
  readonly needed: number
  readonly aliveAt: Instant | null
  readonly seenBy: readonly SilentWitness[]
}

export interface SilentWitness {
  readonly observer: string
  readonly site: string
  /** Silent checks or hosts, as it sees it. */
  readonly count: number
  readonly weight: number
  readonly falseRate: number
  /** One of them: the newest. */
  readonly newest: ResultMark & { readonly checkId: string }
}

export type ReceiptParameters = Pick<
  DecisionParameters,
  | 'theta'
  | 'pTimeout'
  | 'pError'
  | 'q0Timeout'
  | 'q0Error'
  | 'repeatDiscounts'
  | 'recoveringMs'
  | 'askFrom'
>

export function receiptParameters({
  theta,
  pTimeout,
  pError,
  q0Timeout,
  q0Error,
  repeatDiscounts,
  recoveringMs,
  askFrom,
}: DecisionParameters): ReceiptParameters {
  return { theta, pTimeout, pError, q0Timeout, q0Error, repeatDiscounts, recoveringMs, askFrom }
}
