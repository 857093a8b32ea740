/** More are not told: one mended circle often mends the others. */
const CIRCLES_MAX = 20
/** A way round that is longer is shown cut. */
const SHOWN_MAX = 10

/**
 * Ways that lead back to themselves, each as the names round it; at most `CIRCLES_MAX`. Every edge is gone along once, so that the time is
 * bounded by their number, however many circles there are.
 */
export function circlesIn<N>(
  nodes: Iterable<N>,
  edgesOf: (node: N) => Iterable<N>,
): readonly (readonly N[])[] {
  const circles: (readonly N[])[] = []
  const done = new Set<N>()
  for (const start of nodes) {
    if (done.has(start)) continue
    const path: N[] = [start]
    const onPath = new Set<N>([start])
    const open: Iterator<N>[] = [edgesOf(start)[Symbol.iterator]()]
    while (open.length > 0) {
      const step = (open.at(-1) as Iterator<N>).next()
      if (step.done === true) {
        open.pop()
        const left = path.pop() as N
        onPath.delete(left)
        done.add(left)
      } else if (onPath.has(step.value)) {
        circles.push([...path.slice(path.indexOf(step.value)), step.value])
        if (circles.length >= CIRCLES_MAX) return circles
      } else if (!done.has(step.value)) {
        path.push(step.value)
        onPath.add(step.value)
        open.push(edgesOf(step.value)[Symbol.iterator]())
      }
    }
  }
  return circles
}

/** `a > b > a` */
export function shownCircle(names: readonly string[]): string {
  if (names.length <= SHOWN_MAX) return names.join(' > ')
  return `${names.slice(0, SHOWN_MAX - 1).join(' > ')} > ... > ${names.at(-1)}`
}
