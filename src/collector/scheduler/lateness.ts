/** Upper bounds of the buckets grow by 5 %; the last holds everything above about 20 h. */
const GROWTH = 1.05
const BUCKETS = 360
const SLICE_MS = 10_000
const SLICES = 7

const LOG_GROWTH = Math.log(GROWTH)

/**
 * How late runs started, over the last minute (six to seven slices of ten seconds): quantiles within 5 %, in constant memory.
 */
export class Lateness {
  readonly #counts = new Uint32Array(SLICES * BUCKETS)
  #slice = 0

  record(lateMs: number, atMs: number): void {
    this.#turnTo(atMs)
    const at = (this.#slice % SLICES) * BUCKETS + bucketOf(lateMs)
    this.#counts[at] = (this.#counts[at] as number) + 1
  }

  /** ms; 0 when nothing started. `share` is 0.5 for the median. */
  quantile(share: number, atMs: number): number {
    this.#turnTo(atMs)
    let total = 0
    for (const count of this.#counts) total += count
    if (total === 0) return 0
    let left = Math.max(1, Math.ceil(total * share))
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      for (let slice = 0; slice < SLICES; slice++)
        left -= this.#counts[slice * BUCKETS + bucket] as number
      if (left <= 0) return upperBoundMs(bucket)
    }
    return upperBoundMs(BUCKETS - 1)
  }

  /** The clock stepped: what was recorded has no place any more. */
  reset(atMs: number): void {
    this.#counts.fill(0)
    this.#slice = Math.floor(atMs / SLICE_MS)
  }

  #turnTo(atMs: number): void {
    const slice = Math.floor(atMs / SLICE_MS)
    const stale = Math.min(slice - this.#slice, SLICES)
    for (let ago = 0; ago < stale; ago++) {
      const start = ((slice - ago) % SLICES) * BUCKETS
      this.#counts.fill(0, start, start + BUCKETS)
    }
    if (slice > this.#slice) this.#slice = slice
  }
}

function bucketOf(lateMs: number): number {
  if (lateMs < 1) return 0
  return Math.min(BUCKETS - 1, 1 + Math.floor(Math.log(lateMs) / LOG_GROWTH))
}

function upperBoundMs(bucket: number): number {
  return bucket === 0 ? 1 : GROWTH ** bucket
}
