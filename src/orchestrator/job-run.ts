import { assert } from '../base/assert.ts'
import type { ApplyJob } from '../wire/api/configuration.ts'
import {
  MESSAGE_VERSION,
  plan as planTo,
  planAcknowledgement,
  planDecision,
  planProposal,
  type PlanDecision,
} from '../wire/subjects.ts'
import { BusUnavailable, type Subject } from '../wire/bus.ts'
import { isOver, step, type JobEffect, type JobInput, type JobState } from './apply-job.ts'
import {
  ApplyImpossible,
  type ApplyLineParts,
  type ApplyWork,
  type Prepared,
} from './apply-work.ts'
import type { PlanBook } from './plan.ts'
import type { Addressee } from './ports.ts'

export interface JobRunParts extends Omit<ApplyLineParts, 'active' | 'nextId'> {
  readonly job: ApplyJob
  readonly work: ApplyWork
  readonly stop: AbortSignal
  /** Hears of every change of the job. */
  readonly note: (job: ApplyJob) => void
}

/** It is looked so often who is still there. */
const LOOK_MS = 500

/** The database is asked again so often whether a commit without an answer happened. */
const DOUBT_MS = 1_000

/** One job on its way: hears collectors, asks the core, does what it says. */
export class JobRun {
  readonly #parts: JobRunParts
  readonly #inputs: JobInput[] = []
  #wake: () => void = () => undefined
  #cancelTimer: () => void = () => undefined
  #state: JobState
  #prepared: Prepared | undefined
  #book: PlanBook | undefined
  /** Who was shown the plan. */
  #asked: readonly Addressee[] = []

  constructor(parts: JobRunParts) {
    this.#parts = parts
    const { timeoutMs } = parts.work
    this.#state = { job: parts.job, timeoutMs, deadlineAt: undefined, missing: new Map() }
  }

  /** Resolves when the job is over, or the hub is ending. */
  async finished(): Promise<void> {
    const { hub, bus, job, stop, log } = this.#parts
    const heard = bus.subscribe(planAcknowledgement(hub, '>'), (message, name) => {
      const { collector, answer } = message
      const isItsOwn = name === planAcknowledgement(hub, collector).name
      if (message.job === job.id && isItsOwn) this.#hear({ kind: 'answered', collector, answer })
    })
    const wake = (): void => this.#wake()
    stop.addEventListener('abort', wake)
    try {
      await this.#take(await this.#prepare())
      while (!isOver(this.#state) && !stop.aborted) {
        const input = this.#inputs.shift()
        if (input === undefined) await this.#nextInput()
        else await this.#take(input)
      }
      await this.#trim()
    } catch (error) {
      // A fault of ours must not hold up the jobs behind this one.
      log.error('an apply job broke', { job: job.id, error })
      await this.#take({ kind: 'broken', reason: 'a fault of the program; its log says more' })
    } finally {
      stop.removeEventListener('abort', wake)
      this.#cancelTimer()
      heard.close()
    }
  }

  /** Before the next job stores texts. */
  async #trim(): Promise<void> {
    const { store, log } = this.#parts
    const { state, changed } = this.#state.job
    if (state !== 'active' || changed === 0) return
    try {
      await store.trim()
    } catch (error) {
      log.warn('old revisions could not be forgotten, the next job does it', { error })
    }
  }

