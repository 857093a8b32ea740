import { randomBytes } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { LiveEvent, LiveIndex, LiveObject } from '../../results/live-index.ts'
import type { StateChange } from '../../results/state/record.ts'
import type { StreamChanges, StreamObjects } from '../../wire/api/stream.ts'
import { changeRowOf, objectRowOf } from '../objects/row.ts'
import { encodeEvent, type EncodedEvent, type StreamKind, type StreamPosition } from './event.ts'

/**
 * Turns what the live index says into encoded events, each once for all readers, and keeps the newest for those who come back.
 * Rules WS1..WS6 of docs/spec/api.md.
 */
export interface Feed {
  /** What has been sent. A state of all objects read after this call and the events after it miss nothing. */
  position(): StreamPosition
  /** The events after `from`, or why they cannot be had. */
  since(from: StreamPosition): Missed
  follow(take: (events: readonly EncodedEvent[]) => void): () => void
  close(): void
}

export type Missed =
  | { readonly kind: 'events'; readonly events: readonly EncodedEvent[] }
  | { readonly kind: 'reset'; readonly reason: 'too-old' | 'other-boot' }

/** The shortest time between two flushes; a change after a quiet time waits `COALESCE_MS` only. */
export const FLUSH_EVERY_MS = 200
const COALESCE_MS = 20
const ROWS_PER_EVENT = 1000
const CHANGES_HELD_MAX = 10_000
/** So long after the last reader events are still made, for those who come back; else, and before the first, nobody pays for them. */
export const KEEP_WITHOUT_READERS_MS = 60_000

export interface FeedBounds {
  readonly eventsMax: number
  readonly bytesMax: number
}

export const FEED_BOUNDS: FeedBounds = { eventsMax: 5000, bytesMax: 32 * 1024 * 1024 }

export function createFeed(live: LiveIndex, clock: Clock, bounds: FeedBounds = FEED_BOUNDS): Feed {
  const boot = randomBytes(8).toString('hex')
  const followers = new Set<(events: readonly EncodedEvent[]) => void>()
  const ring = createRing(bounds)
  let pending = emptyPending()
  let sequence = 0
  let isSkipping = false
  let wantedAt = -Infinity
  let flushedAt = -Infinity
  let cancelFlush: (() => void) | undefined

  const encode = (kind: StreamKind, data: unknown): EncodedEvent =>
    encodeEvent(kind, { boot, sequence: ++sequence }, data)

  const flush = (): void => {
    cancelFlush = undefined
    flushedAt = clock.monotonicMs()
    const events = eventsOf(pending, live, encode)
    pending = emptyPending()
    ring.push(events)
    for (const take of followers) take(events)
  }
  /** Events were left out: who comes back with a position from before must start again. */
  const settle = (): void => {
    wantedAt = clock.monotonicMs()
    if (!isSkipping) return
    isSkipping = false
    sequence++
    ring.clear()
  }
  const hear = (event: LiveEvent): void => {
    const now = clock.monotonicMs()
    if (followers.size === 0 && now - wantedAt > KEEP_WITHOUT_READERS_MS) {
      isSkipping = true
      pending = emptyPending()
      return
    }
    add(pending, event)
    cancelFlush ??= clock.timer(Math.max(COALESCE_MS, flushedAt + FLUSH_EVERY_MS - now), flush)
  }
  const unsubscribe = live.subscribe(hear)
  return {
    position: () => {
      settle()
      return { boot, sequence }
    },
    since: (from) => {
      settle()
      if (from.boot !== boot || from.sequence > sequence)
        return { kind: 'reset', reason: 'other-boot' }
      return ring.since(from.sequence, sequence)
    },
    follow: (take) => {
      settle()
      followers.add(take)
      return () => {
        followers.delete(take)
        wantedAt = clock.monotonicMs()
      }
    },
    close: () => {
      unsubscribe()
      cancelFlush?.()
      followers.clear()
    },
  }
}

/** What happened since the last flush; an object that changed often is told once, as it is. Bounded by the fleet and a constant. */
interface Pending {
  readonly rows: Map<CheckId, LiveObject>
  readonly removed: Set<CheckId>
  readonly changes: StateChange[]
}

function emptyPending(): Pending {
  return { rows: new Map(), removed: new Set(), changes: [] }
}

function add({ rows, removed, changes }: Pending, event: LiveEvent): void {
  for (const live of event.changed) {
    rows.set(live.object.id, live)
    removed.delete(live.object.id)
  }
  for (const id of event.removed) {
    rows.delete(id)
    removed.add(id)
  }
  for (const change of event.changes) changes.push(change)
  if (changes.length > CHANGES_HELD_MAX) changes.splice(0, changes.length - CHANGES_HELD_MAX)
}

function eventsOf(
  pending: Pending,
  live: LiveIndex,
  encode: (kind: StreamKind, data: unknown) => EncodedEvent,
): EncodedEvent[] {
  const events: EncodedEvent[] = []
  const rows = [...pending.rows.values()]
  let removed = [...pending.removed]
  for (let from = 0; from < rows.length || removed.length > 0; from += ROWS_PER_EVENT) {
    const data: StreamObjects = {
      rows: rows.slice(from, from + ROWS_PER_EVENT).map(objectRowOf),
      removed,
      counters: live.counters,
    }
    events.push(encode('objects', data))
    removed = []
  }
  for (let from = 0; from < pending.changes.length; from += ROWS_PER_EVENT) {
    const changes = pending.changes.slice(from, from + ROWS_PER_EVENT).map(changeRowOf)
    events.push(encode('changes', { changes } satisfies StreamChanges))
  }
  return events
}

/** The newest events, bounded by number and bytes. */
function createRing({ eventsMax, bytesMax }: FeedBounds) {
  let events: EncodedEvent[] = []
  let bytes = 0
  return {
    push(more: readonly EncodedEvent[]): void {
      for (const event of more) {
        events.push(event)
        bytes += event.plain.length
      }
      let drop = 0
      while (drop < events.length && (events.length - drop > eventsMax || bytes > bytesMax)) {
        bytes -= events[drop]?.plain.length ?? 0
        drop++
      }
      if (drop > 0) events = events.slice(drop)
    },
    since(sequence: number, newest: number): Missed {
      if (sequence === newest) return { kind: 'events', events: [] }
      const oldest = events[0]?.sequence
      if (oldest === undefined || sequence < oldest - 1) return { kind: 'reset', reason: 'too-old' }
      return { kind: 'events', events: events.slice(sequence - oldest + 1) }
    },
    clear(): void {
      events = []
      bytes = 0
    },
  }
}
