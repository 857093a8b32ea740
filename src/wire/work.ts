import type { Instant } from '../base/instant.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { CheckOutcome, ResultOrigin } from '../domain/check-result.ts'
import type { Question, Subject } from './bus.ts'
import { readLeaseEnd, readWorkOffer, readWorkTaken } from './readers/work.ts'
import type { MESSAGE_VERSION } from './subjects.ts'

/**
 * A member of a cluster whose places are full offers one execution to the others. The command itself does not travel: whoever takes it has the
 * same plan.
 */
export interface WorkOffer {
  readonly version: typeof MESSAGE_VERSION
  /** Unique for ever. */
  readonly lease: string
  /** `cluster.name` of the one whose check it is, and whose result it becomes. */
  readonly owner: string
  /** Of the owner's plan. */
  readonly revision: string
  readonly checkId: CheckId
  readonly origin: Exclude<ResultOrigin, 'passive'>
  readonly dueAt: Instant
  /** Runtime macros as the owner knows them; empty when the command has none. */
  readonly macros: Readonly<Record<string, string>>
}

/** It runs. */
export interface WorkTaken {
  readonly version: typeof MESSAGE_VERSION
  readonly lease: string
  readonly member: string
  readonly boot: string
}

/** From the one who took it to the owner. Times are of the sender's clock: only the length of the run means anything to the owner. */
export type LeaseEnd = LeaseEndOf & {
  readonly version: typeof MESSAGE_VERSION
  readonly lease: string
  readonly member: string
}

type LeaseEndOf =
  | {
      readonly kind: 'ran'
      readonly startedAt: Instant
      readonly finishedAt: Instant
      readonly outcome: CheckOutcome
    }
  /** `cannot`: the plugin could not be started there. `shutting-down`: the run was ended, or not begun. */
  | { readonly kind: 'cannot' | 'shutting-down'; readonly reason: string }

/** Answered by one of the members that have room. */
export const workOf = (cluster: string): Question<WorkOffer, WorkTaken> => ({
  name: `work.${cluster}`,
  read: readWorkOffer,
  readAnswer: readWorkTaken,
})

/** To the owner from who ran it, both `cluster.name`: the bus lets nobody speak for another. */
export const leaseEndTo = (owner: string, member: string): Subject<LeaseEnd> => ({
  name: `lease.${owner}.${member}`,
  read: readLeaseEnd,
})
