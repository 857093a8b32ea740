import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { IntakeNumbers } from './intake-metrics.ts'
import type { PendingCommit, PendingEffects } from './pending-effects.ts'
import { StoreUnavailable, type ResultStore, type StoredMark } from './ports.ts'
import { createStoreOutage } from './store-outage.ts'

export interface StoreCommitParts {
  readonly store: ResultStore
  readonly pending: PendingEffects
  readonly clock: Clock
  readonly log: Log
  readonly numbers: IntakeNumbers
  /** Called after each commit with the marks it made durable. Must not throw or block. */
  readonly committed: (watermarks: readonly StoredMark[]) => void
}

/** One transaction after the other, from what is pending. */
export interface StoreCommit {
  /** @returns false when the store is unavailable: then the same transaction is tried again next time */
  next(resultsMax: number): Promise<boolean>
  /** `ok`, or since when and why the store is unavailable. */
  readonly status: string
}

export function createStoreCommit(parts: StoreCommitParts): StoreCommit {
  const { store, pending, clock, numbers, committed } = parts
  const outage = createStoreOutage(clock, parts.log)
  /** Kept as it is while its outcome is unknown: the store knows it again by its marks. */
  let commit: PendingCommit | undefined

  const write = async ({ effects }: PendingCommit): Promise<void> => {
    const from = clock.monotonicMs()
    await store.commit(effects)
    numbers.lastCommitMs = clock.monotonicMs() - from
    numbers.commitMs += numbers.lastCommitMs
  }
  return {
    get status() {
      return outage.status
    },
    async next(resultsMax) {
      commit ??= pending.peek(resultsMax)
      if (commit === undefined) return true
      try {
        await write(commit)
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
        numbers.commitFailures++
        outage.begin(error)
        return false
      }
      outage.end()
      const { watermarks } = commit.effects
      pending.drop(commit)
      commit = undefined
      committed(watermarks)
      return true
    },
  }
}
