import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { ApplyLine } from '../../orchestrator/apply-line.ts'
import type { Epochs } from '../../orchestrator/epochs.ts'
import type { PlanCut, Sharing } from '../../orchestrator/plan.ts'
import type { PlanDelivery } from '../../orchestrator/plan-delivery.ts'
import type { ConfigurationStore } from '../../orchestrator/ports.ts'
import type { FleetIndex } from '../../results/fleet-index.ts'
import type { Compiler } from '../compiler/compiler.ts'
import type { Active } from './active.ts'

/** What the work of a job needs. */
export interface WorkParts {
  readonly active: Active
  readonly store: ConfigurationStore
  readonly compiler: Compiler
  readonly index: FleetIndex
  readonly clock: Clock
  readonly hub: string
  readonly cut: PlanCut
  readonly epochs: Epochs
  /** Somebody wrote a configuration here: it is not the one that comes with the program. */
  readonly hasFiles: boolean
  /** What members of clusters share from the next activation on. */
  readonly sharing: () => Sharing
}

export interface DeskParts extends WorkParts {
  readonly line: ApplyLine
  readonly delivery: PlanDelivery
  readonly log: Log
}
