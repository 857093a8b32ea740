import type { CheckResult } from '../../domain/check-result.ts'
import { BusUnavailable } from '../../wire/bus.ts'
import {
  MESSAGE_VERSION,
  results as subjectOf,
  type LostRange,
  type ResultBatch,
} from '../../wire/subjects.ts'
import { Backlog } from './backlog.ts'
import { LiveLane } from './live-lane.ts'
import type { Sender, SenderParts, WayToHub } from './sender.ts'
import type { HeldUpTo } from './spool.ts'

/** A message, and what is to be noted when it has arrived. */
interface Message {
  readonly results: readonly CheckResult[]
  readonly lost: readonly LostRange[]
  arrived(): void
}

/** Of one boot: the highest number that was published and is not confirmed, and when the hub last confirmed any of it. */
interface Unconfirmed {
  readonly seq: number
  readonly movedAt: number
}

/** So many results behind, and what was left is back-fill: newest first, and not faster than its rate. */
const BACKFILL_FROM = 2_000
/** What back-fill could not use of its rate is not saved up for longer. */
const BURST_MS = 200
/** An outbox that cannot be read is asked again after this. */
const UNREADABLE_MS = 1_000

/** To one hub. */
export function createHubSender(parts: SenderParts): Sender {
  return new HubSender(parts)
}

class HubSender implements Sender {
  readonly #parts: SenderParts
  readonly #heldUpTo: HeldUpTo
  readonly #backlog: Backlog
  readonly #live = new LiveLane()
  #isBackfilling = false
  /** The next of the backlog in order is not read before this. */
  #orderedAt = 0
  /** By boot: what becomes of one says nothing of another. */
  readonly #sentOf = new Map<string, Unconfirmed>()
  /** Counts replays: what was in flight when one began moves no cursor. */
  #epoch = 0
  #isPublishing = false
  #isClosed = false
  /** 0 while the hub takes what is sent. */
  #retryAt = 0
  #retryMs: number
  #resendMs: number
  #idle: (() => void)[] = []
  sent = 0

  constructor(parts: SenderParts) {
    this.#parts = parts
    const { spool, hub, confirmations, settings } = parts
    this.#heldUpTo = (boot) => confirmations.heldBy(hub, boot)
    this.#backlog = new Backlog({ spool, heldUpTo: this.#heldUpTo, batchMax: settings.publishMax })
    this.#retryMs = settings.retryFirstMs
    this.#resendMs = settings.resendAfterMs
    if (spool.waiting > 0) this.#lookBack()
  }

