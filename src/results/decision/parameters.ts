import type { Election } from './election.ts'

/** The numbers of docs/operating/decision.md. Lengths of time in ms, evidence in nats. */
export interface DecisionParameters {
  /** P(class | target down). */
  readonly pTimeout: number
  readonly pError: number
  /** P(class | target up, healthy observer): what an observer's measured rate is never below. */
  readonly q0Timeout: number
  readonly q0Error: number
  /** On q for the 1st, 2nd and every further failure in a row of one observer, while its q is near the floor. */
  readonly repeatDiscounts: readonly [number, number, number]
  /** Shrinkage of the rates of (observer, site) and of an observer, in checks. */
  readonly pathWeight: number
  readonly observerWeight: number
  /** An observer contradicted on this share of what it watches is set aside. */
  readonly setAsideShare: number
  /** Failures lighter than this are not worth asking others. */
  readonly askFrom: number
  /** Nats that make a host or a site DOWN. */
  readonly theta: number
  readonly futureSlackMs: number
  readonly silentMs: number
  readonly recoveringMs: number
  readonly confirmTimeoutMs: number
  readonly reaskMs: number
  /** Questions to one observer: so many at once, and so many a second. */
  readonly bucket: number
  readonly tokensPerSecond: number
  /** An incident is opened after so long, and closed after so long without it. */
  readonly incidentOpenMs: number
  readonly incidentCloseMs: number
  /** Whether others are asked at all, and whether already when an answer is late. */
  readonly confirm: boolean
  readonly hints: boolean
  /** Who asks when there are several hubs. Absent: this one. */
  readonly election?: Election
}

export const DEFAULT_PARAMETERS: DecisionParameters = {
  pTimeout: 0.4,
  pError: 0.6,
  q0Timeout: 0.003,
  q0Error: 0.0005,
  repeatDiscounts: [1, 0.35, 0.2],
  pathWeight: 15,
  observerWeight: 50,
  setAsideShare: 0.3,
  askFrom: 1.5,
  theta: 12.5,
  futureSlackMs: 250,
  silentMs: 45_000,
  recoveringMs: 30_000,
  confirmTimeoutMs: 5_000,
  reaskMs: 2_500,
  bucket: 60,
  tokensPerSecond: 3,
  incidentOpenMs: 10_000,
  incidentCloseMs: 90_000,
  confirm: true,
  hints: true,
}
