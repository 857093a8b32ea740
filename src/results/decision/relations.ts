import { CLASS, isFailure, KEPT, newestOk, type Registers } from './registers.ts'
import { NEVER, type Layout } from './topology.ts'

/** How the newest result of a cell stands to what others saw. */
export const RELATION = {
  /** No result. */
  none: 0,
  /** An OK. */
  agrees: 1,
  /** A failure, and another observer has a newer OK. */
  contradictedTimeout: 2,
  contradictedError: 3,
  /** A failure that nobody contradicts. */
  open: 4,
  /** An OK between failures of a strong side, and nobody else saw one. */
  outvoted: 5,
  /** The observer could not look. */
  blind: 6,
} as const

/**
 * Relates the newest results of all observers of one check; a pure function of the registers of that check. Rules EV5 to EV7 of
 * docs/spec/truth.md.
 * @param relation is written, one number per cell
 */
export function relate(
  layout: Layout,
  registers: Registers,
  check: number,
  relation: Uint8Array,
): void {
  const { firstCell } = layout
  const { kind, at } = registers
  const from = firstCell[check] as number
  const end = firstCell[check + 1] as number
  let isCalm = true
  for (let cell = from; cell < end; cell++) {
    const k = cell * KEPT
    const isOk = kind[k] === CLASS.ok
    relation[cell] = at[k] === NEVER ? RELATION.none : isOk ? RELATION.agrees : RELATION.blind
    isCalm &&= !isFailure(kind[k] as number)
  }
  if (isCalm) return
  const side = failingSide(layout, registers, check)
  let hasOutvoted = false
  for (let cell = from; cell < end; cell++) {
    const code = kind[cell * KEPT] as number
    if (relation[cell] === RELATION.agrees) {
      if (!isOutvoted(layout, registers, check, cell)) continue
      relation[cell] = RELATION.outvoted
      hasOutvoted = true
    } else if (isFailure(code)) {
      const isTimeout = code === CLASS.timeout
      relation[cell] = isContradicted(layout, registers, { check, cell, side })
        ? isTimeout
          ? RELATION.contradictedTimeout
          : RELATION.contradictedError
        : RELATION.open
    }
  }
  if (hasOutvoted) forgetOutvoted(layout, registers, check, relation)
}

/** Sites whose observers fail now, and whether they are enough that one OK does not contradict them. */
interface FailingSide {
  readonly sites: number
  readonly isStrong: boolean
}

function failingSide(
  { firstCell, bitOf, freshMs }: Layout,
  { at, kind }: Registers,
  check: number,
): FailingSide {
  const from = firstCell[check] as number
  const end = firstCell[check + 1] as number
  let newest = NEVER
  for (let cell = from; cell < end; cell++) newest = Math.max(newest, at[cell * KEPT] as number)
  const horizon = newest - (freshMs[check] as number)
  let okSites = 0
  let failingSites = 0
  let hasError = false
  for (let cell = from; cell < end; cell++) {
    const k = cell * KEPT
    if ((at[k] as number) < horizon) continue
    if (kind[k] === CLASS.ok) okSites |= 1 << (bitOf[cell] as number)
    else if (kind[k] !== CLASS.unknown) {
      failingSites |= 1 << (bitOf[cell] as number)
      hasError ||= kind[k] === CLASS.error
    }
  }
  const sites = bitCount(failingSites & ~okSites)
  return { sites, isStrong: sites >= 3 || (sites >= 2 && hasError) }
}

/** An OK from inside the target's site proves the service, not the way to it: alone it does not contradict silence seen from outside. */
function isContradicted(
  layout: Layout,
  { at, kind }: Registers,
  {
    check,
    cell,
    side,
  }: { readonly check: number; readonly cell: number; readonly side: FailingSide },
): boolean {
  const { firstCell, observerOf, insideOf, siteOf } = layout
  const k = cell * KEPT
  const site = siteOf[check] as number
  const isSilenceFromOutside =
    kind[k] === CLASS.timeout && insideOf[observerOf[cell] as number] !== site
  const end = firstCell[check + 1] as number
  let oks = 0
  let oksInside = 0
  for (let other = firstCell[check] as number; other < end; other++) {
    if (other === cell || !hasOkAfter(at, kind, other, at[k] as number)) continue
    if (isSilenceFromOutside && insideOf[observerOf[other] as number] === site) oksInside++
    else oks++
  }
  return oks > 0 && (!side.isStrong || oks + oksInside >= side.sites)
}

