import { LANES, type LaneName, type Lanes } from './lanes.ts'

type Order = Lanes['ids']

export interface Difference {
  /** Rows that are not on the screen yet. */
  readonly added: number
  /** Rows that belong elsewhere: another lane, another place, or off the list. */
  readonly moved: number
}

/** What applying the newest order would do to the one on the screen. */
export function differenceOf(shown: Order, newest: Order): Difference {
  const laneShown = laneById(shown)
  const laneNewest = laneById(newest)
  let added = 0
  let moved = 0
  for (const id of laneNewest.keys()) if (!laneShown.has(id)) added++
  for (const [id, lane] of laneShown) if (laneNewest.get(id) !== lane) moved++
  for (const lane of LANES) {
    const placeShown = new Map(shown[lane].map((id, place) => [id, place]))
    const places = newest[lane].flatMap((id) => placeShown.get(id) ?? [])
    moved += places.length - longestRise(places)
  }
  return { added, moved }
}

function laneById(order: Order): Map<string, LaneName> {
  return new Map(LANES.flatMap((lane) => order[lane].map((id) => [id, lane] as const)))
}

/** Length of the longest increasing subsequence: so many rows need not move. Patience sorting, n log n. */
function longestRise(values: readonly number[]): number {
  const tails: number[] = []
  for (const value of values) {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((tails[middle] ?? 0) < value) low = middle + 1
      else high = middle
    }
    tails[low] = value
  }
  return tails.length
}
