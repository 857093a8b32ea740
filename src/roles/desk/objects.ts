import { hashOf, textOfObject } from '../../configuration/desired.ts'
import { MASK } from '../../configuration/expansion.ts'
import { objectFaults } from '../../configuration/object-faults.ts'
import type { ConfigurationDesk, ObjectChange, ObjectOutcome } from '../../web/ports.ts'
import type { ConfigurationObject } from '../../wire/api/configuration.ts'
import type { DeskParts } from './parts.ts'
import { API_OWNER } from './works.ts'

/** Objects that the hub keeps itself. A change waits for an apply. */
export function createObjectDesk({
  store,
  clock,
}: DeskParts): Pick<ConfigurationDesk, 'objects' | 'object' | 'put' | 'remove'> {
  const write = async (
    { kind, name, managedBy, force }: Omit<ObjectChange, 'value'>,
    written: { readonly hash: string; readonly text: string; readonly value: unknown } | undefined,
    author: string,
  ): Promise<ObjectOutcome> => {
    const before = await store.object(kind, name)
    if (before === undefined && written === undefined) return { kind: 'unknown' }
    // Forced without a name for its owner, it stays that owner's, and drifts.
    const owner = managedBy ?? (force ? before?.managedBy : undefined) ?? API_OWNER
    const isOfOwner = managedBy !== undefined || owner === API_OWNER
    const changed = await store.write({
      write: { kind, name, managedBy: owner, written, isOfOwner },
      author,
      at: clock.now(),
      expectedOwner: force ? undefined : owner,
    })
    if (changed !== undefined) return { kind: 'done', object: masked(changed) }
    const now = await store.object(kind, name)
    return { kind: 'owned', managedBy: now?.managedBy ?? owner }
  }
  return {
    async objects({ limit, ...query }) {
      const found = await store.objects({ ...query, limit: limit + 1 })
      const listed = found.slice(0, limit)
      const last = listed.at(-1)
      return {
        objects: listed.map(masked),
        nextAfter: found.length > limit && last !== undefined ? `${last.kind}/${last.name}` : null,
      }
    },
    async object(kind, name) {
      const found = await store.object(kind, name)
      return found === undefined ? undefined : masked(found)
    },
    async put({ value, ...change }, author) {
      const problems = objectFaults(change.kind, change.name, value)
      if (problems.length > 0) return { kind: 'invalid', problems }
      const text = textOfObject(change.kind, change.name, value)
      return write(change, { hash: hashOf(text), text, value }, author)
    },
    remove: (change, author) => write(change, undefined, author),
  }
}

/** Where a secret is read is no secret. */
function masked(object: ConfigurationObject): ConfigurationObject {
  const isRead = typeof object.value === 'object'
  return object.kind !== 'secrets' || isRead ? object : { ...object, value: MASK }
}
