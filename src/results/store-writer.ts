import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { IntakeNumbers } from './intake-metrics.ts'
import type { PendingEffects } from './pending-effects.ts'
import { StoreUnavailable, type ResultStore } from './ports.ts'
import { createStoreOutage } from './store-outage.ts'
import type { Watermark } from '../wire/subjects.ts'

export interface StoreWriterParts {
  readonly store: ResultStore
  readonly pending: PendingEffects
  readonly clock: Clock
  readonly log: Log
  readonly numbers: IntakeNumbers
  /** Called after each commit with the marks it made durable. */
  readonly committed: (watermarks: readonly Watermark[]) => void
  readonly settings: StoreWriterSettings
}

export interface StoreWriterSettings {
  /** Results in one transaction, about. */
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
  /** `ok`, or since when and why the store is unavailable. */
  readonly status: string
  /** Ends once stopped; rejects on our own bugs, never because the store is unavailable. */
  readonly finished: Promise<void>
  /** Writes what is pending unless the store is unavailable, then ends. */
  stop(): Promise<void>
}

export function startStoreWriter(parts: StoreWriterParts): StoreWriter {
  const { store, pending, clock, log, numbers, settings } = parts
  const stopping = new AbortController()
  const outage = createStoreOutage(clock, log)
  let gathered = new AbortController()
  let woken = Promise.withResolvers<void>()

  const commitOnce = async (): Promise<void> => {
    const commit = pending.peek(settings.commitMax)
    if (commit === undefined) return
    const from = clock.monotonicMs()
    await store.commit(commit.effects)
    numbers.lastCommitMs = clock.monotonicMs() - from
    numbers.commitMs += numbers.lastCommitMs
    numbers.commits++
    pending.drop(commit)
    parts.committed(commit.effects.watermarks)
  }
  const tryToCommit = async (): Promise<boolean> => {
    try {
      await commitOnce()
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      numbers.commitFailures++
      outage.begin(error)
      return false
    }
    outage.end()
    return true
  }
  const work = async (): Promise<void> => {
    woken = Promise.withResolvers()
    if (pending.results === 0 && !stopping.signal.aborted) await woken.promise
  }
  const run = async (): Promise<void> => {
    let retryMs = settings.retryFirstMs
    while (!stopping.signal.aborted) {
      await work()
      if (pending.results < settings.commitMax) {
        await clock.sleep(settings.gatherMs, gathered.signal)
      }
      gathered = new AbortController()
      if (await tryToCommit()) {
        retryMs = settings.retryFirstMs
      } else {
        await clock.sleep(retryMs, stopping.signal)
        retryMs = Math.min(retryMs * 2, settings.retryMaxMs)
      }
    }
    while (pending.results > 0 && (await tryToCommit()));
  }
  const finished = run()
  return {
    wake() {
      woken.resolve()
      if (pending.results >= settings.commitMax) gathered.abort()
    },
    get status() {
      return outage.status
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
