import type { Check } from '../domain/check.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { Shared } from './shared-result.ts'

/** What others saw of a check. */
export type KnownElsewhere = Shared & Pick<Check, 'maxAttempts'>

/** Where a collector shares its plan with others: asked and told by the loop. */
export interface Companion {
  /** Before anything that is due is started. */
  tick(): void
  /** When to call `tick` next, on the monotonic clock. */
  readonly dueMs: number
  /** A check of this collector has a result. */
  ran(standing: Shared): void
  /** The last thing that anybody saw of a check that is not this collector's. */
  known(id: CheckId): KnownElsewhere | undefined
}
