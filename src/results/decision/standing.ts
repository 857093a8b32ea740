import type { Evidences } from './evidences.ts'
import type { Failing } from './failing.ts'
import { CLASS, isFailure, KEPT } from './registers.ts'
import { bitCount, RELATION } from './relations.ts'
import { NEVER } from './topology.ts'

/** Weights of at most 32 sites; used by one assessment at a time. */
const heaviest = new Float64Array(32)

/** What the others last saw, against a first OK. */
export interface Standing {
  /** Sites whose observers say OK right after a failure of their own; -1: an OK stands on an OK before it, so it is no first one. */
  okSites: number
  /** Observers that fail. */
  failing: number
  /** Nats, with the failures right before the OKs. */
  evidence: number
}

/** @param seen every failure that is weighed */
export function standingAgainstOk(
  { layout, registers, relation, witnesses }: Evidences,
  check: number,
  now: number,
  seen?: (one: Failing) => void,
): Standing {
  const { firstCell, bitOf, observerOf, siteOf, freshMs } = layout
  const { at, kind } = registers
  const end = firstCell[check + 1] as number
  const standing: Standing = { okSites: 0, failing: 0, evidence: 0 }
  let okBits = 0
  heaviest.fill(0)
  for (let cell = firstCell[check] as number; cell < end; cell++) {
    const newest = cell * KEPT
    if (now - (at[newest] as number) > (freshMs[check] as number)) continue
    if (relation[cell] === RELATION.outvoted) continue
    const isOk = kind[newest] === CLASS.ok
    const k = isOk ? newest + 1 : newest
    if (isOk && (kind[k] === CLASS.ok || at[k] === NEVER)) return { ...standing, okSites: -1 }
    if (isOk) okBits |= 1 << (bitOf[cell] as number)
    const code = kind[k] as number
    if (!isFailure(code)) continue
    if (!isOk) standing.failing++
    const observer = observerOf[cell] as number
    const weight = witnesses.weight(observer, siteOf[check] as number, code, 1)
    const bit = bitOf[cell] as number
    if (weight > (heaviest[bit] as number)) heaviest[bit] = weight
    seen?.({ cell, observer, kind: code, run: 1, weight, newest: k, since: at[k] as number })
  }
  for (const weight of heaviest) standing.evidence += weight
  standing.okSites = bitCount(okBits)
  return standing
}
