import type { Arrival } from './trace/arrivals.ts'

/** Answers on their way to a hub, the next one first; of those that arrive at once the one that was asked for first. */
export class Answers {
  readonly #heap: { readonly arrival: Arrival; readonly order: number }[] = []
  #asked = 0

  get nextAt(): number {
    return this.#heap[0]?.arrival.arrivesAt ?? Number.POSITIVE_INFINITY
  }

  add(arrival: Arrival): void {
    const heap = this.#heap
    const entry = { arrival, order: this.#asked++ }
    heap.push(entry)
    let place = heap.length - 1
    while (place > 0) {
      const above = (place - 1) >> 1
      if (isBefore(heap[above], entry)) break
      heap[place] = heap[above] ?? entry
      place = above
    }
    heap[place] = entry
  }

  take(): Arrival | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first?.arrival
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      const below = isBefore(heap[left + 1], heap[left]) ? left + 1 : left
      const other = heap[below]
      if (other === undefined || isBefore(last, other)) break
      heap[place] = other
      place = below
    }
    heap[place] = last
    return first.arrival
  }
}

type Entry = { readonly arrival: Arrival; readonly order: number }

function isBefore(a: Entry | undefined, b: Entry | undefined): boolean {
  if (a === undefined) return false
  if (b === undefined) return true
  const byTime = a.arrival.arrivesAt - b.arrival.arrivesAt
  return byTime < 0 || (byTime === 0 && a.order < b.order)
}
