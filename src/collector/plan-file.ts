import type { Plan } from '../wire/subjects.ts'

/** The last plan on the collector's own disk, so that it starts without any hub. */
export interface PlanFile {
  /** `undefined`: none was kept yet. Rejects with `PlanFileDamaged` or `PlanFileUnavailable`. */
  load(): Promise<Plan | undefined>
  /**
   * Replaces what was kept. When it resolves the plan survives the loss of power; until then, and when it rejects with
   * `PlanFileUnavailable`, the one before does. One at a time.
   */
  save(plan: Plan): Promise<void>
}

/** What stands there is no plan, or not a whole one. */
export class PlanFileDamaged extends Error {
  override readonly name = 'PlanFileDamaged'
}

/** The disk does not do it now. */
export class PlanFileUnavailable extends Error {
  override readonly name = 'PlanFileUnavailable'
}
