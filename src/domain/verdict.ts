/** What several observers' evidence amounts to. */
export type VerdictKind = 'up' | 'suspect' | 'down' | 'recovering' | 'unknown'

/** Where the fault lies: the highest part of the tree check, host, site that is down. */
export interface Cause {
  readonly scope: 'service' | 'host' | 'site'
  readonly name: string
}

/** How evidence of several observers becomes a verdict. */
export type DecisionRule =
  /** Weighed by class and by how often each observer is contradicted. */
  | 'evidence'
  /** One failing observer is enough. */
  | 'any'
  /** More than half of those that have something fresh. */
  | 'majority'
  /** So many failing observers. */
  | { readonly kOf: number }
  /** Silence counts after so much time without an OK, an answer of the target at once. */
  | { readonly penaltyMs: number }
