import type { Clock } from '../../base/clock.ts'

/** Something that must end in time. */
export interface Deadlined {
  /** Bucket it is in; owned by `Deadlines`. */
  deadlineBucket: number
}

/**
 * Watches many deadlines with one timer: whatever falls due within the same tenth of a second is told together, at most that much late.
 */
export class Deadlines<T extends Deadlined> {
  static readonly stepMs = 100
  readonly #clock: Clock
  readonly #overdue: (item: T) => void
  readonly #buckets = new Map<number, Set<T>>()
  #swept: number
  #cancelTimer: (() => void) | undefined

  constructor(clock: Clock, overdue: (item: T) => void) {
    this.#clock = clock
    this.#overdue = overdue
    this.#swept = this.#bucketOf(0)
  }

  add(item: T, inMs: number): void {
    const bucket = this.#bucketOf(inMs) + 1
    item.deadlineBucket = bucket
    const set = this.#buckets.get(bucket)
    if (set === undefined) this.#buckets.set(bucket, new Set([item]))
    else set.add(item)
    if (this.#cancelTimer === undefined) {
      this.#swept = this.#bucketOf(0) - 1
      this.#arm()
    }
  }

  remove(item: T): void {
    const set = this.#buckets.get(item.deadlineBucket)
    set?.delete(item)
    if (set?.size === 0) this.#buckets.delete(item.deadlineBucket)
  }

  close(): void {
    this.#cancelTimer?.()
    this.#buckets.clear()
  }

  #bucketOf(inMs: number): number {
    return Math.floor((this.#clock.monotonicMs() + inMs) / Deadlines.stepMs)
  }

  #arm(): void {
    this.#cancelTimer = this.#clock.timer(Deadlines.stepMs, () => this.#sweep())
  }

  #sweep(): void {
    const until = this.#bucketOf(0)
    for (let bucket = this.#swept + 1; bucket <= until; bucket++) {
      const due = this.#buckets.get(bucket)
      if (due === undefined) continue
      this.#buckets.delete(bucket)
      for (const item of due) this.#overdue(item)
    }
    this.#swept = until
    this.#cancelTimer = undefined
    if (this.#buckets.size > 0) this.#arm()
  }
}
