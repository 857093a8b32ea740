import type { FleetDigests } from '../../configuration/revision.ts'
import type { Fleet } from '../../domain/fleet.ts'
import type { PlanBook, Sharing } from '../../orchestrator/plan.ts'
import type { Activation } from '../../orchestrator/ports.ts'

/** What is monitored now. Only an apply job that succeeded replaces what is in it. */
export interface Active {
  fleet: Fleet
  revision: string
  /** Of each object of the fleet, to compare another with. */
  digests: FleetDigests
  /** Who manages what is written in a source, by its name; files are not in it. */
  owners: ReadonlyMap<string, string>
  /** What collectors run of it, and which edition that is. */
  book: PlanBook
  sharing: Sharing
  /** After a rollback, until the next apply or reload. */
  isPinned: boolean
  /** What its texts mean by `$PARALLAXURL$`; `undefined`: this hub. */
  url: string | undefined
  /** Where its texts are. `undefined` until the start's own job has stored them. */
  manifest: Activation['manifest'] | undefined
}
