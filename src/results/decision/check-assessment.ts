import type { DecisionPolicy } from '../../domain/decision-policy.ts'
import type { Evidences } from './evidences.ts'
import { failingIn } from './failing.ts'
import { otherRule } from './other-rules.ts'
import { CLASS, KEPT, newestOk } from './registers.ts'
import { bitCount, RELATION } from './relations.ts'
import { standingAgainstOk, type Standing } from './standing.ts'
import { NEVER } from './topology.ts'

/** What the evidence about one check amounts to, looked at alone. Rules EV11 to EV14 of docs/spec/truth.md. */
export interface CheckAssessment {
  isDown: boolean
  /** Down because the only site that can be used has failed three times. */
  isUnconfirmed: boolean
  /** One first OK against standing failures: not up yet. */
  isRecovering: boolean
  /** What that OK stands against; `undefined` when there is no OK of the last seconds. */
  standing: Standing | undefined
  /** Nats against it, or failing observers under another rule than `evidence`. */
  evidence: number
  /** What `evidence` must reach. */
  needed: number
  /** Failing observers that count. */
  failing: number
  /** Of how many sites. */
  failingSites: number
  /** Observers with something fresh to say. */
  fresh: number
  /** Observers whose newest result says that they could not look. */
  blind: number
  /** Sites that can be believed and have something fresh: a mask of the layout's bits. */
  eligible: number
  /** The newest OK of an observer that is no liar, and whose it is: `NEVER` and -1 when there is none. */
  okAt: number
  okOf: number
}

/** Failures in a row of the only site that can be used. */
export const UNCONFIRMED_RUN = 3

/** Weights of at most 32 sites; used by one assessment at a time. */
const heaviest = new Float64Array(32)

/** @param policy what would be under this one; absent: that of the check */
export function assessCheck(
  of: Evidences,
  check: number,
  now: number,
  policy: DecisionPolicy | undefined = of.layout.topology.checks[check],
): CheckAssessment {
  const { layout, registers, witnesses, parameters } = of
  const { firstCell, bitOf, observerOf, freshMs } = layout
  const theta = policy?.theta ?? parameters.theta
  const from = firstCell[check] as number
  const end = firstCell[check + 1] as number
  const freshFrom = now - (freshMs[check] as number)
  const found = nothingSeen(theta)
  findOk(of, check, found)
  let failingBits = 0
  let longest = 0
  heaviest.fill(0)
  for (let cell = from; cell < end; cell++) {
    const k = cell * KEPT
    if ((registers.at[k] as number) < freshFrom) continue
    if (registers.kind[k] === CLASS.unknown) {
      found.blind++
      continue
    }
    found.fresh++
    const bit = bitOf[cell] as number
    if (!witnesses.isSetAside(observerOf[cell] as number)) found.eligible |= 1 << bit
    const seen = failingIn(of, check, cell, found.okAt)
    if (seen === undefined) continue
    found.failing++
    longest = Math.max(longest, seen.run)
    if (seen.weight > (heaviest[bit] as number)) heaviest[bit] = seen.weight
    if (seen.weight > 0) failingBits |= 1 << bit
  }
  for (const weight of heaviest) found.evidence += weight
  found.failingSites = bitCount(failingBits)
  if (policy !== undefined && policy.rule !== 'evidence')
    return otherRule(of, { check, rule: policy.rule, now }, found)
  const isLone = found.failingSites < 2 && (found.eligible & ~failingBits) !== 0
  const isCertain = found.evidence >= theta && !isLone
  found.isUnconfirmed =
    !isCertain &&
    bitCount(found.eligible) <= 1 &&
    found.failingSites >= 1 &&
    longest >= UNCONFIRMED_RUN &&
    found.failing === found.fresh &&
    found.evidence >= parameters.askFrom
  found.isDown = isCertain || found.isUnconfirmed
  if (found.isDown || now - found.okAt >= parameters.recoveringMs) return found
  found.standing = standingAgainstOk(of, check, now)
  const { okSites, failing, evidence } = found.standing
  found.isRecovering = okSites === 1 && failing > 0 && evidence >= theta
  return found
}

function nothingSeen(needed: number): CheckAssessment {
  return {
    isDown: false,
    isUnconfirmed: false,
    isRecovering: false,
    standing: undefined,
    evidence: 0,
    needed,
    failing: 0,
    failingSites: 0,
    fresh: 0,
    blind: 0,
    eligible: 0,
    okAt: NEVER,
    okOf: -1,
  }
}

function findOk(
  { layout, registers, relation, witnesses }: Evidences,
  check: number,
  found: CheckAssessment,
): void {
  const { firstCell, observerOf } = layout
  const end = firstCell[check + 1] as number
  for (let cell = firstCell[check] as number; cell < end; cell++) {
    const observer = observerOf[cell] as number
    if (relation[cell] === RELATION.outvoted) continue
    const okAt = newestOk(registers, cell)
    if (okAt <= found.okAt || witnesses.isLiar(observer)) continue
    found.okAt = okAt
    found.okOf = observer
  }
}
