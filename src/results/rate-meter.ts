/** How many per second, over the last whole seconds. */
const SECONDS = 10

export interface RateMeter {
  add(count: number, nowMs: number): void
  /** Mean of the last ten whole seconds; the running second is left out. */
  perSecond(nowMs: number): number
}

/** Times are of a clock that never steps back. */
export function createRateMeter(): RateMeter {
  const counts = Array.from<number>({ length: SECONDS + 1 }).fill(0)
  let second = 0
  const turnTo = (nowMs: number): void => {
    const now = Math.floor(nowMs / 1000)
    for (let s = Math.max(second, now - counts.length) + 1; s <= now; s++)
      counts[s % counts.length] = 0
    second = Math.max(second, now)
  }
  return {
    add(count, nowMs) {
      turnTo(nowMs)
      counts[second % counts.length] = (counts[second % counts.length] ?? 0) + count
    },
    perSecond(nowMs) {
      turnTo(nowMs)
      const running = counts[second % counts.length] ?? 0
      return (counts.reduce((sum, count) => sum + count, 0) - running) / SECONDS
    },
  }
}
