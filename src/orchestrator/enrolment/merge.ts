import type { EnrolledCollector } from './ports.ts'

export interface Merged {
  /** Collectors that are other here from now on. */
  readonly changed: readonly EnrolledCollector[]
  /** Keys that lost their name to another: two hubs let in two machines under it. */
  readonly shutOut: readonly string[]
}

/**
 * What this hub knows and what another says, brought together. Of two keys under one name the one that joined later has it; who was shut out
 * anywhere is shut out everywhere. The order in which hubs hear each other makes no difference in the end.
 */
export function mergeEnrolments(
  own: readonly EnrolledCollector[],
  theirs: readonly EnrolledCollector[],
): Merged {
  const known = new Map(own.map((collector) => [collector.id, collector]))
  const changed: EnrolledCollector[] = []
  const shutOut: string[] = []
  for (const other of theirs) {
    const mine = known.get(other.id)
    if (mine === undefined) changed.push(other)
    else if (mine.publicKey === other.publicKey) {
      if (mine.revokedAt === undefined && other.revokedAt !== undefined) changed.push(other)
    } else {
      const isTheirs = isLater(other, mine)
      const loser = isTheirs ? mine : other
      if (isTheirs) changed.push(other)
      if (loser.revokedAt === undefined) shutOut.push(loser.publicKey)
    }
  }
  return { changed, shutOut }
}

function isLater(a: EnrolledCollector, b: EnrolledCollector): boolean {
  return a.joinedAt === b.joinedAt ? a.publicKey > b.publicKey : a.joinedAt > b.joinedAt
}
