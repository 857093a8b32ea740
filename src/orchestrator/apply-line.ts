import { isoOf } from '../base/instant.ts'
import type { ApplyJob } from '../wire/api/configuration.ts'
import type { ApplyLineParts, ApplyWork } from './apply-work.ts'
import { JobRun } from './job-run.ts'
import { JOBS_KEPT } from './ports.ts'

/** Jobs that may wait for their turn, and what their documents may hold together. */
const WAITING_MAX = 16
const WAITING_BYTES_MAX = 128 * 1024 * 1024

/** A job that waits for the database is left alone after so long. */
const STOP_WITHIN_MS = 3_000

/** One job at a time, in the order of asking. */
export class ApplyLine {
  readonly #parts: ApplyLineParts
  readonly #jobs = new Map<string, ApplyJob>()
  readonly #ends = new Map<string, Set<() => void>>()
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #waitingBytes = 0
  readonly #stop = new AbortController()

  constructor(parts: ApplyLineParts) {
    this.#parts = parts
  }

  /** The newest job. */
  get newest(): ApplyJob | undefined {
    return [...this.#jobs.values()].at(-1)
  }

  /**
   * Jobs of earlier runs; one that had not ended was cut off by the end of the hub, and that is said now.
   * @returns those that were cut off @throws StoreUnavailable
   */
  async restore(): Promise<readonly ApplyJob[]> {
    const { store, clock } = this.#parts
    const cutOff: ApplyJob[] = []
    for (const job of (await store.loadJobs()).toReversed()) {
      if (job.endedAt !== null) {
        this.#jobs.set(job.id, job)
        continue
      }
      const ended = { ...job, ...endOfCutOff(job), endedAt: isoOf(clock.now()) }
      await store.saveJob(ended)
      this.#jobs.set(job.id, ended)
      cutOff.push(ended)
    }
    return cutOff
  }

  /** The job exists when this resolves, and goes on by itself. @throws StoreUnavailable */
  async start(work: ApplyWork): Promise<ApplyJob> {
    const { store, clock } = this.#parts
    const job = this.#newJob(work)
    const isTooMuch =
      this.#waiting >= WAITING_MAX || this.#waitingBytes + work.bytes > WAITING_BYTES_MAX
    if (isTooMuch) {
      const refused: ApplyJob = {
        ...job,
        state: 'refused',
        reason: `${this.#waiting} jobs wait already; ask again when they are done`,
        endedAt: isoOf(clock.now()),
      }
      this.#note(refused)
      return refused
    }
    this.#waiting++
    this.#waitingBytes += work.bytes
    this.#note(job)
    const saved = store.saveJob(job)
    // Its place in the line is that of the asking, however long the saving takes.
    this.#last = Promise.allSettled([saved, this.#last]).then(([{ status }]) => {
      this.#leave(work)
      return status === 'fulfilled' ? this.#run(job, work) : undefined
    })
    try {
      await saved
    } catch (error) {
      this.#jobs.delete(job.id)
      throw error
    }
    return job
  }

  /** The job now, or after it ended when that takes less than `waitMs`. */
  async job(id: string, waitMs: number): Promise<ApplyJob | undefined> {
    const known = this.#jobs.get(id)
    if (known === undefined) return this.#parts.store.loadJob(id)
    if (known.endedAt !== null || waitMs <= 0) return known
    const over = Promise.withResolvers<void>()
    const waiters = this.#ends.get(id) ?? new Set()
    this.#ends.set(id, waiters)
    waiters.add(over.resolve)
    const cancel = this.#parts.clock.timer(waitMs, over.resolve)
    await over.promise
    cancel()
    waiters.delete(over.resolve)
    return this.#jobs.get(id)
  }

  /** Something else that changes what is active, in its place between the jobs. Rejects as `work` does. */
  async between(work: () => Promise<void>): Promise<void> {
    const done = Promise.allSettled([this.#last]).then(() =>
      this.#stop.signal.aborted ? undefined : work(),
    )
    this.#last = done
    return done
  }

  /** The job after its end, however long that takes. */
  async ended(id: string): Promise<ApplyJob> {
    for (;;) {
      const job = await this.job(id, 60_000)
      if (job === undefined) throw new Error(`job ${id} was forgotten before its end`)
      if (job.endedAt !== null || this.#stop.signal.aborted) return job
    }
  }

  /** What has not ended is left as it is; the next start says so. */
  async close(): Promise<void> {
    this.#stop.abort()
    for (const waiters of this.#ends.values()) for (const tell of waiters) tell()
    await Promise.race([this.#last, this.#parts.clock.sleep(STOP_WITHIN_MS)])
  }

  async #run(job: ApplyJob, work: ApplyWork): Promise<void> {
    if (this.#stop.signal.aborted) return
    const run = new JobRun({
      ...this.#parts,
      job: { ...job, before: work.before ?? this.#parts.active() },
      work,
      stop: this.#stop.signal,
      note: (changed) => this.#note(changed),
    })
    await run.finished()
  }

  #leave(work: ApplyWork): void {
    this.#waiting--
    this.#waitingBytes -= work.bytes
  }

  #note(job: ApplyJob): void {
    this.#jobs.set(job.id, job)
    if (job.endedAt !== null) {
      for (const tell of this.#ends.get(job.id) ?? []) tell()
      this.#ends.delete(job.id)
    }
    const over = [...this.#jobs.values()].filter(({ endedAt }) => endedAt !== null)
    for (const { id } of over.slice(0, Math.max(0, over.length - JOBS_KEPT))) this.#jobs.delete(id)
  }

  #newJob({ kind, author, message, before }: ApplyWork): ApplyJob {
    const { clock, active, nextId } = this.#parts
    return {
      id: nextId(),
      kind,
      state: 'compiling',
      revision: null,
      before: before ?? active(),
      author,
      message,
      startedAt: isoOf(clock.now()),
      endedAt: null,
      reason: null,
      problems: [],
      changed: 0,
      collectors: [],
    }
  }
}

/** A job whose commit had happened is active, whoever heard of it; any other changed nothing. */
function endOfCutOff(job: ApplyJob): Pick<ApplyJob, 'state' | 'reason'> {
  if (job.state === 'active') {
    return { state: 'active', reason: 'the hub ended before all collectors had confirmed it' }
  }
  const when =
    job.state === 'compiling' ? 'before it was compiled' : 'while collectors looked at it'
  return { state: 'failed', reason: `the hub ended ${when}; nothing was changed` }
}