  get ways(): readonly WayToHub[] {
    const { hub, clocks } = this.#parts
    return [{ hub, isConnected: this.#retryAt === 0 && clocks?.isFresh(hub) !== false }]
  }

  get dueMs(): number {
    if (this.#isPublishing) return Number.POSITIVE_INFINITY
    if (this.#hasUnsent) return Math.max(this.#retryAt, this.#pausedUntil)
    return this.#movedAt + this.#resendMs
  }

  offer(results: readonly CheckResult[], cursor: number): void {
    if (this.#retryAt > 0) this.#backlog.extend(cursor)
    else {
      this.#live.push(results, cursor)
      if (this.#live.weight > this.#parts.settings.liveMax) this.#leaveMemory()
    }
    this.#wake()
  }

  progressed(hub: string, boot: string): void {
    const { settings, clock } = this.#parts
    if (hub !== this.#parts.hub) return
    const sent = this.#sentOf.get(boot)
    if (sent === undefined) return
    if (sent.movedAt === this.#movedAt) this.#resendMs = settings.resendAfterMs
    if (sent.seq <= this.#heldUpTo(boot)) this.#sentOf.delete(boot)
    else this.#sentOf.set(boot, { ...sent, movedAt: clock.monotonicMs() })
  }

  replay(): void {
    this.#restart()
    this.#wake()
  }

  tick(): void {
    const { clock, hub, log, settings } = this.#parts
    const now = clock.monotonicMs()
    // What comes behind a gap is confirmed when the backlog has filled it.
    if (!this.#backlog.isEmpty) this.#waitAnew(now)
    const isStuck = now - this.#movedAt >= this.#resendMs
    if (isStuck && !this.#isPublishing && !this.#hasUnsent) {
      log.warn('results that were sent are not confirmed: sending them again', {
        hub,
        afterMs: this.#resendMs,
      })
      this.#resendMs = Math.min(settings.resendMaxMs, this.#resendMs * 2)
      this.#lookBack()
    }
    this.#wake()
  }

  hurry(): void {
    if (this.#retryAt === 0) return
    this.#retryAt = this.#parts.clock.monotonicMs()
    this.#retryMs = this.#parts.settings.retryFirstMs
    this.#wake()
  }

  async drain(ms: number): Promise<void> {
    if (!this.#isPublishing && !this.#hasUnsent) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#idle.push(resolve)
    const cancel = this.#parts.clock.timer(ms, resolve)
    if (this.#retryAt > 0) this.#retryAt = this.#parts.clock.monotonicMs()
    this.#wake()
    await promise
    cancel()
  }

  close(): void {
    this.#isClosed = true
    this.#becomeIdle()
  }

  /** Of the boot that has waited longest; infinite when nothing waits. */
  get #movedAt(): number {
    let first = Number.POSITIVE_INFINITY
    for (const { movedAt } of this.#sentOf.values()) first = Math.min(first, movedAt)
    return first
  }

  #waitAnew(now: number): void {
    for (const [boot, sent] of this.#sentOf) this.#sentOf.set(boot, { ...sent, movedAt: now })
  }

  get #hasUnsent(): boolean {
    return !this.#live.isEmpty || !this.#backlog.isEmpty
  }

  /** Only the backlog in order is left, and its turn has not come. */
  get #pausedUntil(): number {
    return this.#live.isEmpty && !this.#backlog.isSearching ? this.#orderedAt : 0
  }

  /** What waits in memory is read from the spool when its turn comes. */
  #leaveMemory(): void {
    this.#live.leave()
    this.#backlog.extend(this.#parts.spool.lastCursor)
  }

  /** All that the hub has not confirmed is sent again. */
  #restart(): void {
    const { spool } = this.#parts
    this.#live.leave()
    const { from, waiting } = spool.behind(this.#heldUpTo)
    this.#backlog.restart(from, spool.lastCursor)
    this.#isBackfilling = waiting > BACKFILL_FROM
    this.#orderedAt = 0
    this.#sentOf.clear()
    this.#epoch++
  }

  /** What was sent and never confirmed may have died with the hub; of much the present comes first. */
  #lookBack(): void {
    this.#restart()
    if (this.#isBackfilling) this.#backlog.seekNewest()
  }

  #wake(): void {
    if (this.#isPublishing || this.#isClosed || !this.#hasUnsent) return
    const now = this.#parts.clock.monotonicMs()
    if (now < this.#retryAt || now < this.#pausedUntil) return
    if (this.#retryAt > 0) this.#lookBack()
    this.#isPublishing = true
    this.#publishAll().catch(this.#parts.crash)
  }

  async #publishAll(): Promise<void> {
    for (let isMore = true; isMore;) isMore = await this.#publishNext()
    this.#isPublishing = false
    this.#becomeIdle()
    if (!this.#isClosed) this.#parts.settled()
  }

  /** False: nothing can be sent now. */
  async #publishNext(): Promise<boolean> {
    const { bus, collector, hub, clock, clocks } = this.#parts
    if (clocks?.isFresh(hub) === false) {
      this.#fail(new BusUnavailable(`${hub} does not say what time it is`))
      return false
    }
    const message = this.#next()
    if (message === undefined) return false
    if (message === 'looking') {
      // Others want their turn of the event loop.
      await clock.sleep(0)
      return true
    }
    const epoch = this.#epoch
    const batch = { version: MESSAGE_VERSION, collector, ...this.#timed(message) } as const
    try {
      await bus.publish(subjectOf(hub, collector), batch)
    } catch (error) {
      this.#fail(error)
      return false
    }
    // A replay that was asked for meanwhile begins where it says.
    if (this.#epoch === epoch) this.#arrived(message)
    this.sent += message.results.length
    this.#succeed()
    return true
  }

  #timed({ results, lost }: Message): Pick<ResultBatch, 'results' | 'lost' | 'clock'> {
    const { clocks, hub } = this.#parts
    if (clocks === undefined) return { results, lost }
    const clock = clocks.reading(hub)
    const present = clocks.inPresentTime(results)
    return clock === undefined ? { results: present, lost } : { results: present, lost, clock }
  }

  #arrived(message: Message): void {
    message.arrived()
    const now = this.#parts.clock.monotonicMs()
    for (const { boot, seq } of message.results) {
      if (seq <= this.#heldUpTo(boot)) continue
      const sent = this.#sentOf.get(boot)
      if (sent === undefined) this.#sentOf.set(boot, { seq, movedAt: now })
      else if (seq > sent.seq) this.#sentOf.set(boot, { ...sent, seq })
    }
  }

  /** A little that was left goes in its order. Of much, new results come first, then the newest of what was left, then all of it. */
  #next(): Message | 'looking' | undefined {
    if (this.#isClosed) return undefined
    if (!this.#isBackfilling) return this.#nextInOrder() ?? this.#nextLive()
    return this.#nextLive() ?? this.#nextNewest() ?? this.#nextInOrder()
  }

  #nextLive(): Message | undefined {
    const next = this.#live.next(this.#parts.settings.publishMax)
    if (next === undefined) return undefined
    const { results, cursor } = next
    return {
      results,
      lost: this.#isSure ? next.lost : [],
      arrived: () => this.#backlog.notePublished(results.length, cursor),
    }
  }

  #nextNewest(): Message | 'looking' | undefined {
    if (!this.#backlog.isSearching) return undefined
    const entries = this.#backlog.nextNewest()
    if (entries.length === 0) return 'looking'
    return {
      results: entries.map(({ result }) => result),
      lost: [],
      arrived: () => this.#backlog.doneNewest(entries),
    }
  }

  #nextInOrder(): Message | undefined {
    const { clock, settings } = this.#parts
    const now = clock.monotonicMs()
    if (now < this.#orderedAt) return undefined
    const batch = this.#backlog.nextInOrder()
    if (batch === 'unreadable') {
      this.#orderedAt = now + UNREADABLE_MS
      return undefined
    }
    if (batch === undefined) {
      this.#isBackfilling = false
      this.#orderedAt = 0
      return undefined
    }
    const { results } = batch
    if (this.#isBackfilling) {
      const from = Math.max(this.#orderedAt, now - BURST_MS)
      this.#orderedAt = from + (results.length * 1_000) / settings.backfillRate
    }
    const lost = this.#isSure ? batch.lost : []
    return { results, lost, arrived: () => this.#backlog.doneInOrder(batch) }
  }

  /** What is not read may be there all the same while the outbox does not answer. */
  get #isSure(): boolean {
    return !this.#parts.spool.isDegraded
  }

  #succeed(): void {
    if (this.#retryAt > 0)
      this.#parts.log.info('results are taken again', {
        hub: this.#parts.hub,
        behind: this.#backlog.length,
      })
    this.#retryAt = 0
    this.#retryMs = this.#parts.settings.retryFirstMs
  }

  #fail(error: unknown): void {
    const { clock, log, settings, hub } = this.#parts
    if (this.#retryAt === 0) {
      const cause = error instanceof Error ? error.message : String(error)
      if (error instanceof BusUnavailable)
        log.warn('results are not taken: they stay in the outbox', { hub, cause })
      else log.error('a hub failed on results: they stay in the outbox', { hub, cause })
    }
    this.#leaveMemory()
    this.#retryAt = clock.monotonicMs() + this.#retryMs
    this.#retryMs = Math.min(settings.retryMaxMs, this.#retryMs * 2)
  }

  #becomeIdle(): void {
    for (const wake of this.#idle.splice(0)) wake()
  }
}
