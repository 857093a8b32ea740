import type { Evidences } from './evidences.ts'
import { CLASS, isFailure, KEPT } from './registers.ts'
import { NEVER } from './topology.ts'

/** One observer whose failure counts. */
export interface Failing {
  readonly cell: number
  readonly observer: number
  readonly kind: number
  /** Failures in a row. */
  readonly run: number
  readonly weight: number
  /** The newest of them, as an index into the registers. */
  readonly newest: number
  /** When the oldest of them that is kept began. */
  readonly since: number
}

/** The failures of a cell since `okAt`, newest first; `undefined` when its newest result is none or is older. */
export function failingIn(
  { layout, registers, witnesses }: Evidences,
  check: number,
  cell: number,
  okAt: number,
): Failing | undefined {
  const { at, kind } = registers
  const from = cell * KEPT
  if (!isFailure(kind[from] as number) || (at[from] as number) <= okAt) return undefined
  let run = 0
  let worst: number = CLASS.timeout
  let since = NEVER
  for (let k = from; k < from + KEPT && (at[k] as number) > okAt; k++) {
    const code = kind[k] as number
    if (code === CLASS.ok) break
    if (code === CLASS.unknown) continue
    run++
    since = at[k] as number
    if (code === CLASS.error) worst = CLASS.error
  }
  const observer = layout.observerOf[cell] as number
  const weight = witnesses.weight(observer, layout.siteOf[check] as number, worst, run)
  return { cell, observer, kind: worst, run, weight, newest: from, since }
}

/** Of the cells of a check that have something fresh. */
export function failingSince(
  of: Evidences,
  check: number,
  okAt: number,
  now: number,
): readonly Failing[] {
  const { firstCell, freshMs } = of.layout
  const end = firstCell[check + 1] as number
  const found: Failing[] = []
  for (let cell = firstCell[check] as number; cell < end; cell++) {
    if (now - (of.registers.at[cell * KEPT] as number) > (freshMs[check] as number)) continue
    const failing = failingIn(of, check, cell, okAt)
    if (failing !== undefined) found.push(failing)
  }
  return found
}
