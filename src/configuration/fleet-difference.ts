import type { Fleet } from '../domain/fleet.ts'
import { attributeChanges, type AttributeChange } from './attribute-changes.ts'
import { mapsOf, type FleetDigests } from './revision.ts'

/** What a new fleet changes: ids by the name of their map. Maps without a change are not in it. */
export type FleetDifference = ReadonlyMap<string, Changes>

export interface Changes {
  readonly created: readonly string[]
  readonly changed: readonly string[]
  readonly deleted: readonly string[]
}

export function differenceOf(before: FleetDigests, after: FleetDigests): FleetDifference {
  const kinds = new Set([...before.keys(), ...after.keys()])
  const difference = new Map<string, Changes>()
  for (const kind of kinds) {
    const changes = changesOf(before.get(kind) ?? new Map(), after.get(kind) ?? new Map())
    if (countOf(changes) > 0) difference.set(kind, changes)
  }
  return difference
}

function changesOf(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Changes {
  const created: string[] = []
  const changed: string[] = []
  const deleted: string[] = []
  for (const [id, digest] of after) {
    const earlier = before.get(id)
    if (earlier === undefined) created.push(id)
    else if (earlier !== digest) changed.push(id)
  }
  for (const id of before.keys()) if (!after.has(id)) deleted.push(id)
  return { created, changed, deleted }
}

function countOf({ created, changed, deleted }: Changes): number {
  return created.length + changed.length + deleted.length
}

/** Number of objects that are new, other than before, or gone. */
export function totalOf(difference: FleetDifference): number {
  return difference.values().reduce((sum, changes) => sum + countOf(changes), 0)
}

/** From one fleet to the next, map by map. */
export interface FleetDelta {
  readonly kind: string
  readonly upserted: ReadonlyMap<string, object>
  readonly deleted: readonly string[]
  /** All ids in their order, when some came or went. */
  readonly order: readonly string[] | undefined
}

/** The next fleet; what does not change is the same object as before. */
export function withDeltas(before: Fleet, deltas: readonly FleetDelta[]): Fleet {
  const maps = Object.fromEntries(mapsOf(before)) as Record<string, ReadonlyMap<string, object>>
  for (const { kind, upserted, deleted, order } of deltas) {
    const earlier = maps[kind] ?? new Map<string, object>()
    if (order === undefined) {
      const next = new Map(earlier)
      for (const id of deleted) next.delete(id)
      for (const [id, object] of upserted) next.set(id, object)
      maps[kind] = next
      continue
    }
    maps[kind] = new Map(
      order.flatMap((id) => {
        const object = upserted.get(id) ?? earlier.get(id)
        return object === undefined ? [] : [[id, object] as const]
      }),
    )
  }
  return maps as unknown as Fleet
}

/** The difference as people read it. Lists are cut at `LISTED_MAX` names; counts are whole. */
export interface KindChange {
  readonly kind: string
  readonly created: number
  readonly changed: number
  readonly deleted: number
  readonly objects: readonly ObjectChange[]
}

export interface ObjectChange {
  readonly name: string
  readonly change: 'created' | 'changed' | 'deleted'
  readonly attributes: readonly AttributeChange[]
  /** `file:line`, or empty. */
  readonly source: string
  readonly managedBy: string | null
}

export const LISTED_MAX = 1000

/**
 * One kind after the other: whoever must not be held up lets others have their turn in between.
 * @param ownerOf who manages what is written at `file:line`
 */
export function* kindChangesOf(
  difference: FleetDifference,
  { before, after }: { readonly before: Fleet; readonly after: Fleet },
  ownerOf: (source: string) => string | null,
): Iterable<KindChange> {
  const [earlier, later] = [new Map(mapsOf(before)), new Map(mapsOf(after))]
  for (const [kind, { created, changed, deleted }] of difference) {
    const all = [
      ...created.slice(0, LISTED_MAX).map((id) => ['created', id] as const),
      ...changed.slice(0, LISTED_MAX).map((id) => ['changed', id] as const),
      ...deleted.slice(0, LISTED_MAX).map((id) => ['deleted', id] as const),
    ].slice(0, LISTED_MAX)
    const objects = all.map(([change, id]): ObjectChange => {
      const [old, now] = [earlier.get(kind)?.get(id), later.get(kind)?.get(id)]
      const written = sourceOf(now ?? old)
      const attributes = old === undefined || now === undefined ? [] : attributeChanges(old, now)
      return { name: id, change, attributes, source: written, managedBy: ownerOf(written) }
    })
    yield {
      kind: singular(kind),
      created: created.length,
      changed: changed.length,
      deleted: deleted.length,
      objects,
    }
  }
}

function sourceOf(object: object | undefined): string {
  return object !== undefined && 'source' in object && typeof object.source === 'string'
    ? object.source
    : ''
}

/** `hostDependencies` is a list of `hostDependency`. */
function singular(kind: string): string {
  return kind.endsWith('ies') ? `${kind.slice(0, -3)}y` : kind.replace(/s$/, '')
}
