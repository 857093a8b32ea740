import type { Clock } from '../base/clock.ts'
import type { Instant } from '../base/instant.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { Check } from '../domain/check.ts'
import type { ResultOrigin } from '../domain/check-result.ts'
import type { PassiveResults } from '../wire/subjects.ts'
import type { EarlyHints } from './asking/early-hints.ts'
import type { CollectorStats } from './collector-metrics.ts'
import type { Companion } from './companion.ts'
import type { CollectorSettings } from './collector.ts'
import { createLastResults } from './last-results.ts'
import type { Overflow } from './overflow.ts'
import { createResultBuffer, type NewResult, type ResultBuffer } from './outbox/result-buffer.ts'
import type { Confirmations } from './outbox/confirmations.ts'
import type { Sender } from './outbox/sender.ts'
import type { Spool } from './outbox/spool.ts'
import type { Executor, Finished, Job } from './ports.ts'
import { returnCodeOf } from './return-code.ts'
import { runtimeMacros } from './runtime-macros.ts'
import type { PlanChange } from './scheduler/apply-plan.ts'
import type { Move } from './scheduler/handover.ts'
import type { PeriodCalendar } from './scheduler/period-windows.ts'
import { createScheduler } from './scheduler/scheduler.ts'
import { resultOf, sharedOf, type Shared } from './shared-result.ts'

export interface CheckLoopParts {
  readonly name: string
  readonly boot: string
  readonly executor: Executor
  readonly spool: Spool
  readonly sender: Sender
  readonly confirmations: Confirmations
  readonly clock: Clock
  readonly settings: CollectorSettings
  readonly crash: (error: unknown) => void
}

/** The scheduler wants to be asked this often. */
const IDLE_MS = 1_000
/** Slots can become free without a result: a shell was replaced. */
const BLOCKED_MS = 50

const NO_MACROS = (): Readonly<Record<string, string>> => ({})

/** The one timer of a collector, and what is done when it rings. Whatever throws in here ends the collector. */
export class CheckLoop {
  readonly #parts: CheckLoopParts
  readonly #scheduler = createScheduler()
  readonly #last = createLastResults()
  readonly #buffer: ResultBuffer
  #calendars: ReadonlyMap<string, PeriodCalendar> = new Map()
  #finished: Finished[] = []
  #isAbsorbing = false
  #cancelTimer: () => void = () => undefined
  #wakeAtMs = Number.POSITIVE_INFINITY
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #looks = 0
  #isStopping = false
  #isAbandoned = false
  #ranOut: (() => void) | undefined
  #companion: Companion | undefined
  #overflow: Overflow | undefined
  #hints: EarlyHints | undefined

  constructor(parts: CheckLoopParts) {
    this.#parts = parts
    this.#buffer = createResultBuffer(parts)
  }

  begin(): void {
    this.#wakeWithin(0)
  }

  /** Before `begin`. */
  accompany(companion: Companion): void {
    this.#companion = companion
  }

  /** Before `begin`. */
  overflowTo(overflow: Overflow): void {
    this.#overflow = overflow
  }

  /** Before `begin`. */
  hintBy(hints: EarlyHints): void {
    this.#hints = hints
  }

