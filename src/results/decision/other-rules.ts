import type { DecisionRule } from '../../domain/verdict.ts'
import type { CheckAssessment } from './check-assessment.ts'
import type { Evidences } from './evidences.ts'
import { failingSince } from './failing.ts'
import { CLASS, newestOk } from './registers.ts'
import { NEVER } from './topology.ts'

interface Question {
  readonly check: number
  readonly rule: DecisionRule
  readonly now: number
}

/**
 * The rules that count heads, and the one of RSMON, for those who want them. They look at the newest fresh result of each observer and at
 * nothing else: no weights, no host or site. Rule EV15 of docs/spec/truth.md.
 */
export function otherRule(
  of: Evidences,
  { check, rule, now }: Question,
  found: CheckAssessment,
): CheckAssessment {
  if (typeof rule === 'object' && 'penaltyMs' in rule)
    return fixedPenalty(of, { check, penaltyMs: rule.penaltyMs, now }, found)
  const failing = failingSince(of, check, NEVER, now).length
  const needed = neededOf(rule, found.fresh)
  const isDown = failing >= needed && failing > 0
  return { ...found, okAt: NEVER, okOf: -1, evidence: failing, needed, failing, isDown }
}

function neededOf(
  rule: Exclude<DecisionRule, { readonly penaltyMs: number }>,
  fresh: number,
): number {
  if (typeof rule === 'object') return rule.kOf
  return rule === 'majority' ? Math.floor(fresh / 2) + 1 : 1
}

/** The newest result decides, whoever it is of; silence only when no OK has come for so long after it. */
function fixedPenalty(
  of: Evidences,
  {
    check,
    penaltyMs,
    now,
  }: { readonly check: number; readonly penaltyMs: number; readonly now: number },
  found: CheckAssessment,
): CheckAssessment {
  const { layout, registers } = of
  const end = layout.firstCell[check + 1] as number
  let okAt = NEVER
  let okOf = -1
  for (let cell = layout.firstCell[check] as number; cell < end; cell++) {
    const at = newestOk(registers, cell)
    if (at <= okAt) continue
    okAt = at
    okOf = layout.observerOf[cell] as number
  }
  const failing = failingSince(of, check, okAt, now)
  const isDown = failing.some(({ kind, since }) => kind === CLASS.error || now - since >= penaltyMs)
  const evidence = isDown ? 1 : failing.length > 0 ? 0.5 : 0
  return { ...found, okAt, okOf, failing: failing.length, isDown, evidence, needed: 1 }
}
