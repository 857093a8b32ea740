import type { Beat } from '../../wire/cluster.ts'
import type { Sharer } from './share-out.ts'

export interface OwnView {
  readonly id: string
  /** Who takes part, as we see it. */
  readonly sharers: readonly Sharer[]
  /** We know that we could not hear for a while. */
  readonly isWeak: boolean
}

/**
 * Whether another takes part, counts us out and is right: it, with those whom it counts, checks our hosts already. Then we stop and come anew. Who
 * knows that it did not hear gives way; else the smaller part does, and of equal parts the later by name: so exactly one of two does.
 */
export function yieldsTo({ collector, sharers }: Beat, own: OwnView): boolean {
  if (sharers === undefined || sharers.includes(own.id) || !sharers.includes(collector))
    return false
  if (own.isWeak) return true
  if (sharers.length !== own.sharers.length) return sharers.length > own.sharers.length
  return sharers.join(' ') < own.sharers.map(({ id }) => id).join(' ')
}
