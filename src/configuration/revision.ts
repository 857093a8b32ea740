import { createHash } from 'node:crypto'
import type { CheckId } from '../domain/check-id.ts'
import type { Fleet, Host, Service } from '../domain/fleet.ts'

/** Letters of SHA-256 that name a revision. */
const REVISION_LENGTH = 12

/** Texts are handed to the hash in pieces of about this length. */
const PIECE_LENGTH = 1 << 20

/**
 * Names a fleet by its content: equal fleets have equal revisions, whatever files they were written in and in which order.
 * Where an object was written is no part of it.
 */
export function revisionOf(fleet: Fleet): string {
  const hash = createHash('sha256')
  let piece = ''
  for (const [kind, objects] of Object.entries(fleet) as [string, ReadonlyMap<string, object>][]) {
    piece += `${kind}\n`
    for (const name of [...objects.keys()].sort()) {
      piece += `${textOf(objects.get(name) as object)}\n`
      if (piece.length < PIECE_LENGTH) continue
      hash.update(piece)
      piece = ''
    }
  }
  return hash.update(piece).digest('hex').slice(0, REVISION_LENGTH)
}

/** What a new fleet changes. */
export interface FleetDifference {
  readonly hosts: Changes<string>
  readonly services: Changes<CheckId>
  /** Checks that are run just as before: they keep their phase. */
  readonly unchangedChecks: ReadonlySet<CheckId>
  /** Number of hosts and services that are new, other than before, or gone. */
  readonly changed: number
}

export interface Changes<Id extends string> {
  readonly created: readonly Id[]
  readonly changed: readonly Id[]
  readonly deleted: readonly Id[]
}

export function diffFleets(before: Fleet, after: Fleet): FleetDifference {
  const hosts = changesOf(before.hosts, after.hosts)
  const services = changesOf(before.services, after.services)
  const unchangedChecks = new Set<CheckId>()
  const compare = (
    earlier: Host | Service | undefined,
    now: Host | Service,
    isEqual: boolean,
  ): void => {
    if (earlier === undefined) return
    if (isEqual || textOf(earlier.check) === textOf(now.check)) unchangedChecks.add(now.id)
  }
  const changedHosts = new Set(hosts.changed)
  const changedServices = new Set(services.changed)
  for (const [name, host] of after.hosts)
    compare(before.hosts.get(name), host, !changedHosts.has(name))
  for (const [id, service] of after.services)
    compare(before.services.get(id), service, !changedServices.has(id))
  const count = ({ created, changed, deleted }: Changes<string>): number =>
    created.length + changed.length + deleted.length
  return { hosts, services, unchangedChecks, changed: count(hosts) + count(services) }
}

function changesOf<Id extends string>(
  before: ReadonlyMap<Id, object>,
  after: ReadonlyMap<Id, object>,
): Changes<Id> {
  const isChanged = (id: Id): boolean => {
    const [old, now] = [before.get(id), after.get(id)]
    return old !== undefined && now !== undefined && textOf(old) !== textOf(now)
  }
  return {
    created: [...after.keys()].filter((id) => !before.has(id)),
    changed: [...after.keys()].filter(isChanged),
    deleted: [...before.keys()].filter((id) => !after.has(id)),
  }
}

/**
 * An object as text, without the place where it was written. `compile` gives keys one order (records of variables, options and
 * environments are sorted), so that plain JSON is canonical; only members of groups come in the order of the files.
 */
function textOf(object: object): string {
  if ('members' in object && Array.isArray(object.members)) {
    return JSON.stringify({ ...object, members: [...(object.members as string[])].sort() })
  }
  if (!('source' in object)) return JSON.stringify(object)
  return JSON.stringify({ ...object, source: undefined })
}
