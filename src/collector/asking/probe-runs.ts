import type { Clock } from '../../base/clock.ts'
import type { Check } from '../../domain/check.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { Probes } from '../../wire/asking.ts'
import type { NewResult } from '../outbox/result-buffer.ts'
import type { Executor, Finished, Job } from '../ports.ts'

export interface ProbeParts {
  readonly executor: Pick<Executor, 'start'>
  readonly clock: Pick<Clock, 'now'>
  /** Of those that this collector has now. */
  readonly check: (id: CheckId) => Check | undefined
  readonly macros: (check: Check) => Job['macros']
  readonly report: (result: NewResult) => void
}

export interface ProbeCounts {
  /** Begun because a hub asked. */
  readonly ran: number
  /** There was no place. Who asks does it again, and asks others too. */
  readonly refused: number
}

/** At once. More are refused: schedules come first. */
export const PROBES_MAX = 64

/** Runs what hubs are in doubt about, beside the schedule of the check and without moving it. Rules AK1 to AK5 of docs/spec/asking.md. */
export class ProbeRuns {
  readonly #parts: ProbeParts
  readonly #running = new Map<CheckId, Job>()
  #ran = 0
  #refused = 0
  #isStopping = false

  constructor(parts: ProbeParts) {
    this.#parts = parts
  }

  get counts(): ProbeCounts {
    return { ran: this.#ran, refused: this.#refused }
  }

  /** Of two hubs that ask the same one run tells both. */
  take({ asks }: Probes): void {
    for (const { checkId, timeoutMs } of asks) {
      const check = this.#parts.check(checkId)
      if (check?.shared === undefined || this.#running.has(checkId)) continue
      if (!this.#start(check, timeoutMs)) this.#refused++
    }
  }

  /** Whether it was one of these. */
  takeEnd({ job, startedAt, finishedAt, outcome, isWithheld }: Finished): boolean {
    const { id } = job.check
    if (this.#running.get(id) !== job) return false
    this.#running.delete(id)
    if (isWithheld !== true)
      this.#parts.report({
        checkId: id,
        origin: 'probe',
        dueAt: job.dueAt,
        startedAt,
        finishedAt,
        outcome,
      })
    return true
  }

  /** What runs is ended with the executor. */
  stop(): void {
    this.#isStopping = true
  }

  #start(check: Check, timeoutMs: number): boolean {
    if (this.#isStopping || this.#running.size >= PROBES_MAX) return false
    const { executor, clock, macros } = this.#parts
    const job: Job = {
      check: { ...check, timeoutMs: Math.min(timeoutMs, check.timeoutMs) },
      origin: 'probe',
      dueAt: clock.now(),
      macros: macros(check),
    }
    if (!executor.start(job)) return false
    this.#running.set(check.id, job)
    this.#ran++
    return true
  }
}
