import type { Evidences } from './evidences.ts'
import { reasonOf } from './explain.ts'
import { KEPT } from './registers.ts'
import { NEVER } from './topology.ts'

/** By class, as `CLASS` of the registers numbers them. */
const LETTERS = 'oftu'

/**
 * How each observer sees the check, one letter each in the order of the topology: o OK, f failure, t silence, u could not look, - nothing
 * fresh, x not believed. Costs a look at the newest result of each.
 */
export function marksOf(of: Evidences, check: number, now: number): string {
  const { layout, registers } = of
  const end = layout.firstCell[check + 1] as number
  const freshFrom = now - (layout.freshMs[check] as number)
  let marks = ''
  for (let cell = layout.firstCell[check] as number; cell < end; cell++) {
    const k = cell * KEPT
    const at = registers.at[k] as number
    if (at === NEVER) marks += '-'
    else if (reasonOf(of, layout.observerOf[cell] as number, now) !== undefined) marks += 'x'
    else if (at < freshFrom) marks += '-'
    else marks += LETTERS[registers.kind[k] as number] ?? '-'
  }
  return marks
}
