import { after, instant, type Instant } from '../../base/instant.ts'
import type { LeaseEnd } from '../../wire/work.ts'
import type { Moment } from '../assignment/moment.ts'
import type { Finished, Job } from '../ports.ts'

/** Whether the member in this start is heard. */
export type IsHeard = (member: string, boot: string) => boolean

/** Totals since the start. */
export interface LeaseCounts {
  /** Taken by another member. */
  given: number
  /** Nobody had room after all, or the plugin could not be started there. */
  refused: number
  lost: number
  /** Ends of leases that were lost before. */
  late: number
}

export interface Lease {
  readonly id: string
  readonly job: Job
}

interface Held extends Lease {
  readonly losses: number
  readonly offeredAt: Instant
  readonly offeredMs: number
  deadlineMs: number
  holder: Holder | undefined
}

interface Holder {
  readonly member: string
  readonly boot: string
  /** About when it began, by our clocks. */
  readonly at: Instant
  readonly atMs: number
}

/** Nobody has it, and it is due. */
interface Homeless {
  readonly job: Job
  readonly losses: number
  /** No other member gets it. */
  readonly isKept: boolean
}

/** Who is asked answers within this time. */
export const ASK_MS = 1_000
/** The end of a run is heard so long after the check's own timeout, or never. */
export const MARGIN_MS = 2_000
/** Lost so often an execution is kept. */
const LOSSES_MAX = 2
/** One who took work may not have been heard before. */
const UNHEARD_MS = 2_000
const LOOK_MS = 100
/** Looked at later than this we stood still: what others said meanwhile still waits to be read. */
const STOOD_STILL_MS = 1_000
/** Lost leases whose ends are told from those of unknown ones. */
const REMEMBERED_MAX = 1_000

/**
 * Executions of this collector that other members run, and those that came back. Each is in exactly one place: with another until its deadline, or homeless
 * until it is started here or offered again. Knows no clock and no bus. Rules: docs/spec/sharing.md.
 */
export class Leases {
  readonly #boot: string
  readonly #max: () => number
  readonly #held = new Map<string, Held>()
  readonly #lost = new Set<string>()
  #homeless: Homeless[] = []
  #opened = 0
  #unanswered = 0
  #lookedMs = Number.NEGATIVE_INFINITY
  readonly counts: LeaseCounts = { given: 0, refused: 0, lost: 0, late: 0 }

  /** `max`: how many executions may be with others or homeless. */
  constructor(boot: string, max: () => number) {
    this.#boot = boot
    this.#max = max
  }

  /** With others, or offered to them. */
  get handedOut(): number {
    return this.#held.size
  }

  /** Offered; nobody has answered yet. */
  get unanswered(): number {
    return this.#unanswered
  }

  get homeless(): number {
    return this.#homeless.length
  }

  get hasRoom(): boolean {
    return this.#held.size + this.#homeless.length < this.#max()
  }

  /** The execution is about to be offered. */
  open(job: Job, now: Moment, losses = 0): Lease {
    const id = `${this.#boot}.${++this.#opened}`
    const { wall, monotonicMs } = now
    this.#held.set(id, {
      id,
      job,
      losses,
      holder: undefined,
      offeredAt: instant(wall),
      offeredMs: monotonicMs,
      deadlineMs: monotonicMs + ASK_MS + job.check.timeoutMs + MARGIN_MS,
    })
    this.#unanswered++
    return { id, job }
  }

  /** Returns false for one that has ended meanwhile. */
  taken(id: string, member: string, boot: string, now: Moment): boolean {
    const lease = this.#held.get(id)
    if (lease === undefined || lease.holder !== undefined) return false
    // It was on its way there and back.
    const at = instant(lease.offeredAt + Math.round((now.monotonicMs - lease.offeredMs) / 2))
    lease.holder = { member, boot, at, atMs: now.monotonicMs }
    this.#unanswered--
    this.counts.given++
    return true
  }

  /** Nobody runs it, for certain. */
  refused(id: string): void {
    const lease = this.#take(id)
    if (lease === undefined) return
    this.counts.refused++
    this.#homeless.push({ job: lease.job, losses: lease.losses, isKept: false })
  }

  /** Nobody knows whether somebody runs it. */
  lose(id: string): void {
    const lease = this.#take(id)
    if (lease !== undefined) this.#lose(lease)
  }

  /** What ended counts as if it had run here, in the time of our clock; `undefined`: it did not run, or is not ours any more. */
  ended(end: LeaseEnd, now: Moment): Finished | undefined {
    const lease = this.#held.get(end.lease)
    if (lease === undefined) {
      if (this.#lost.delete(end.lease)) this.counts.late++
      return undefined
    }
    if (lease.holder !== undefined && lease.holder.member !== end.member) return undefined
    this.#take(end.lease)
    switch (end.kind) {
      case 'ran':
        return finishedOf(lease, end, now)
      case 'cannot':
        this.counts.refused++
        this.#homeless.push({ job: lease.job, losses: lease.losses, isKept: true })
        return undefined
      case 'shutting-down':
        this.#lose(lease)
        return undefined
    }
  }

  /** Loses those whose deadline has passed and those whose member is gone. */
  look(now: Moment, isHeard: IsHeard): void {
    const sinceMs = now.monotonicMs - this.#lookedMs
    if (sinceMs < LOOK_MS) return
    this.#lookedMs = now.monotonicMs
    const forgivenMs = sinceMs > STOOD_STILL_MS && Number.isFinite(sinceMs) ? sinceMs : 0
    for (const lease of this.#held.values()) {
      lease.deadlineMs += forgivenMs
      const { holder } = lease
      const isGone =
        holder !== undefined &&
        now.monotonicMs - holder.atMs > UNHEARD_MS &&
        !isHeard(holder.member, holder.boot)
      if (!isGone && now.monotonicMs < lease.deadlineMs) continue
      this.#take(lease.id)
      this.#lose(lease)
    }
  }

  /** Starts those without a home here, oldest first, as long as `start` has places for them. */
  settle(start: (job: Job) => boolean): void {
    const started = this.#homeless.findIndex(({ job }) => !start(job))
    this.#homeless.splice(0, started < 0 ? this.#homeless.length : started)
  }

  /** One that may be offered again. */
  reopen(now: Moment): Lease | undefined {
    const index = this.#homeless.findIndex(({ isKept }) => !isKept)
    const [found] = index < 0 ? [] : this.#homeless.splice(index, 1)
    return found && this.open(found.job, now, found.losses)
  }

  #take(id: string): Held | undefined {
    const lease = this.#held.get(id)
    if (lease === undefined) return undefined
    this.#held.delete(id)
    if (lease.holder === undefined) this.#unanswered--
    return lease
  }

  #lose({ id, job, losses }: Held): void {
    this.counts.lost++
    this.#lost.add(id)
    if (this.#lost.size > REMEMBERED_MAX)
      for (const oldest of this.#lost) {
        this.#lost.delete(oldest)
        break
      }
    this.#homeless.push({ job, losses: losses + 1, isKept: losses + 1 >= LOSSES_MAX })
  }
}

/** A run that is told before it was known that it began: it began after the offer. */
function finishedOf(
  { job, offeredAt, holder }: Held,
  end: Extract<LeaseEnd, { kind: 'ran' }>,
  now: Moment,
): Finished {
  const tookMs = Math.max(0, end.finishedAt - end.startedAt)
  const startedAt = holder?.at ?? instant(Math.max(offeredAt, now.wall - tookMs))
  return { job, startedAt, finishedAt: after(startedAt, tookMs), outcome: end.outcome }
}
