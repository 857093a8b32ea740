import type { CheckId } from '../domain/check-id.ts'
import type { Counters } from '../wire/api/objects.ts'
import type { Host, Service } from '../domain/fleet.ts'
import type { Instant } from '../base/instant.ts'
import type { ObjectRecord, StateChange } from './state/record.ts'

/**
 * The present of the whole fleet in memory: the Now screen, the lists and the live stream read only this, never the database.
 */
export interface LiveIndex {
  get(id: CheckId): LiveObject | undefined
  /** In the order of configuration: each host, then its services. */
  all(): Iterable<LiveObject>
  /** A copy. Each object counts once: a stale one under `stale`, whatever its state says. */
  readonly counters: Counters
  /** Called once per batch, synchronously; must not throw or block. */
  subscribe(hear: (event: LiveEvent) => void): () => void
}

export interface LiveObject {
  readonly object: Host | Service
  readonly record: ObjectRecord
  readonly isStale: boolean
  /** `null`: one observer. */
  readonly seenBy: SeenBy | null
}

/** How each of several observers sees it now. */
export interface SeenBy {
  readonly observers: readonly string[]
  /** One letter for each, in their order: o OK, f failure, t silence, u could not look, - nothing fresh, x not believed. */
  readonly marks: string
}

export interface LiveEvent {
  readonly at: Instant
  readonly changed: readonly LiveObject[]
  readonly removed: readonly CheckId[]
  readonly changes: readonly StateChange[]
}
