import type { Clock } from '../src/base/clock.ts'
import { instant } from '../src/base/instant.ts'

export interface TestClock extends Clock {
  /** Time goes on; timers that are due on the way run in order. */
  pass(ms: number): void
  /** The wall clock steps; the monotonic one does not. */
  step(ms: number): void
}

/** A clock that goes when it is told to. Begins at noon on 1 June 2027, UTC. */
export function createTestClock(): TestClock {
  let offset = Date.parse('2027-06-01T12:00:00Z')
  let monotonic = 0
  let timers: { readonly at: number; readonly run: () => void }[] = []
  const timer = (ms: number, run: () => void): (() => void) => {
    const entry = { at: monotonic + ms, run }
    timers.push(entry)
    return () => void (timers = timers.filter((other) => other !== entry))
  }
  return {
    now: () => instant(offset + monotonic),
    monotonicMs: () => monotonic,
    timer,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve()
        timer(ms, resolve)
        signal?.addEventListener('abort', () => resolve(), { once: true })
      }),
    pass(ms) {
      const end = monotonic + ms
      for (;;) {
        const next = timers.toSorted((a, b) => a.at - b.at)[0]
        if (next === undefined || next.at > end) break
        timers = timers.filter((other) => other !== next)
        monotonic = next.at
        next.run()
      }
      monotonic = end
    },
    step: (ms) => void (offset += ms),
  }
}
