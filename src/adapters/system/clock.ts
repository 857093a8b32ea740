import { performance } from 'node:perf_hooks'
import type { Clock } from '../../base/clock.ts'
import { instant } from '../../base/instant.ts'

/** The machine's own clock. Together with this file's tests the only owner of `Date.now` and timers. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve()
      const wake = (): void => {
        clearTimeout(handle)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const handle = setTimeout(wake, ms)
      signal?.addEventListener('abort', wake, { once: true })
    }),
  timer(ms, run) {
    const handle = setTimeout(run, ms)
    return () => clearTimeout(handle)
  },
}
