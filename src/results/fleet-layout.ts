import type { CheckId } from '../domain/check-id.ts'
import type { Fleet, Host, Service } from '../domain/fleet.ts'
import type { LiveObject } from './live-index.ts'
import { pendingRecord } from './state/transition.ts'

/** One object as the hub's core sees it. Only the index changes it. */
export interface IndexEntry extends LiveObject {
  object: Host | Service
  record: LiveObject['record']
  isStale: boolean
  seenBy: LiveObject['seenBy']
  /** A service's host; `undefined` for a host. */
  host: IndexEntry | undefined
  /** A host's parents. */
  parents: readonly IndexEntry[]
  /** The step that changed it last, so that a step lists it once. */
  changedInStep: number
}

export interface FleetLayout {
  /** Each host, then its services, in the order of configuration. */
  readonly entries: Map<CheckId, IndexEntry>
  readonly added: readonly IndexEntry[]
  /** Kept ones that lists show differently now. */
  readonly changed: readonly IndexEntry[]
}

/** Lays a fleet out. Entries of `earlier` are taken over with their record and get their new object. */
export function layOut(fleet: Fleet, earlier: ReadonlyMap<CheckId, IndexEntry>): FleetLayout {
  const entries = new Map<CheckId, IndexEntry>()
  const added: IndexEntry[] = []
  const changed: IndexEntry[] = []
  const place = (object: Host | Service, host: IndexEntry | undefined): IndexEntry => {
    const kept = earlier.get(object.id)
    if (kept !== undefined && looksDifferent(kept.object, object)) changed.push(kept)
    const entry = kept ?? newEntry(object)
    if (kept === undefined) added.push(entry)
    entry.object = object
    entry.host = host
    entries.set(object.id, entry)
    return entry
  }
  const servicesOf = Map.groupBy(fleet.services.values(), (service) => service.hostName)
  for (const host of fleet.hosts.values()) {
    const entry = place(host, undefined)
    for (const service of servicesOf.get(host.name) ?? []) place(service, entry)
  }
  for (const host of fleet.hosts.values()) linkParents(host, fleet, entries)
  return { entries, added, changed }
}

function linkParents(host: Host, fleet: Fleet, entries: ReadonlyMap<CheckId, IndexEntry>): void {
  const entry = entries.get(host.id)
  if (entry === undefined) return
  entry.parents = host.parents.flatMap((name) => {
    const parent = fleet.hosts.get(name)
    const found = parent === undefined ? undefined : entries.get(parent.id)
    return found === undefined ? [] : [found]
  })
}

const NO_PARENTS: readonly IndexEntry[] = []

function newEntry(object: Host | Service): IndexEntry {
  return {
    object,
    record: pendingRecord(object.id),
    isStale: false,
    seenBy: null,
    host: undefined,
    parents: NO_PARENTS,
    changedInStep: 0,
  }
}

/** What a row of a list shows of the configuration. */
function looksDifferent(a: Host | Service, b: Host | Service): boolean {
  return (
    a !== b &&
    (a.displayName !== b.displayName ||
      a.statePolicy.maxAttempts !== b.statePolicy.maxAttempts ||
      a.groups.length !== b.groups.length ||
      a.groups.some((group, index) => group !== b.groups[index]))
  )
}
