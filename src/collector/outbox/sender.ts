import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { weightOfAll, type CheckResult } from '../../domain/check-result.ts'
import { BusUnavailable, type Bus } from '../../wire/bus.ts'
import { MESSAGE_VERSION, results as subjectOf } from '../../wire/subjects.ts'
import type { Spool } from './spool.ts'

/**
 * Publishes results in the order of their sequence, one batch at a time: a hub takes each watermark for everything before it, so
 * nothing may overtake. What was just stored goes from memory; what memory has not goes from the spool. Rules OB10 to OB12 of
 * docs/spec/outbox.md.
 */
export interface Sender {
  /** Results that the spool has just taken, up to `cursor`. */
  offer(results: readonly CheckResult[], cursor: number): void
  /** The hub's database has more than before. */
  progressed(): void
  /** Sends again all that waits. */
  replay(): void
  /** Begins with what an earlier boot has left; later looks whether a retry or a repetition is due. */
  tick(): void
  /** When to call `tick` next, on the monotonic clock. */
  readonly dueMs: number
  /** Resolves once all was sent, or the bus refused, or after so long. */
  drain(ms: number): Promise<void>
  close(): void
  readonly sent: number
}

export interface SenderParts {
  readonly collector: string
  readonly hub: string
  readonly bus: Bus
  readonly spool: Spool
  readonly clock: Clock
  readonly log: Log
  readonly settings: SenderSettings
  /** Nothing is being published any more: `dueMs` is another one. */
  readonly settled: () => void
  /** Our own bug: the collector has to end. */
  readonly crash: (error: unknown) => void
}

export interface SenderSettings {
  /** Results per message. */
  readonly publishMax: number
  /** Results that wait in memory to be sent, heavy ones counted several times; beyond it they are read from the spool when their turn comes. */
  readonly liveMax: number
  readonly retryFirstMs: number
  readonly retryMaxMs: number
  readonly resendAfterMs: number
  readonly resendMaxMs: number
}

interface Batch {
  readonly results: readonly CheckResult[]
  readonly cursor: number
}

export function createSender(parts: SenderParts): Sender {
  return new OrderedSender(parts)
}

class OrderedSender implements Sender {
  readonly #parts: SenderParts
  #live: Batch[] = []
  #liveWeight = 0
  /** Everything up to here was published since the start, or since the last replay. */
  #sentCursor = 0
  /** Counts replays: what was in flight when one began moves no cursor. */
  #epoch = 0
  #isReplaying = true
  #isPublishing = false
  #isClosed = false
  #retryAt = 0
  #retryMs: number
  #resendMs: number
  #movedAt: number
  #idle: (() => void)[] = []
  sent = 0

  constructor(parts: SenderParts) {
    this.#parts = parts
    this.#retryMs = parts.settings.retryFirstMs
    this.#resendMs = parts.settings.resendAfterMs
    this.#movedAt = parts.clock.monotonicMs()
  }

