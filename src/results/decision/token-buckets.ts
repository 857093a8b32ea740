/** How many questions each observer may be asked: a bucket each, filled at a steady rate. */
export class TokenBuckets {
  readonly #tokens: Float64Array
  readonly #capacity: number
  readonly #perMs: number
  #filledAt: number | undefined

  /** @param tokens what is in each at first */
  constructor(tokens: Float64Array, capacity: number, perSecond: number) {
    this.#tokens = tokens.slice()
    this.#capacity = capacity
    this.#perMs = perSecond / 1000
  }

  fill(now: number): void {
    const passed = now - (this.#filledAt ?? now)
    if (passed < 0) return
    this.#filledAt = now
    for (const [observer, tokens] of this.#tokens.entries())
      this.#tokens[observer] = Math.min(this.#capacity, tokens + passed * this.#perMs)
  }

  /** A copy. */
  left(): Float64Array {
    return this.#tokens.slice()
  }

  has(observer: number): boolean {
    return (this.#tokens[observer] as number) >= 1
  }

  /** @returns false when there is none */
  take(observer: number): boolean {
    if (!this.has(observer)) return false
    this.#tokens[observer] = (this.#tokens[observer] as number) - 1
    return true
  }
}
