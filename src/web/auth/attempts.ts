import type { Instant } from '../../base/instant.ts'

/** Counts failures per key in windows of fixed length, for at most `keysMax` keys (the longest unseen goes first). */
export interface Attempts {
  /** Seconds until `key` may try again; `undefined`: now. */
  blockedForSeconds(key: string, now: Instant): number | undefined
  fail(key: string, now: Instant): void
  clear(key: string): void
}

export interface AttemptsPolicy {
  readonly failuresMax: number
  readonly windowMs: number
  readonly keysMax: number
}

export function createAttempts({ failuresMax, windowMs, keysMax }: AttemptsPolicy): Attempts {
  const windows = new Map<string, { readonly since: Instant; failures: number }>()
  const windowOf = (key: string, now: Instant) => {
    const window = windows.get(key)
    if (window === undefined) return undefined
    if (now - window.since < windowMs) return window
    windows.delete(key)
    return undefined
  }
  return {
    blockedForSeconds(key, now) {
      const window = windowOf(key, now)
      if (window === undefined || window.failures < failuresMax) return undefined
      return Math.ceil((window.since + windowMs - now) / 1000)
    },
    fail(key, now) {
      const window = windowOf(key, now) ?? { since: now, failures: 0 }
      window.failures++
      windows.delete(key)
      windows.set(key, window)
      if (windows.size <= keysMax) return
      const oldest = windows.keys().next().value
      if (oldest !== undefined) windows.delete(oldest)
    },
    clear: (key) => void windows.delete(key),
  }
}
