import type { ActivationHead } from '../../wire/replication.ts'

type Link = Pick<ActivationHead, 'id' | 'parent' | 'epoch'>

/** Of what was active before `newest`, one after the other, as far as it is known; `newest` is in it. */
function lineOf(links: ReadonlyMap<string, Link>, newest: string): ReadonlySet<string> {
  const line = new Set<string>()
  for (let at: string | null = newest; at !== null && !line.has(at);) {
    const link = links.get(at)
    if (link === undefined) break
    line.add(at)
    at = link.parent
  }
  return line
}

/**
 * Activations that did not come to be followed by what is active: another hub had activated something else at the same time, and that won. Rule RP4.
 * Those that are older than everything that is known of the line are not judged.
 */
export function overtakenBy(links: readonly Link[], newest: string): ReadonlySet<string> {
  const known = new Map(links.map((link) => [link.id, link]))
  const line = lineOf(known, newest)
  const oldest = Math.min(...[...line].map((id) => known.get(id)?.epoch ?? Infinity))
  const isBeside = ({ id, epoch }: Link): boolean => !line.has(id) && epoch >= oldest
  return new Set(links.filter(isBeside).map(({ id }) => id))
}
