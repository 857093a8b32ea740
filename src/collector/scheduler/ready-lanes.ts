import { LANES, type Columns } from './columns.ts'

/**
 * Checks that are due and wait for a slot, in order of due time, one lane per kind so that a kind without slots holds up no other.
 * Linked lists over the columns: bounded, because every check is in it at most once. Owns `position` and `next` of its rows.
 */
export class ReadyLanes {
  readonly #columns: Columns
  readonly #heads = new Int32Array(LANES).fill(-1)
  readonly #tails = new Int32Array(LANES).fill(-1)
  #size = 0

  constructor(columns: Columns) {
    this.#columns = columns
  }

  get size(): number {
    return this.#size
  }

  push(row: number): void {
    const { lane: lanes, position, next } = this.#columns
    const lane = lanes[row] as number
    const tail = this.#tails[lane] as number
    position[row] = tail
    next[row] = -1
    if (tail < 0) this.#heads[lane] = row
    else next[tail] = row
    this.#tails[lane] = row
    this.#size++
  }

  remove(row: number): void {
    const { lane: lanes, position, next } = this.#columns
    const lane = lanes[row] as number
    const before = position[row] as number
    const behind = next[row] as number
    if (before < 0) this.#heads[lane] = behind
    else next[before] = behind
    if (behind < 0) this.#tails[lane] = before
    else position[behind] = before
    this.#size--
  }

  /** The row that is due longest in a lane whose bit in `blocked` is not set; -1: none. */
  oldest(blocked: number): number {
    const { dueAt } = this.#columns
    let oldest = -1
    for (let lane = 0; lane < LANES; lane++) {
      const head = this.#heads[lane] as number
      if (head < 0 || (blocked & (1 << lane)) !== 0) continue
      if (oldest < 0 || (dueAt[head] as number) < (dueAt[oldest] as number)) oldest = head
    }
    return oldest
  }
}
