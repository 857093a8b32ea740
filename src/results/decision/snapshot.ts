import type { Evidence } from './evidence.ts'
import type { ObserverIncident } from './observer-incidents.ts'
import type { Registers } from './registers.ts'
import type { DecisionTopology } from './topology.ts'

/**
 * All that an engine knows, to be handed to another one. The columns are in the order of the topology that comes with them, and are shared with
 * the engine, not copied: whoever keeps them writes them down before the engine goes on. Of the results only the registers matter; verdicts and
 * incidents are there so that nothing is told twice.
 */
export interface DecisionSnapshot {
  readonly topology: DecisionTopology
  readonly registers: Registers
  /** Kind of the verdict and scope of what is down above it, by check. */
  readonly kinds: Uint8Array
  readonly scopes: Uint8Array
  /** When each observer was added; `null` for one that was not looked at yet. */
  readonly startedAt: readonly (number | null)[]
  /** Questions left, by observer. */
  readonly tokens: Float64Array
  /** Results whose time has not come. */
  readonly future: readonly Evidence[]
  readonly incidents: readonly ObserverIncident[]
}
