import { createHash, hash } from 'node:crypto'
import { DEFAULT_CLUSTER } from '../domain/cluster.ts'
import type { Fleet, Host } from '../domain/fleet.ts'

/** Letters of SHA-256 that name a revision. */
const REVISION_LENGTH = 12
/** Letters of SHA-256, base64, that stand for one object: 128 bits. */
const DIGEST_LENGTH = 22

/** Of each map of a fleet (`hosts`, `services` ...): every object as a short text; equal objects have equal ones. */
export type FleetDigests = ReadonlyMap<string, ReadonlyMap<string, string>>

/** The maps of a fleet by their names, whatever kinds there are. */
export function mapsOf(fleet: Fleet): readonly (readonly [string, ReadonlyMap<string, object>])[] {
  return Object.entries(fleet) as [string, ReadonlyMap<string, object>][]
}

/** An object that was digested before and is the same by identity costs nothing. */
export function digestsOf(fleet: Fleet): FleetDigests {
  return new Map(
    mapsOf(fleet).map(([kind, objects]) => {
      const digests = new Map<string, string>()
      for (const [id, object] of objects) digests.set(id, digestOf(object))
      return [kind, digests]
    }),
  )
}

/**
 * Names a fleet by its content: equal fleets have equal revisions, whatever files they were written in and in which order.
 * Where an object was written is no part of it.
 */
export function revisionOf(fleet: Fleet): string {
  return revisionOfDigests(digestsOf(fleet))
}

export function revisionOfDigests(digests: FleetDigests): string {
  const sum = createHash('sha256')
  for (const [kind, objects] of digests) {
    // A fleet that says nothing of clusters is named as it was before there were any.
    if (kind === 'clusters' && objects.size === 0) continue
    const lines = [...objects].map(([id, digest]) => `${id}\n${digest}\n`).sort()
    sum.update(`${kind}\n${lines.length}\n`).update(lines.join(''))
  }
  return sum.digest('hex').slice(0, REVISION_LENGTH)
}

const known = new WeakMap<object, string>()

export function digestOf(object: object): string {
  const before = known.get(object)
  if (before !== undefined) return before
  const digest = hash('sha256', canonicalText(object), 'base64url').slice(0, DIGEST_LENGTH)
  known.set(object, digest)
  return digest
}

/**
 * An object as text, without the place where it was written. `compile` gives keys one order (records of variables, options and
 * environments are sorted), so that plain JSON is canonical; only members of groups come in the order of the files.
 */
function canonicalText(object: object): string {
  if ('members' in object && Array.isArray(object.members)) {
    return JSON.stringify({ ...object, members: [...(object.members as string[])].sort() })
  }
  if (!('source' in object)) return JSON.stringify(object)
  return JSON.stringify({ ...object, source: undefined, ...unsaidOf(object) })
}

/** Hosts that say nothing of clusters, further observers and sites are named as they were before there were any. */
function unsaidOf(object: object): object {
  if (!('observers' in object)) return {}
  const { cluster, observers, site } = object as Pick<Host, 'cluster' | 'observers' | 'site'>
  return {
    ...(cluster === DEFAULT_CLUSTER ? { cluster: undefined } : {}),
    ...(observers.length === 1 ? { observers: undefined } : {}),
    ...(site === '' ? { site: undefined } : {}),
  }
}
