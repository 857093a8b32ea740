import type { Clock } from '../../base/clock.ts'

const EVERY_MS = 500
const WINDOW_MS = 30_000

/** How late the event loop rang at most within the last half to whole minute. */
export interface LoopLag {
  readonly worstMs: number
  close(): void
}

/** One timer; a loop that is blocked rings it late. */
export function watchLoopLag(clock: Clock): LoopLag {
  let before = 0
  let current = 0
  let windowEndsMs = clock.monotonicMs() + WINDOW_MS
  let cancel: () => void
  const arm = (): void => {
    const dueMs = clock.monotonicMs() + EVERY_MS
    cancel = clock.timer(EVERY_MS, () => {
      const nowMs = clock.monotonicMs()
      if (nowMs >= windowEndsMs) {
        before = current
        current = 0
        windowEndsMs = nowMs + WINDOW_MS
      }
      current = Math.max(current, nowMs - dueMs)
      arm()
    })
  }
  arm()
  return {
    get worstMs() {
      return Math.max(before, current)
    },
    close: () => cancel(),
  }
}
