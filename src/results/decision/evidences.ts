import type { DecisionParameters } from './parameters.ts'
import type { Registers } from './registers.ts'
import type { Layout } from './topology.ts'
import type { Witnesses } from './witnesses.ts'

/** All that is known: the registers, and what follows from them. */
export interface Evidences {
  readonly layout: Layout
  readonly registers: Registers
  readonly relation: Uint8Array
  readonly witnesses: Witnesses
  readonly parameters: DecisionParameters
  /** When the newest evidence of each observer began. */
  readonly lastOf: Float64Array
}
