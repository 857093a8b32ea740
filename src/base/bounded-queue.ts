import { assert } from './assert.ts'

/** First in, first out, with a bound: `push` says `false` when full and the caller decides what gives way. */
export class BoundedQueue<T> {
  readonly #max: number
  #items: T[] = []
  #head = 0

  constructor(max: number) {
    assert(max > 0, 'a queue needs room')
    this.#max = max
  }

  get size(): number {
    return this.#items.length - this.#head
  }

  get isFull(): boolean {
    return this.size >= this.#max
  }

  push(item: T): boolean {
    if (this.isFull) return false
    this.#items.push(item)
    return true
  }

  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head] = undefined as T
    this.#head++
    this.#compactWhenSparse()
    return item
  }

  /** Up to `max` items, oldest first. */
  take(max: number): T[] {
    const end = Math.min(this.#items.length, this.#head + max)
    const taken = this.#items.slice(this.#head, end)
    this.#items.fill(undefined as T, this.#head, end)
    this.#head = end
    this.#compactWhenSparse()
    return taken
  }

  #compactWhenSparse(): void {
    if (this.#head < 1024 || this.#head * 2 < this.#items.length) return
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }
}
