import { UNCONFIRMED_RUN } from './check-assessment.ts'
import type { ReceiptParameters, SilenceSeenAbove, Explanation, WitnessSeen } from './receipt.ts'
import { CLASS } from './registers.ts'
import { weightOf } from './witnesses.ts'

/** What a receipt must hold for the verdict to be computed once more; its kind and its cause are not among it. */
export type RecomputeInput = Omit<
  Explanation,
  'kind' | 'cause' | 'sentence' | 'isUnconfirmed' | 'evidence'
>

/** The verdict once more, from what a receipt holds and nothing else. Rule EV22 of docs/spec/truth.md. */
export function recompute(input: RecomputeInput): Pick<Explanation, 'kind' | 'cause'> {
  const { above, rule, ownCause } = input
  if (rule === 'evidence' && above !== null && isDownAbove(input.parameters, above))
    return { kind: 'down', cause: { scope: above.scope, name: above.name } }
  const { isDown, isDoubtful } = rule === 'evidence' ? byEvidence(input) : byCount(input)
  if (isDown) return { kind: 'down', cause: ownCause }
  if (rule === 'evidence' && isRecovering(input)) return { kind: 'recovering', cause: ownCause }
  if (isDoubtful) return { kind: 'suspect', cause: null }
  return { kind: input.fresh === 0 ? 'unknown' : 'up', cause: null }
}

interface Outcome {
  readonly isDown: boolean
  readonly isDoubtful: boolean
}

/** Sums are made in another order than by the engine. */
const ROUNDING = 1e-9

function isDownAbove(parameters: ReceiptParameters, above: SilenceSeenAbove): boolean {
  const heaviest = new Map<string, number>()
  for (const { site, count, falseRate } of above.seenBy)
    raise(heaviest, site, weightOf(CLASS.timeout, falseRate, count, parameters))
  return (
    total(heaviest) >= parameters.theta - ROUNDING &&
    heaviest.size >= 2 &&
    above.silent >= above.needed
  )
}

function byEvidence(input: RecomputeInput): Outcome {
  const { witnesses, needed, eligibleSites, fresh, parameters } = input
  const heaviest = heaviestOf(witnesses, parameters)
  const evidence = total(heaviest)
  const isLone = heaviest.size < 2 && eligibleSites.some((site) => !heaviest.has(site))
  const longest = Math.max(0, ...witnesses.map(({ run }) => run))
  const isUnconfirmed =
    eligibleSites.length <= 1 &&
    heaviest.size > 0 &&
    longest >= UNCONFIRMED_RUN &&
    witnesses.length === fresh &&
    evidence >= parameters.askFrom
  const isDown = (evidence >= needed - ROUNDING && !isLone) || isUnconfirmed
  return { isDown, isDoubtful: evidence > 0 }
}

function byCount({ rule, witnesses, needed, at }: RecomputeInput): Outcome {
  if (typeof rule !== 'object' || 'kOf' in rule)
    return { isDown: witnesses.length >= needed, isDoubtful: witnesses.length > 0 }
  const isDown = witnesses.some((one) => one.class === 'error' || at - one.since >= rule.penaltyMs)
  return { isDown, isDoubtful: witnesses.length > 0 }
}

function isRecovering({ standing, at, okAt, needed, parameters }: RecomputeInput): boolean {
  if (standing === null || okAt === null || at - okAt >= parameters.recoveringMs) return false
  const { okSites, failing, witnesses } = standing
  const evidence = total(heaviestOf(witnesses, parameters))
  return okSites === 1 && failing > 0 && evidence >= needed - ROUNDING
}

/** Nats of each site that has any. */
function heaviestOf(
  witnesses: readonly WitnessSeen[],
  parameters: ReceiptParameters,
): Map<string, number> {
  const heaviest = new Map<string, number>()
  for (const { site, class: kind, falseRate, run } of witnesses)
    raise(heaviest, site, weightOf(CLASS[kind], falseRate, run, parameters))
  return heaviest
}

function raise(heaviest: Map<string, number>, site: string, weight: number): void {
  if (weight > (heaviest.get(site) ?? 0)) heaviest.set(site, weight)
}

function total(heaviest: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const weight of heaviest.values()) sum += weight
  return sum
}