  apply(
    checks: readonly Check[],
    calendars: ReadonlyMap<string, PeriodCalendar>,
    move?: Move,
  ): PlanChange {
    const change = this.#guarded(() =>
      this.#scheduler.apply(checks, calendars, this.#parts.clock.now(), move),
    )
    this.#last.watch(checks, (id) => {
      const shared = this.#companion?.known(id)
      return shared === undefined ? undefined : resultOf(shared)
    })
    this.#calendars = calendars
    this.#wakeWithin(0)
    return change
  }

  /** Another collector of the cluster saw this. */
  inherit(shared: Shared): void {
    const id = shared.checkId as CheckId
    this.#guarded(() => this.#scheduler.inherit(id, shared, this.#parts.clock.now()))
    this.#last.note(resultOf(shared))
  }

  wake(): void {
    this.#wakeWithin(0)
  }

  /** The number that the next result gets. */
  get nextSeq(): number {
    return this.#buffer.total + 1
  }

  get waiting(): number {
    return this.#scheduler.waiting
  }

  /** One of its own checks. */
  checkOf(id: CheckId): Check | undefined {
    return this.#scheduler.standing(id)?.check
  }

  /** Of a run that was in no schedule, and moves none. */
  report(result: NewResult): void {
    this.#turn(() => this.#buffer.add(result))
  }

  recheck(ids: readonly CheckId[], now: Instant): void {
    this.#guarded(() => this.#scheduler.recheck(ids, now))
    this.#wakeWithin(0)
  }

  /** Resolves once the results are in the outbox. Rejects with `OutboxUnavailable`: then none is kept. */
  takePassive(results: PassiveResults['results']): Promise<void> {
    const kept = this.#guarded(() => {
      if (!this.#parts.spool.isDegraded) for (const result of results) this.#observe(result)
      return this.#buffer.addPassive(results)
    })
    this.#wakeWithin(1)
    return kept
  }

  #observe(result: PassiveResults['results'][number]): void {
    const code = returnCodeOf(result.outcome)
    // A sender's 1 for a host is down already.
    this.#scheduler.observe(result.checkId, code, code !== 0, result.finishedAt)
    const noted: NewResult = { ...result, origin: 'passive', dueAt: result.startedAt }
    this.#last.note(noted)
    const standing = this.#scheduler.standing(result.checkId)
    if (standing !== undefined) this.#companion?.ran(sharedOf(noted, standing.failures))
  }

  /** The watermark of the hub. Written to the outbox a little later, with others. */
  release(hub: string, boot: string, seq: number): void {
    const { confirmations, sender } = this.#parts
    if (!confirmations.note(hub, boot, seq)) return
    sender.progressed(hub, boot)
    this.#buffer.noteWatermark(boot, confirmations.heldByAll(boot))
  }

  /** From the executor. Absorbed at the end of this turn of the event loop, with others that end in it. */
  finished(finished: Finished): void {
    this.#finished.push(finished)
    if (this.#isAbsorbing) return
    this.#isAbsorbing = true
    queueMicrotask(() => this.#turn(() => this.#absorb()))
  }

  stats(): CollectorStats {
    const { spool, sender, clock } = this.#parts
    const now = clock.now()
    const scheduler = this.#scheduler
    return {
      checks: scheduler.checks,
      running: scheduler.running,
      waiting: scheduler.waiting,
      oldestWaitingMs: scheduler.oldestWaitingMs(now),
      lateP50Ms: scheduler.lateness(0.5, now),
      lateP99Ms: scheduler.lateness(0.99, now),
      ...scheduler.counts,
      results: this.#buffer.total,
      sent: sender.sent,
      outboxWaiting: spool.waiting,
      outboxBytes: spool.bytes,
      lost: spool.lost,
      isDegraded: spool.isDegraded,
      looks: this.#looks,
    }
  }

  /** Resolves when nothing runs any more, or after the time for it. */
  async stop(): Promise<void> {
    const { clock, settings } = this.#parts
    this.#isStopping = true
    if (this.#scheduler.running === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#ranOut = resolve
    const cancel = clock.timer(settings.stopWithinMs, resolve)
    await promise
    cancel()
  }

  flush(): void {
    this.#absorb()
    this.#buffer.flush()
  }

  releaseNow(): void {
    this.#buffer.releaseNow()
    this.abandon()
  }

  /** Rings no more. */
  abandon(): void {
    this.#isAbandoned = true
    this.#cancelTimer()
  }

  #absorb(): void {
    this.#isAbsorbing = false
    const ended = this.#finished
    this.#finished = []
    for (const { job, startedAt, finishedAt, outcome, isWithheld } of ended) {
      const { id, shared } = job.check
      if (shared !== undefined) this.#hints?.ended(id)
      const code = isWithheld ? (this.#scheduler.standing(id)?.code ?? 0) : returnCodeOf(outcome)
      const failures = this.#scheduler.finish(id, code, startedAt, finishedAt)
      if (isWithheld) continue
      const { origin, dueAt } = job
      const times = { dueAt, startedAt, finishedAt }
      const result = { checkId: id, origin, ...times, outcome }
      this.#buffer.add(result)
      this.#last.note(result)
      if (failures !== undefined) this.#companion?.ran(sharedOf(result, failures))
    }
    if (this.#scheduler.waiting > 0 || (this.#overflow?.waiting ?? 0) > 0) this.#startDue()
    if (this.#isStopping && this.#scheduler.running === 0) this.#ranOut?.()
    this.#buffer.flushIfFull()
  }

  #startDue(): void {
    this.#companion?.tick()
    this.#overflow?.tick()
    if (!this.#isStopping) this.#scheduler.run(this.#parts.clock.now(), this.#start)
  }

  readonly #start = (check: Check, origin: ResultOrigin, dueAt: Instant): boolean => {
    const job = { check, origin, dueAt, macros: this.macrosFor(check) }
    const { executor, clock } = this.#parts
    if (!executor.start(job)) return this.#overflow?.offer(job) === true
    if (check.shared !== undefined) this.#hints?.started(check.id, clock.monotonicMs())
    return true
  }

  /** What its command asks about when it runs. */
  macrosFor(check: Check): Job['macros'] {
    const { command } = check
    const isAsking = 'hasRuntimeMacros' in command && command.hasRuntimeMacros
    return isAsking ? () => this.#macrosOf(check) : NO_MACROS
  }

  #macrosOf(check: Check): Readonly<Record<string, string>> {
    const object = (id: CheckId) => {
      const standing = this.#scheduler.standing(id)
      const last = this.#last.of(id)
      if (standing !== undefined) {
        const { code, failures } = standing
        return { code, failures, maxAttempts: standing.check.maxAttempts, last }
      }
      const elsewhere = this.#companion?.known(id)
      return elsewhere === undefined ? undefined : { ...elsewhere, last }
    }
    return runtimeMacros(check, { object, calendars: this.#calendars }, this.#parts.clock.now())
  }

  #look(): void {
    this.#lookedAtMs = this.#parts.clock.monotonicMs()
    this.#looks++
    this.#startDue()
    this.#hints?.tick(this.#lookedAtMs)
    this.#buffer.tick()
    this.#parts.sender.tick()
  }

  #turn(work: () => void): void {
    if (this.#isAbandoned) return
    try {
      work()
      this.arm()
    } catch (error) {
      this.#parts.crash(error)
    }
  }

  #guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      this.#parts.crash(error)
      throw error
    }
  }

  /** Sets the timer to whatever comes first. */
  arm(): void {
    const { clock, settings } = this.#parts
    const sinceLookMs = clock.monotonicMs() - this.#lookedAtMs
    const due = this.#scheduler.nextDueAt
    let waitMs = IDLE_MS - sinceLookMs
    if (due !== undefined && !this.#isStopping)
      waitMs = Math.min(waitMs, Math.max(due - clock.now(), settings.wakeMs - sinceLookMs))
    if (this.#scheduler.waiting > 0) waitMs = Math.min(waitMs, BLOCKED_MS - sinceLookMs)
    const askedAtMs = Math.min(
      this.#buffer.dueMs,
      this.#parts.sender.dueMs,
      this.#companion?.dueMs ?? Number.POSITIVE_INFINITY,
      this.#hints?.dueMs ?? Number.POSITIVE_INFINITY,
    )
    waitMs = Math.min(waitMs, Math.max(askedAtMs - clock.monotonicMs(), 1))
    this.#wakeWithin(Math.max(0, waitMs))
  }

  #wakeWithin(ms: number): void {
    if (this.#isAbandoned) return
    const { clock } = this.#parts
    const at = clock.monotonicMs() + ms
    if (at >= this.#wakeAtMs) return
    this.#cancelTimer()
    this.#wakeAtMs = at
    this.#cancelTimer = clock.timer(ms, () => {
      this.#wakeAtMs = Number.POSITIVE_INFINITY
      this.#turn(() => this.#look())
    })
  }
}
