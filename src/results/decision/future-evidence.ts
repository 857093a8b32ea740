import type { Evidence } from './evidence.ts'

/** Results that say they begin later than now; so many are held, those furthest ahead are given up. */
export const FUTURE_MAX = 10_000

/** Held until their time comes, never folded in early. In the order of their time; equal ones as they came. */
export class FutureEvidence {
  /** The next one last. */
  readonly #held: Evidence[] = []

  get size(): number {
    return this.#held.length
  }

  add(evidence: Evidence): void {
    const held = this.#held
    let low = 0
    let high = held.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((held[middle] as Evidence).at > evidence.at) low = middle + 1
      else high = middle
    }
    held.splice(low, 0, evidence)
    if (held.length > FUTURE_MAX) held.shift()
  }

  /** The next one whose time has come. */
  next(now: number): Evidence | undefined {
    const last = this.#held.at(-1)
    return last !== undefined && last.at <= now ? this.#held.pop() : undefined
  }

  /** In the order of their time. */
  all(): readonly Evidence[] {
    return this.#held.toReversed()
  }
}
