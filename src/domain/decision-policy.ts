import type { DecisionRule } from './verdict.ts'

/** How the verdict about one host or service is made where several clusters observe it. */
export interface DecisionPolicy {
  readonly rule: DecisionRule
  /** Nats of evidence that make a failure certain; only the rule `evidence` asks for it. */
  readonly theta: number
}

/** One outage in 190 days at an interval of a minute. */
export const DEFAULT_THETA = 12.5

export const DEFAULT_DECISION: DecisionPolicy = Object.freeze({
  rule: 'evidence',
  theta: DEFAULT_THETA,
})

/** Clusters that may observe one host. */
export const OBSERVERS_MAX = 32

export function decisionOf({ decision }: { readonly decision?: DecisionPolicy }): DecisionPolicy {
  return decision ?? DEFAULT_DECISION
}

/** In the words of the configuration: `evidence`, `at least 2`, `penalty 30s`. */
export function ruleText(rule: DecisionRule): string {
  if (typeof rule === 'string') return rule
  if ('kOf' in rule) return `at least ${rule.kOf}`
  const { penaltyMs } = rule
  return `penalty ${penaltyMs % 1000 === 0 ? `${penaltyMs / 1000}s` : `${penaltyMs}ms`}`
}
