import type { Clock } from '../base/clock.ts'
import type { PendingEffects } from './pending-effects.ts'
import type { StoreCommit } from './store-commit.ts'

export interface StoreWriterSettings {
  /** Results in one transaction; heavy ones count several times. */
  readonly commitMax: number
  /** How long the first result of a transaction waits for company. */
  readonly gatherMs: number
  /** Pauses while the store is unavailable: doubled from the first to the longest. */
  readonly retryFirstMs: number
  readonly retryMaxMs: number
}

/** Writes what is pending, one transaction at a time. */
export interface StoreWriter {
  /** There is something to write. */
  wake(): void
  /** Ends once stopped; rejects on our own bugs, never because the store is unavailable. */
  readonly finished: Promise<void>
  /** Writes what is pending unless the store is unavailable, then ends. */
  stop(): Promise<void>
}

export function startStoreWriter(
  commit: StoreCommit,
  pending: PendingEffects,
  clock: Clock,
  settings: StoreWriterSettings,
): StoreWriter {
  const stopping = new AbortController()
  let gathered = new AbortController()
  let woken = Promise.withResolvers<void>()

  const work = async (): Promise<void> => {
    woken = Promise.withResolvers()
    if (pending.weight === 0 && !stopping.signal.aborted) await woken.promise
  }
  const gather = async (): Promise<void> => {
    const isEnough = pending.weight >= settings.commitMax
    if (!isEnough) await clock.sleep(settings.gatherMs, gathered.signal)
    gathered = new AbortController()
  }
  const run = async (): Promise<void> => {
    let retryMs = settings.retryFirstMs
    while (!stopping.signal.aborted) {
      await work()
      await gather()
      if (await commit.next(settings.commitMax)) {
        retryMs = settings.retryFirstMs
        continue
      }
      await clock.sleep(retryMs, stopping.signal)
      retryMs = Math.min(retryMs * 2, settings.retryMaxMs)
    }
    while (pending.weight > 0 && (await commit.next(settings.commitMax)));
  }
  const finished = run()
  return {
    wake() {
      woken.resolve()
      if (pending.weight >= settings.commitMax) gathered.abort()
    },
    finished,
    async stop() {
      stopping.abort()
      gathered.abort()
      woken.resolve()
      await finished
    },
  }
}
