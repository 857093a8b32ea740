import { assert } from '../base/assert.ts'
import type { ApplyJob } from '../wire/api/configuration.ts'
import {
  MESSAGE_VERSION,
  planAcknowledgement,
  planDecision,
  planProposal,
  type PlanDecision,
} from '../wire/subjects.ts'
import { isOver, step, type JobEffect, type JobInput, type JobState } from './apply-job.ts'
import {
  ApplyImpossible,
  type ApplyLineParts,
  type ApplyWork,
  type Prepared,
} from './apply-work.ts'

export interface JobRunParts extends Omit<ApplyLineParts, 'active' | 'nextId'> {
  readonly job: ApplyJob
  readonly work: ApplyWork
  readonly stop: AbortSignal
  /** Hears of every change of the job. */
  readonly note: (job: ApplyJob) => void
}

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

  constructor(parts: JobRunParts) {
    this.#parts = parts
    const { timeoutMs } = parts.work
    this.#state = { job: parts.job, timeoutMs, deadlineAt: undefined }
  }

  /** Resolves when the job is over, or the hub is ending. */
  async finished(): Promise<void> {
    const { hub, bus, collectors, job, stop, log } = this.#parts
    const hears = collectors.map((collector) =>
      bus.subscribe(planAcknowledgement(hub, collector), (message) => {
        if (message.job === job.id)
          this.#hear({ kind: 'answered', collector: message.collector, answer: message.answer })
      }),
    )
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
      for (const subscription of hears) subscription.close()
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
      return { kind: 'compiled', revision, changed, problems, remark }
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
    this.#cancelTimer =
      deadlineAt === undefined
        ? () => undefined
        : clock.timer(Math.max(0, deadlineAt - clock.now()), () =>
            this.#hear({ kind: 'time-passed' }),
          )
    await promise
    this.#cancelTimer()
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
        return this.#decide('activate')
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

  /** A collector that takes its time must not hold up the others, nor the deadline: nobody waits for the publishing. */
  #propose(): void {
    const { hub, bus, collectors, job } = this.#parts
    const plan = this.#known.plan()
    for (const collector of collectors) {
      bus
        .publish(planProposal(collector), { version: MESSAGE_VERSION, hub, job: job.id, plan })
        .catch((error: unknown) => this.#hearRefusal(collector, error))
    }
  }

  #decide(decision: PlanDecision['decision']): void {
    const { hub, bus, collectors, job } = this.#parts
    for (const collector of collectors) {
      bus
        .publish(planDecision(collector), { version: MESSAGE_VERSION, hub, job: job.id, decision })
        .catch((error: unknown) => this.#hearRefusal(collector, error))
    }
  }

  #hearRefusal(collector: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    this.#hear({ kind: 'answered', collector, answer: { kind: 'refused', reason } })
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
