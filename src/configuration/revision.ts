import { createHash } from 'node:crypto'
import type { CheckId } from '../domain/check-id.ts'
import type { Fleet, Host, Service } from '../domain/fleet.ts'

/** Letters of SHA-256 that name a revision. */
const REVISION_LENGTH = 12

/**
 * Names a fleet by its content: equal fleets have equal revisions, whatever files they were written in and in which order.
 * Where an object was written is no part of it.
 */
export function revisionOf(fleet: Fleet): string {
  const hash = createHash('sha256')
  const writer = new CanonicalWriter()
  for (const [kind, objects] of Object.entries(fleet) as [string, ReadonlyMap<string, object>][]) {
    hash.update(`${kind}\n`)
    for (const name of [...objects.keys()].sort()) {
      hash.update(`${writer.textOf(withoutPlaces(objects.get(name) as object))}\n`)
    }
  }
  return hash.digest('hex').slice(0, REVISION_LENGTH)
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
  const writer = new CanonicalWriter()
  const hosts = changesOf(before.hosts, after.hosts, writer)
  const services = changesOf(before.services, after.services, writer)
  const unchangedChecks = new Set<CheckId>()
  for (const kind of ['hosts', 'services'] as const) {
    const earlier: ReadonlyMap<string, Host | Service> = before[kind]
    for (const [name, { check }] of after[kind] as ReadonlyMap<string, Host | Service>) {
      const old = earlier.get(name)?.check
      if (old !== undefined && writer.textOf(old) === writer.textOf(check))
        unchangedChecks.add(check.id)
    }
  }
  const count = ({ created, changed, deleted }: Changes<string>): number =>
    created.length + changed.length + deleted.length
  return { hosts, services, unchangedChecks, changed: count(hosts) + count(services) }
}

function changesOf<Id extends string>(
  before: ReadonlyMap<Id, object>,
  after: ReadonlyMap<Id, object>,
  writer: CanonicalWriter,
): Changes<Id> {
  const isChanged = (id: Id): boolean => {
    const [old, now] = [before.get(id), after.get(id)]
    if (old === undefined || now === undefined) return false
    return writer.textOf(withoutPlaces(old)) !== writer.textOf(withoutPlaces(now))
  }
  return {
    created: [...after.keys()].filter((id) => !before.has(id)),
    changed: [...after.keys()].filter(isChanged),
    deleted: [...before.keys()].filter((id) => !after.has(id)),
  }
}

/** `source` says where an object was written; `members` of groups are in the order of the files. */
function withoutPlaces(object: object): object {
  if ('members' in object && Array.isArray(object.members)) {
    return { ...object, members: [...(object.members as string[])].sort() }
  }
  if (!('source' in object)) return object
  const { source: _, ...rest } = object
  return rest
}

/** JSON with sorted keys. Objects that many share are written once and kept. */
class CanonicalWriter {
  readonly #shared = new WeakMap<object, string>()

  textOf(value: unknown): string {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
    if (!Object.isFrozen(value)) return this.#write(value)
    const known = this.#shared.get(value)
    if (known !== undefined) return known
    const text = this.#write(value)
    this.#shared.set(value, text)
    return text
  }

  #write(value: object): string {
    if (Array.isArray(value)) return `[${value.map((item) => this.textOf(item)).join()}]`
    const record = value as Record<string, unknown>
    const members = Object.keys(record)
      .filter((key) => record[key] !== undefined)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${this.textOf(record[key])}`)
    return `{${members.join()}}`
  }
}
