import type { Clock } from '../../base/clock.ts'
import type { CheckResult } from '../../domain/check-result.ts'
import type { PassiveResults } from '../../wire/subjects.ts'
import { OutboxUnavailable } from '../ports.ts'
import type { Sender } from './sender.ts'
import type { Spool } from './spool.ts'

/** Gives results their ids and writes them to the spool in batches: not one transaction per result, but one per `flushMs`. */
export interface ResultBuffer {
  add(result: NewResult): void
  /** Resolves once they survive the loss of power; rejects with `OutboxUnavailable` when they are not kept. */
  addPassive(results: PassiveResults['results']): Promise<void>
  /** Everything of `boot` up to `seq` may leave the spool: all hubs hold it. */
  noteWatermark(boot: string, seq: number): void
  flush(): void
  flushIfFull(): void
  releaseNow(): void
  tick(): void
  /** When to call `tick` next, on the monotonic clock. */
  readonly dueMs: number
  /** Results that got an id. */
  readonly total: number
}

export type NewResult = Omit<CheckResult, 'collector' | 'boot' | 'seq'>

export interface ResultBufferParts {
  readonly name: string
  readonly boot: string
  readonly spool: Spool
  readonly sender: Sender
  readonly clock: Clock
  readonly settings: {
    readonly flushMs: number
    readonly batchMax: number
    readonly publishMax: number
  }
}

/** Somebody waits for a passive result: others that come within this time share the transaction. */
const PASSIVE_FLUSH_MS = 1
/** Watermarks are written so often: what they free is only needed after a restart. */
const RELEASE_MS = 500
/** A hub may confirm at once what an outage of another has kept: it goes bit by bit. */
const RELEASE_MORE_MS = 50
/** Boots whose watermarks are remembered; one at a time is in use. */
const BOOTS_MAX = 64

export function createResultBuffer(parts: ResultBufferParts): ResultBuffer {
  return new BatchingBuffer(parts)
}

class BatchingBuffer implements ResultBuffer {
  readonly #parts: ResultBufferParts
  /** The newest of each boot, and the boots whose one is not in the spool yet. */
  readonly #watermarks = new Map<string, number>()
  readonly #unreleased = new Set<string>()
  #pending: CheckResult[] = []
  #senders: PromiseWithResolvers<void>[] = []
  #releaseDueMs = 0
  #seq = 0
  #flushDueMs = Number.POSITIVE_INFINITY

  constructor(parts: ResultBufferParts) {
    this.#parts = parts
  }

  get dueMs(): number {
    return this.#unreleased.size > 0
      ? Math.min(this.#flushDueMs, this.#releaseDueMs)
      : this.#flushDueMs
  }

  get total(): number {
    return this.#seq
  }

  add(result: NewResult): void {
    const { name, boot, settings } = this.#parts
    // Key order as in the type: all results have the same shape, which keeps them small and fast.
    const { checkId, origin, dueAt, startedAt, finishedAt, outcome } = result
    this.#pending.push({
      collector: name,
      boot,
      seq: ++this.#seq,
      checkId,
      origin,
      dueAt,
      startedAt,
      finishedAt,
      outcome,
    })
    this.#flushWithin(settings.flushMs)
  }

  addPassive(results: PassiveResults['results']): Promise<void> {
    if (this.#parts.spool.isDegraded)
      return Promise.reject(new OutboxUnavailable('the outbox is unavailable'))
    for (const { checkId, startedAt, finishedAt, outcome } of results) {
      const times = { dueAt: startedAt, startedAt, finishedAt }
      this.add({ checkId, origin: 'passive', ...times, outcome })
    }
    this.#flushWithin(PASSIVE_FLUSH_MS)
    const sender = Promise.withResolvers<void>()
    this.#senders.push(sender)
    return sender.promise
  }

  noteWatermark(boot: string, seq: number): void {
    if (seq <= (this.#watermarks.get(boot) ?? 0)) return
    this.#watermarks.delete(boot)
    this.#watermarks.set(boot, seq)
    this.#unreleased.add(boot)
    if (this.#watermarks.size > BOOTS_MAX) {
      this.releaseNow()
      this.#watermarks.delete(this.#watermarks.keys().next().value as string)
    }
  }

  flushIfFull(): void {
    if (this.#pending.length >= this.#parts.settings.batchMax) this.flush()
  }

  tick(): void {
    const { spool, sender, clock } = this.#parts
    const now = clock.monotonicMs()
    if (now >= this.#flushDueMs) this.flush()
    if (spool.retry()) sender.replay()
    if (this.#unreleased.size > 0 && now >= this.#releaseDueMs) this.releaseNow()
  }

  releaseNow(): void {
    const { spool, clock } = this.#parts
    let isDone = true
    for (const boot of this.#unreleased) {
      isDone = spool.release(boot, this.#watermarks.get(boot) ?? 0)
      if (!isDone) break
      this.#unreleased.delete(boot)
    }
    this.#releaseDueMs = clock.monotonicMs() + (isDone ? RELEASE_MS : RELEASE_MORE_MS)
  }

  flush(): void {
    const { publishMax } = this.#parts.settings
    const pending = this.#pending
    const senders = this.#senders
    this.#pending = []
    this.#senders = []
    this.#flushDueMs = Number.POSITIVE_INFINITY
    let failure: OutboxUnavailable | undefined
    for (let from = 0; from < pending.length; from += publishMax) {
      const batch = pending.length <= publishMax ? pending : pending.slice(from, from + publishMax)
      failure = this.#store(batch) ?? failure
    }
    if (senders.length === 0) return
    const kept = failure === undefined ? this.#parts.spool.sync() : Promise.reject(failure)
    for (const sender of senders) sender.resolve(kept)
  }

  /** Passive results that could not be written are refused; those of checks nobody would send again. */
  #store(batch: readonly CheckResult[]): OutboxUnavailable | undefined {
    const { spool, sender } = this.#parts
    try {
      sender.offer(batch, spool.append(batch))
      return undefined
    } catch (error) {
      if (!(error instanceof OutboxUnavailable)) throw error
      const own = batch.filter((result) => result.origin !== 'passive')
      if (own.length > 0) sender.offer(own, spool.hold(own))
      return error
    }
  }

  #flushWithin(ms: number): void {
    const at = this.#parts.clock.monotonicMs() + ms
    if (at < this.#flushDueMs) this.#flushDueMs = at
  }
}
