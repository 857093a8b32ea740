import type { Origin } from './definitions.ts'
import type { Problems } from './problem.ts'

/** Each cycle once, as the way round it: `['a', 'b', 'a']`. Edges to names that are no keys lead nowhere. */
export function cyclesIn(
  edges: ReadonlyMap<string, readonly string[]>,
): readonly (readonly string[])[] {
  const cycles: string[][] = []
  const done = new Set<string>()
  for (const start of edges.keys()) {
    const path: string[] = []
    const onPath = new Set<string>()
    const pending: Step[] = done.has(start) ? [] : [{ name: start, isLeaving: false }]
    while (pending.length > 0) {
      const { name, isLeaving } = pending.pop() as Step
      if (isLeaving) {
        path.pop()
        onPath.delete(name)
        done.add(name)
        continue
      }
      if (onPath.has(name)) {
        cycles.push([...path.slice(path.indexOf(name)), name])
        continue
      }
      if (done.has(name)) continue
      path.push(name)
      onPath.add(name)
      pending.push({ name, isLeaving: true })
      for (const next of edges.get(name) ?? [])
        if (edges.has(next)) pending.push({ name: next, isLeaving: false })
    }
  }
  return cycles
}

interface Step {
  readonly name: string
  readonly isLeaving: boolean
}

/** Names each cycle at the first of its members. */
export function reportCycles(
  of: {
    readonly word: string
    readonly edges: ReadonlyMap<string, readonly string[]>
    readonly placeOf: (name: string) => ReturnType<Origin['place']> | undefined
  },
  problems: Problems,
): void {
  for (const cycle of cyclesIn(of.edges)) {
    const place = of.placeOf(cycle[0] as string)
    if (place !== undefined)
      problems.add(
        place,
        `${of.word} leads back to itself: ${cycle.join(' → ')}`,
        'remove one of these links',
      )
  }
}