/** A strong side failed before this OK and again after it, and nobody else saw one in between: failures are correlated by site, false OKs are not. */
function isOutvoted(layout: Layout, registers: Registers, check: number, cell: number): boolean {
  const { firstCell, bitOf, freshMs } = layout
  const { at, kind } = registers
  const okAt = at[cell * KEPT] as number
  const end = firstCell[check + 1] as number
  let sites = 0
  let hasError = false
  let newestBefore = NEVER
  for (let other = firstCell[check] as number; other < end; other++) {
    const k = other * KEPT
    if (bitOf[other] === bitOf[cell]) continue
    if (!isFailure(kind[k] as number) || (at[k] as number) <= okAt) continue
    const before = failureBefore(registers, other, okAt, freshMs[check] as number)
    if (before === NEVER) continue
    sites |= 1 << (bitOf[other] as number)
    newestBefore = Math.max(newestBefore, before)
    hasError ||= kind[k] === CLASS.error
  }
  const count = bitCount(sites)
  if (count < 2 || (count === 2 && !hasError)) return false
  for (let other = firstCell[check] as number; other < end; other++)
    if (other !== cell && hasOkAfter(at, kind, other, newestBefore)) return false
  return true
}

/** The result of this cell right before `okAt`, when it is a failure and fresh enough; else `NEVER`. */
function failureBefore(
  { at, kind }: Registers,
  cell: number,
  okAt: number,
  freshMs: number,
): number {
  const from = cell * KEPT
  for (let k = from + 1; k < from + KEPT; k++) {
    const seenAt = at[k] as number
    if (seenAt >= okAt) continue
    return seenAt > okAt - freshMs && isFailure(kind[k] as number) ? seenAt : NEVER
  }
  return NEVER
}

/** OKs that are outvoted contradict nobody. */
function forgetOutvoted(
  { firstCell }: Layout,
  registers: Registers,
  check: number,
  relation: Uint8Array,
): void {
  const from = firstCell[check] as number
  const end = firstCell[check + 1] as number
  for (let cell = from; cell < end; cell++) {
    const own = relation[cell]
    if (own !== RELATION.contradictedTimeout && own !== RELATION.contradictedError) continue
    let isStillContradicted = false
    for (let other = from; other < end; other++) {
      if (other === cell || relation[other] === RELATION.outvoted) continue
      isStillContradicted ||= newestOk(registers, other) > (registers.at[cell * KEPT] as number)
    }
    if (!isStillContradicted) relation[cell] = RELATION.open
  }
}

/**
 * Which of the kept results of a cell is the failure that others contradicted last, while no result of it says otherwise: the newest, or the
 * one before it while the newest still waits for what the others say. `undefined`: there is none.
 */
export function newestContradicted(
  { firstCell }: Layout,
  { at, kind }: Registers,
  relation: Uint8Array,
  { check, cell }: { readonly check: number; readonly cell: number },
): 0 | 1 | undefined {
  const own = relation[cell]
  if (own === RELATION.contradictedTimeout || own === RELATION.contradictedError) return 0
  const before = cell * KEPT + 1
  if (own !== RELATION.open || !isFailure(kind[before] as number)) return undefined
  const end = firstCell[check + 1] as number
  for (let other = firstCell[check] as number; other < end; other++)
    if (other !== cell && hasOkAfter(at, kind, other, at[before] as number)) return 1
  return undefined
}

function hasOkAfter(at: Float64Array, kind: Uint8Array, cell: number, time: number): boolean {
  const from = cell * KEPT
  for (let k = from; k < from + KEPT; k++) {
    if ((at[k] as number) <= time) return false
    if (kind[k] === CLASS.ok) return true
  }
  return false
}

export function bitCount(mask: number): number {
  let count = 0
  for (let left = mask; left !== 0; left &= left - 1) count++
  return count
}
