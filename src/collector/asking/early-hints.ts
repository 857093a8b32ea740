import type { CheckId } from '../../domain/check-id.ts'
import type { Hints } from '../../wire/asking.ts'
import { HINTED_MAX } from '../../wire/asking.ts'

/** A run that waits for so long is worth asking others about. */
export const HINT_AFTER_MS = 3_000

/** Which runs of checks that others observe too wait for an answer. Each is told of once. Pure: times are arguments, on the monotonic clock. */
export class EarlyHints {
  /** In the order of their starts. */
  readonly #startedMs = new Map<CheckId, number>()
  readonly #tell: (runs: Hints['runs']) => void

  constructor(tell: (runs: Hints['runs']) => void) {
    this.#tell = tell
  }

  /** When to call `tick` next. */
  get dueMs(): number {
    for (const startedMs of this.#startedMs.values()) return startedMs + HINT_AFTER_MS
    return Number.POSITIVE_INFINITY
  }

  started(id: CheckId, nowMs: number): void {
    this.#startedMs.delete(id)
    this.#startedMs.set(id, nowMs)
  }

  ended(id: CheckId): void {
    this.#startedMs.delete(id)
  }

  /** Of very many at once the first are told of: then the observer itself is the problem. */
  tick(nowMs: number): void {
    const runs: Hints['runs'] = []
    for (const [checkId, startedMs] of this.#startedMs) {
      const waitedMs = nowMs - startedMs
      if (waitedMs < HINT_AFTER_MS) break
      this.#startedMs.delete(checkId)
      if (runs.length < HINTED_MAX) runs.push({ checkId, waitedMs })
    }
    if (runs.length > 0) this.#tell(runs)
  }
}