  get dueMs(): number {
    if (this.#isPublishing) return Number.POSITIVE_INFINITY
    if (this.#hasUnsent) return this.#retryAt
    return this.#parts.spool.waiting > 0 ? this.#movedAt + this.#resendMs : Number.POSITIVE_INFINITY
  }

  offer(results: readonly CheckResult[], cursor: number): void {
    if (!this.#isReplaying) {
      this.#live.push({ results, cursor })
      this.#liveWeight += weightOfAll(results)
      if (this.#liveWeight > this.#parts.settings.liveMax) this.#leaveMemory()
    }
    this.#wake()
  }

  progressed(): void {
    this.#movedAt = this.#parts.clock.monotonicMs()
    this.#resendMs = this.#parts.settings.resendAfterMs
  }

  replay(): void {
    this.#replayFrom(0)
    this.#wake()
  }

  tick(): void {
    const { clock, spool, log, settings } = this.#parts
    const now = clock.monotonicMs()
    const isStuck = now - this.#movedAt >= this.#resendMs
    if (isStuck && !this.#isPublishing && !this.#hasUnsent && spool.waiting > 0) {
      log.warn('results that were sent are not confirmed: sending them again', {
        waiting: spool.waiting,
        afterMs: this.#resendMs,
      })
      this.#movedAt = now
      this.#resendMs = Math.min(settings.resendMaxMs, this.#resendMs * 2)
      this.#replayFrom(0)
    }
    this.#wake()
  }

  async drain(ms: number): Promise<void> {
    if (!this.#isPublishing && !this.#hasUnsent) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#idle.push(resolve)
    const cancel = this.#parts.clock.timer(ms, resolve)
    this.#retryAt = 0
    this.#wake()
    await promise
    cancel()
  }

  close(): void {
    this.#isClosed = true
    this.#becomeIdle()
  }

  get #hasUnsent(): boolean {
    return this.#isReplaying || this.#live.length > 0
  }

  /** From here on the spool is read until there is nothing behind what was sent. */
  #leaveMemory(): void {
    this.#live = []
    this.#liveWeight = 0
    this.#isReplaying = true
  }

  #replayFrom(cursor: number): void {
    this.#leaveMemory()
    this.#sentCursor = cursor
    this.#epoch++
  }

  #wake(): void {
    if (this.#isPublishing || this.#isClosed || !this.#hasUnsent) return
    if (this.#parts.clock.monotonicMs() < this.#retryAt) return
    this.#isPublishing = true
    this.#publishAll().catch(this.#parts.crash)
  }

  async #publishAll(): Promise<void> {
    const { bus, collector, hub, clock } = this.#parts
    for (let batch = this.#next(); batch !== undefined; batch = this.#next()) {
      const { results, cursor } = batch
      const epoch = this.#epoch
      try {
        await bus.publish(subjectOf(hub, collector), {
          version: MESSAGE_VERSION,
          collector,
          results,
        })
      } catch (error) {
        this.#fail(error)
        break
      }
      // A replay that was asked for meanwhile begins where it says.
      if (this.#epoch === epoch) this.#sentCursor = cursor
      this.sent += results.length
      this.#succeed(clock.monotonicMs())
    }
    this.#isPublishing = false
    this.#becomeIdle()
    if (!this.#isClosed) this.#parts.settled()
  }

  #next(): Batch | undefined {
    if (this.#isClosed) return undefined
    const { spool, settings } = this.#parts
    if (this.#isReplaying) {
      const entries = spool.read(this.#sentCursor, settings.publishMax)
      const last = entries.at(-1)
      if (last !== undefined) {
        return { results: entries.map((entry) => entry.result), cursor: last.cursor }
      }
      this.#isReplaying = false
    }
    return this.#nextLive()
  }

  /** As many batches as fit into one message. */
  #nextLive(): Batch | undefined {
    const first = this.#live[0]
    if (first === undefined) return undefined
    let count = 0
    let taken = 0
    for (const { results } of this.#live) {
      if (taken > 0 && count + results.length > this.#parts.settings.publishMax) break
      count += results.length
      taken++
    }
    const batches = this.#live.splice(0, taken)
    for (const { results } of batches) this.#liveWeight -= weightOfAll(results)
    const last = batches.at(-1) ?? first
    if (taken === 1) return first
    return { results: batches.flatMap((batch) => batch.results), cursor: last.cursor }
  }

  #succeed(now: number): void {
    if (this.#retryAt > 0) this.#parts.log.info('results are taken again')
    this.#retryAt = 0
    this.#retryMs = this.#parts.settings.retryFirstMs
    this.#movedAt = now
  }

  #fail(error: unknown): void {
    const { clock, log, settings } = this.#parts
    if (this.#retryAt === 0) {
      const cause = error instanceof Error ? error.message : String(error)
      if (error instanceof BusUnavailable)
        log.warn('results are not taken: they stay in the outbox', { cause })
      else log.error('a hub failed on results: they stay in the outbox', { cause })
    }
    this.#leaveMemory()
    this.#retryAt = clock.monotonicMs() + this.#retryMs
    this.#retryMs = Math.min(settings.retryMaxMs, this.#retryMs * 2)
  }

  #becomeIdle(): void {
    for (const wake of this.#idle.splice(0)) wake()
  }
}