  async #prepare(): Promise<JobInput> {
    try {
      const prepared = await this.#parts.work.prepare()
      this.#prepared = prepared
      const { revision, changed, problems, remark } = prepared
      const { collectors } = this.#parts
      this.#asked = collectors.live()
      const live = this.#asked.map(({ id }) => id)
      const away = collectors
        .members()
        .map(({ id }) => id)
        .filter((id) => !live.includes(id))
      return { kind: 'compiled', revision, changed, problems, remark, live, away }
    } catch (error) {
      if (!(error instanceof ApplyImpossible)) throw error
      return { kind: error.state === 'refused' ? 'overtaken' : 'broken', reason: error.message }
    }
  }

  async #nextInput(): Promise<void> {
    const { clock } = this.#parts
    const { deadlineAt } = this.#state
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    if (deadlineAt !== undefined) {
      const waitMs = Math.min(LOOK_MS, Math.max(0, deadlineAt - clock.now()))
      this.#cancelTimer = clock.timer(waitMs, () => this.#look())
    }
    await promise
    this.#cancelTimer()
  }

  #look(): void {
    const live = new Set(this.#parts.collectors.live().map(({ id }) => id))
    this.#hear({ kind: 'looked', live })
    this.#hear({ kind: 'time-passed' })
  }

  #hear(input: JobInput): void {
    this.#inputs.push(input)
    this.#wake()
  }

  async #take(input: JobInput): Promise<void> {
    const { clock, note } = this.#parts
    const before = this.#state.job
    const { state, effects } = step(this.#state, input, clock.now())
    this.#state = state
    // The end is told when all that belongs to it is done.
    if (state.job !== before && !isOver(state)) note(state.job)
    const hasMoved = state.job.state !== before.state || state.job.endedAt !== before.endedAt
    const isCommitted = input.kind === 'committed' // the job was stored with it
    if (hasMoved && !(isCommitted && !isOver(state))) await this.#save(state.job)
    for (const effect of effects) await this.#do(effect)
  }

  /** A job that cannot be stored goes on: its end is in memory, and a start after this one says that it was cut off. */
  async #save(job: ApplyJob): Promise<void> {
    try {
      await this.#parts.store.saveJob(job)
    } catch (error) {
      this.#parts.log.warn('the state of an apply job could not be stored', { job: job.id, error })
      if (job.state === 'staging') {
        await this.#take({ kind: 'broken', reason: databaseReason(error) })
      }
    }
  }

  async #do(effect: JobEffect): Promise<void> {
    switch (effect.kind) {
      case 'propose':
        if (!isOver(this.#state)) this.#propose()
        return
      case 'commit':
        if (!isOver(this.#state)) await this.#take(await this.#commit())
        return
      case 'activate':
        this.#known.activate()
        this.#decide('activate')
        return this.#tellOthers()
      case 'withdraw':
        return this.#decide('withdraw')
      case 'over':
        this.#logEnd()
        return this.#parts.note(this.#state.job)
    }
  }

  get #known(): Prepared {
    assert(this.#prepared !== undefined, 'only what was compiled goes on')
    return this.#prepared
  }

  get #plans(): PlanBook {
    return (this.#book ??= this.#known.book())
  }

  #propose(): void {
    const { hub, job } = this.#parts
    for (const { id, cluster } of this.#asked) {
      const plan = this.#plans.planFor(cluster)
      this.#send(id, planProposal(id), { version: MESSAGE_VERSION, hub, job: job.id, plan })
    }
  }

  #decide(decision: PlanDecision['decision']): void {
    const { hub, job } = this.#parts
    for (const { id } of this.#asked)
      this.#send(id, planDecision(id), { version: MESSAGE_VERSION, hub, job: job.id, decision })
  }

  /** Who came while the others looked at the plan has it now, and not with its next question. */
  #tellOthers(): void {
    const { collectors, bus, log } = this.#parts
    for (const { id, cluster } of collectors.live()) {
      if (this.#asked.some((one) => one.id === id)) continue
      bus.publish(planTo(id), this.#plans.planFor(cluster)).catch((error: unknown) => {
        log.debug('a collector is not reached, it asks for the plan itself', {
          collector: id,
          error,
        })
      })
    }
  }

  /** A collector that takes its time must not hold up the others, nor the deadline: nobody waits for the publishing. */
  #send<M>(collector: string, subject: Subject<M>, message: M): void {
    this.#parts.bus.publish(subject, message).catch((error: unknown) => {
      if (error instanceof BusUnavailable) return this.#hear({ kind: 'unreachable', collector })
      const reason = error instanceof Error ? error.message : String(error)
      this.#hear({ kind: 'answered', collector, answer: { kind: 'refused', reason } })
    })
  }

  /** All in one transaction. When its answer is lost, the database is asked until it says what happened. */
  async #commit(): Promise<JobInput> {
    const { store, clock, stop, log } = this.#parts
    const { job } = this.#state
    const now = clock.now()
    try {
      await store.activate({
        ...this.#known.activation(),
        job: { ...job, state: 'active' },
        at: now,
      })
      return { kind: 'committed' }
    } catch (error) {
      if (!isOutage(error)) throw error
      log.warn('the database did not answer while a revision was stored', { job: job.id, error })
      for (;;) {
        const stored = await store.loadJob(job.id).catch(() => 'unknown' as const)
        if (stored !== 'unknown') {
          return stored?.state === 'active'
            ? { kind: 'committed' }
            : { kind: 'broken', reason: databaseReason(error) }
        }
        if (stop.aborted) return { kind: 'time-passed' } // the next start finds out
        await clock.sleep(DOUBT_MS, stop)
      }
    }
  }

  #logEnd(): void {
    const { log } = this.#parts
    const { id, kind, state, revision, changed, reason, problems } = this.#state.job
    const facts = { job: id, kind, revision }
    if (state === 'active')
      log.info('a new configuration is active', { ...facts, objectsChanged: changed })
    else {
      log.error('the new configuration is not taken, the old one stays', {
        ...facts,
        reason,
        problems: problems
          .slice(0, 20)
          .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`),
        count: problems.length,
      })
    }
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof Error && error.name === 'StoreUnavailable'
}

export function databaseReason(error: unknown): string {
  return `the database is away: ${error instanceof Error ? error.message : String(error)}`
}
