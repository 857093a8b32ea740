import type { Instant } from '../../base/instant.ts'
import type { EvidenceClass } from '../../domain/evidence.ts'

/** One result of one observer, in dense numbers of the topology. */
export interface Evidence {
  readonly check: number
  readonly observer: number
  /** When the execution began, in corrected time: an answer that came late is as old as its question. */
  readonly at: Instant
  /** Orders results that began at once: an int32 made of the result's id, the same on each hub. */
  readonly tie: number
  readonly class: EvidenceClass
  /** An answer to a question of ours; never changes a verdict. */
  readonly isProbe: boolean
}

/**
 * What was made of it. counted: it is the observer's newest word. late: newer ones are there. penalised: silence that waits for others to
 * speak. set-aside: its observer is not believed now. future: held until its time comes. duplicate: it is there already. no-vote: the observer
 * could not look.
 */
export type EvidenceUse =
  'counted' | 'late' | 'penalised' | 'set-aside' | 'future' | 'duplicate' | 'no-vote'
