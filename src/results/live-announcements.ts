import type { Instant } from '../base/instant.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { LiveEvent, LiveObject } from './live-index.ts'

/** Who hears of changes. Everybody is told at once, in the order of subscription. */
export interface LiveAnnouncements {
  subscribe(hear: (event: LiveEvent) => void): () => void
  announce(event: LiveEvent): void
  /** Says nothing when nothing differs. */
  announceObjects(at: Instant, changed: readonly LiveObject[], removed?: readonly CheckId[]): void
}

export function createLiveAnnouncements(): LiveAnnouncements {
  const hearers = new Set<(event: LiveEvent) => void>()
  const announce = (event: LiveEvent): void => {
    for (const hear of hearers) hear(event)
  }
  return {
    subscribe(hear) {
      hearers.add(hear)
      return () => void hearers.delete(hear)
    },
    announce,
    announceObjects(at, changed, removed = []) {
      if (changed.length + removed.length > 0) announce({ at, changed, removed, changes: [] })
    },
  }
}
