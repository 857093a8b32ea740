import type { Columns } from './columns.ts'

/** Rows by due time, the earliest on top: a binary heap over the columns. Owns `position` of the rows in it. */
export class DueHeap {
  readonly #columns: Columns
  #rows: Int32Array
  #size = 0

  constructor(columns: Columns) {
    this.#columns = columns
    this.#rows = new Int32Array(columns.capacity)
  }

  get size(): number {
    return this.#size
  }

  /** The row that is due first, -1 when empty. */
  get top(): number {
    return this.#size === 0 ? -1 : (this.#rows[0] as number)
  }

  push(row: number): void {
    if (this.#size === this.#rows.length) {
      const wider = new Int32Array(this.#columns.capacity)
      wider.set(this.#rows)
      this.#rows = wider
    }
    this.#size++
    this.#up(this.#size - 1, row)
  }

  pop(): number {
    const row = this.top
    if (row >= 0) this.#takeOut(0)
    return row
  }

  remove(row: number): void {
    this.#takeOut(this.#columns.position[row] as number)
  }

  /** After the due times of many rows have changed. */
  rebuild(): void {
    for (let at = (this.#size >> 1) - 1; at >= 0; at--) this.#down(at, this.#rows[at] as number)
    for (let at = 0; at < this.#size; at++) this.#columns.position[this.#rows[at] as number] = at
  }

  #takeOut(at: number): void {
    this.#size--
    const last = this.#rows[this.#size] as number
    if (at === this.#size) return
    const { dueAt } = this.#columns
    const parent = this.#rows[(at - 1) >> 1] as number
    if (at > 0 && (dueAt[last] as number) < (dueAt[parent] as number)) this.#up(at, last)
    else this.#down(at, last)
  }

  #up(from: number, row: number): void {
    const rows = this.#rows
    const { dueAt, position } = this.#columns
    const due = dueAt[row] as number
    let at = from
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = rows[above] as number
      if ((dueAt[parent] as number) <= due) break
      rows[at] = parent
      position[parent] = at
      at = above
    }
    rows[at] = row
    position[row] = at
  }

  #down(from: number, row: number): void {
    const rows = this.#rows
    const { dueAt, position } = this.#columns
    const due = dueAt[row] as number
    let at = from
    for (let below = at * 2 + 1; below < this.#size; below = at * 2 + 1) {
      const right = below + 1
      if (
        right < this.#size &&
        (dueAt[rows[right] as number] as number) < (dueAt[rows[below] as number] as number)
      )
        below = right
      const child = rows[below] as number
      if ((dueAt[child] as number) >= due) break
      rows[at] = child
      position[child] = at
      at = below
    }
    rows[at] = row
    position[row] = at
  }
}
