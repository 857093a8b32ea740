import type { Clock } from '../../base/clock.ts'
import type { ApplyLine } from '../../orchestrator/apply-line.ts'
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
}

export interface DeskParts extends WorkParts {
  readonly line: ApplyLine
}
