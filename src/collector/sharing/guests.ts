import type { Check } from '../../domain/check.ts'
import type { CheckId } from '../../domain/check-id.ts'
import { parseCollectorId } from '../../domain/cluster.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import type { LeaseEnd, WorkOffer } from '../../wire/work.ts'
import type { Executor, Finished, Job } from '../ports.ts'

export interface GuestParts {
  /** `cluster.name` of this collector. */
  readonly id: string
  readonly cluster: string
  readonly executor: Pick<Executor, 'start'>
  /** Of the plan that this collector follows now. */
  readonly revision: () => string | undefined
  readonly check: (id: CheckId) => Check | undefined
}

/** To whom what is to be told. */
export interface ToOwner {
  readonly owner: string
  readonly end: LeaseEnd
}

/** Executions of other members that run here. There are never more than the executor has places. */
export class Guests {
  readonly #parts: GuestParts
  readonly #byLease = new Map<string, Job>()
  readonly #offers = new Map<Job, WorkOffer>()
  /** Those that were given back too: what ends of them is nobody's result. */
  readonly #jobs = new WeakSet<Job>()
  taken = 0

  constructor(parts: GuestParts) {
    this.#parts = parts
  }

  get running(): number {
    return this.#offers.size
  }

  /** Why an offer is refused; `undefined`: it runs. One that comes twice runs once. */
  take(offer: WorkOffer, room: number): string | undefined {
    const { id, cluster, executor } = this.#parts
    if (this.#byLease.has(offer.lease)) return undefined
    if (offer.owner === id) return 'it is my own'
    if (parseCollectorId(offer.owner)?.cluster !== cluster) return 'it is of another cluster'
    if (room <= 0) return 'no room'
    if (offer.revision !== this.#parts.revision()) return 'another plan is followed here'
    const check = this.#parts.check(offer.checkId)
    if (check === undefined) return 'the check is not in the plan'
    if (!isPlugin(check)) return 'the check is no plugin'
    const { origin, dueAt, macros } = offer
    const job: Job = { check, origin, dueAt, macros: () => macros }
    if (!executor.start(job)) return 'no free slot'
    this.#byLease.set(offer.lease, job)
    this.#offers.set(job, offer)
    this.#jobs.add(job)
    this.taken++
    return undefined
  }

  owns(job: Job): boolean {
    return this.#jobs.has(job)
  }

  /** What the executor ended; `undefined`: its owner was told already. A plugin that cannot be started here may well be startable where it belongs. */
  ended({ job, startedAt, finishedAt, outcome }: Finished): ToOwner | undefined {
    const offer = this.#offers.get(job)
    if (offer === undefined) return undefined
    this.#offers.delete(job)
    this.#byLease.delete(offer.lease)
    const from = this.#from(offer)
    const end: LeaseEnd =
      outcome.kind === 'not-started'
        ? { ...from, kind: 'cannot', reason: outcome.output }
        : { ...from, kind: 'ran', startedAt, finishedAt, outcome }
    return { owner: offer.owner, end }
  }

  /** All that still run; their ends are not waited for. */
  giveBack(): readonly ToOwner[] {
    const left = [...this.#offers.values()]
    this.#offers.clear()
    this.#byLease.clear()
    return left.map((offer) => ({
      owner: offer.owner,
      end: { ...this.#from(offer), kind: 'shutting-down', reason: 'it stops' },
    }))
  }

  #from({ lease }: WorkOffer): Pick<LeaseEnd, 'version' | 'lease' | 'member'> {
    return { version: MESSAGE_VERSION, lease, member: this.#parts.id }
  }
}

export function isPlugin({ command }: Check): boolean {
  return command.kind === 'shell-line' || command.kind === 'arguments'
}
