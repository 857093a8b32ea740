import type { Instant } from '../base/instant.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { Fleet } from '../domain/fleet.ts'
import { layOut, type IndexEntry } from './fleet-layout.ts'
import type { LiveEvent, LiveIndex } from './live-index.ts'
import { createLiveAnnouncements } from './live-announcements.ts'
import { createStateCounters } from './state-counters.ts'
import { internFlapping } from './state/flapping.ts'
import type { ObjectRecord } from './state/record.ts'
import { isExpected, isStale, type IsInPeriod } from './staleness.ts'

/** The live index with what only the hub's core and loop may do to it. */
export interface FleetIndex extends LiveIndex {
  get(id: CheckId): IndexEntry | undefined
  /** Makes `fleet` the monitored one. Objects that stay keep their record; new ones are pending. One event tells what differs. */
  applyFleet(fleet: Fleet, now: Instant): void
  /** Takes over records of an earlier run; records of objects that are no longer monitored are ignored. */
  restore(records: readonly ObjectRecord[], now: Instant): void
  /** A new present for one object. Tells nobody: the caller announces whole batches. */
  replace(entry: IndexEntry, record: ObjectRecord, now: Instant): void
  /** Looks at up to `max` objects, going round, and announces those that went stale. @returns how many did */
  sweep(now: Instant, max: number): number
  announce(event: LiveEvent): void
  /** Whether results of it are expected now: a check is not run while its time period is off. */
  isExpected(entry: IndexEntry, now: Instant): boolean
}

const always: IsInPeriod = () => true

/**
 * @param fleet what is monitored at first; every object is pending until `restore` or a result says otherwise
 * @param isInPeriod needed only when checks have time periods, so that they are not called stale outside of them
 */
export function createFleetIndex(
  fleet: Fleet,
  now: Instant,
  isInPeriod: IsInPeriod = always,
): FleetIndex {
  const counters = createStateCounters()
  const announcements = createLiveAnnouncements()
  let entries = new Map<CheckId, IndexEntry>()
  let order: readonly IndexEntry[] = []
  let sweepFrom = 0

  const replace = (entry: IndexEntry, record: ObjectRecord, at: Instant): void => {
    counters.remove(entry.record, entry.isStale)
    entry.record = record
    entry.isStale = isStale(record, entry.object.check, at, isInPeriod)
    counters.add(record, entry.isStale)
  }
  const applyFleet = (next: Fleet, at: Instant): void => {
    const laid = layOut(next, entries)
    const removed: CheckId[] = []
    for (const [id, entry] of entries) {
      if (laid.entries.has(id)) continue
      counters.remove(entry.record, entry.isStale)
      removed.push(id)
    }
    for (const entry of laid.added) counters.add(entry.record, entry.isStale)
    for (const entry of laid.changed) replace(entry, fitted(entry.record, entry), at)
    entries = laid.entries
    order = [...entries.values()]
    sweepFrom = 0
    announcements.announceObjects(at, [...laid.added, ...laid.changed], removed)
  }
  const restore = (records: readonly ObjectRecord[], at: Instant): void => {
    const changed: IndexEntry[] = []
    for (const record of records) {
      const entry = entries.get(record.checkId)
      if (entry === undefined) continue
      replace(entry, fitted(record, entry), at)
      changed.push(entry)
    }
    announcements.announceObjects(at, changed)
  }
  const sweep = (at: Instant, max: number): number => {
    const changed: IndexEntry[] = []
    for (let left = Math.min(max, order.length); left > 0; left--) {
      const entry = order[sweepFrom] as IndexEntry
      sweepFrom = (sweepFrom + 1) % order.length
      if (entry.isStale === isStale(entry.record, entry.object.check, at, isInPeriod)) continue
      replace(entry, entry.record, at)
      changed.push(entry)
    }
    announcements.announceObjects(at, changed)
    return changed.length
  }
  applyFleet(fleet, now)
  return {
    get: (id) => entries.get(id),
    all: () => order,
    get counters() {
      return counters.read()
    },
    subscribe: (hear) => announcements.subscribe(hear),
    announce: (event) => announcements.announce(event),
    applyFleet,
    restore,
    replace,
    sweep,
    isExpected: ({ record, object }, at) => isExpected(record, object.check, at, isInPeriod),
  }
}

/** A record under today's policy: never more attempts than allowed, and quiet histories shared. */
function fitted(record: ObjectRecord, entry: IndexEntry): ObjectRecord {
  const attempt = Math.min(record.attempt, entry.object.statePolicy.maxAttempts)
  const flapping = internFlapping(record.flapping)
  if (attempt === record.attempt && flapping === record.flapping) return record
  return { ...record, attempt, flapping }
}
