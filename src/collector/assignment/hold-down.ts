/** How often a collector was lost lately. It is forgiven one loss for every quiet `FORGIVE_MS`. */
export interface Flaps {
  readonly count: number
  /** Of the last one; on whatever clock the caller keeps to. */
  readonly at: number
}

export const NO_FLAPS: Flaps = { count: 0, at: 0 }

const FIRST_MS = 5_000
const MAX_MS = 300_000
const FORGIVE_MS = 600_000
/** More make no difference. */
const COUNT_MAX = 12

export function flapped(before: Flaps, at: number): Flaps {
  return { count: Math.min(COUNT_MAX, countAt(before, at) + 1), at }
}

/** How long a collector that was lost waits before it has hosts again: 5 s, twice as long each time, 5 minutes at most. */
export function holdDownMs(flaps: Flaps, at: number): number {
  const count = countAt(flaps, at)
  return count === 0 ? 0 : Math.min(MAX_MS, FIRST_MS * 2 ** (count - 1))
}

function countAt({ count, at: lastAt }: Flaps, at: number): number {
  return Math.max(0, count - Math.floor(Math.max(0, at - lastAt) / FORGIVE_MS))
}
