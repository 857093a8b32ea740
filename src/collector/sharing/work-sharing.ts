import type { Clock } from '../../base/clock.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import {
  BusUnavailable,
  NobodyAnswers,
  Refused,
  type Bus,
  type Subscription,
} from '../../wire/bus.ts'
import type { Beat } from '../../wire/cluster.ts'
import type { Check } from '../../domain/check.ts'
import type { CheckId } from '../../domain/check-id.ts'
import { leaseEndTo, workOf, type WorkOffer, type WorkTaken } from '../../wire/work.ts'
import type { Log } from '../../base/log.ts'
import { momentOf } from '../assignment/moment.ts'
import type { Overflow } from '../overflow.ts'
import type { Executor, Finished, Job, Places } from '../ports.ts'
import { Guests, isPlugin, type ToOwner } from './guests.ts'
import { ASK_MS, Leases, type Lease, type LeaseCounts } from './leases.ts'
import { Room } from './room.ts'

/** What a collector knows of its cluster, as far as sharing work needs it. */
export interface Members {
  /** The last beats of all others that are heard. */
  readonly present: readonly Beat[]
  /** Of the plan that it follows. */
  readonly revision: string | undefined
  check(id: CheckId): Check | undefined
  /** It may be given work: it is not drained, cordoned or stopped. */
  readonly isServing: boolean
}

export interface WorkSharingParts {
  /** `cluster.name`. */
  readonly id: string
  readonly cluster: string
  readonly boot: string
  readonly role: Beat['role']
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly executor: Pick<Executor, 'start'>
  /** Its places for plugins. */
  readonly places: () => Places
  readonly members: Members
  /** Own checks that are due and wait for a place. */
  readonly waiting: () => number
  /** An execution of this collector has ended elsewhere. */
  readonly finished: (finished: Finished) => void
  /** Something may be startable now. */
  readonly wake: () => void
}

export interface SharingStats extends Readonly<LeaseCounts> {
  readonly handedOut: number
  readonly homeless: number
  readonly guests: number
  readonly taken: number
}

/** So many times its own places a collector hands out at once. */
const HANDED_OUT_SHARE = 2
/** Of the places of one that has hosts of its own, others get at most this part. */
const GUEST_SHARE = 0.75
/** Ends that the bus did not take yet. */
const UNSENT_MAX = 500
const SHARE = 'work'
const GUESTS_LOOK_MS = 50

/** Hands plugins that find no free place to other members of the cluster, and runs theirs. Rules: docs/spec/sharing.md. */
export class WorkSharing implements Overflow {
  readonly #parts: WorkSharingParts
  readonly #leases: Leases
  readonly #room = new Room()
  readonly #guests: Guests
  readonly #ends: Subscription
  #answering: Subscription | undefined
  #unsent: ToOwner[] = []
  #isStopping = false

  constructor(parts: WorkSharingParts) {
    const { id, cluster, boot, bus, clock, executor, members, places } = parts
    this.#parts = parts
    this.#leases = new Leases(boot, () => HANDED_OUT_SHARE * places().slots)
    this.#guests = new Guests({
      id,
      cluster,
      executor,
      revision: () => members.revision,
      check: (of) => members.check(of),
    })
    this.#ends = bus.subscribe(leaseEndTo(id, `${cluster}.*`), (end, name) => {
      if (name !== leaseEndTo(id, end.member).name) return
      const finished = this.#leases.ended(end, momentOf(clock))
      if (finished === undefined) return parts.wake()
      this.#room.gaveBack(end.member)
      parts.finished(finished)
    })
  }

  /** Plugins of others that it would run now. */
  get room(): number {
    const { places, members, role } = this.#parts
    const { slots, running } = places()
    if (this.#isStopping || !members.isServing || members.revision === undefined) return 0
    if (this.#parts.waiting() > 0 || this.#leases.homeless > 0) return 0
    const share = role === 'executor' ? slots : Math.floor(GUEST_SHARE * slots)
    return Math.max(0, Math.min(slots - running, share - this.#guests.running))
  }

  get waiting(): number {
    return this.#leases.homeless
  }

  stats(): SharingStats {
    const { counts, handedOut, homeless } = this.#leases
    const { running: guests, taken } = this.#guests
    return { ...counts, handedOut, homeless, guests, taken }
  }

  tick(): void {
    const { members, clock, executor } = this.#parts
    const { present } = members
    this.#room.hear(present, members.revision)
    this.#leases.look(momentOf(clock), (member, boot) =>
      present.some((beat) => beat.collector === member && beat.boot === boot),
    )
    if (this.#leases.homeless > 0) {
      this.#leases.settle((job) => executor.start(job))
      this.#offerAgain()
    }
    this.#sendLeft()
    this.#listen()
  }

  offer(job: Job): boolean {
    if (!isPlugin(job.check) || !this.#leases.hasRoom || !this.#canOffer()) return false
    this.#ask(this.#leases.open(job, momentOf(this.#parts.clock)))
    return true
  }

  /** From the executor. Returns whether it was work of another member, who is told. */
  takeEnd(finished: Finished): boolean {
    if (!this.#guests.owns(finished.job)) return false
    const told = this.#guests.ended(finished)
    if (told !== undefined) this.#tell(told)
    this.#listen()
    return true
  }

  /** Takes no more; resolves when all that it took has ended, or after the time for it. What is left goes back. */
  async stop(withinMs: number): Promise<void> {
    const { clock, log } = this.#parts
    this.#isStopping = true
    this.#listen()
    const endMs = clock.monotonicMs() + withinMs
    while (this.#guests.running > 0 && clock.monotonicMs() < endMs)
      await clock.sleep(GUESTS_LOOK_MS)
    const left = this.#guests.giveBack()
    if (left.length > 0) log.info('work of other members is given back', { plugins: left.length })
    for (const told of left) this.#tell(told)
  }

  close(): void {
    this.#isStopping = true
    this.#sendLeft()
    this.#listen()
    this.#ends.close()
  }

  #canOffer(): boolean {
    const { clock, places } = this.#parts
    const { slots, running } = places()
    if (running < slots) return false
    return this.#room.at(clock.monotonicMs()) > this.#leases.unanswered
  }

  #offerAgain(): void {
    // Each turn takes one that is homeless, or ends.
    while (this.#canOffer()) {
      const lease = this.#leases.reopen(momentOf(this.#parts.clock))
      if (lease === undefined) return
      this.#ask(lease)
    }
  }

  #ask({ id: lease, job }: Lease): void {
    const { id: owner, cluster, bus, members, log } = this.#parts
    // Who is full must not get its own question.
    this.#listen()
    const { check, origin, dueAt } = job
    const macros =
      'hasRuntimeMacros' in check.command && check.command.hasRuntimeMacros ? job.macros() : {}
    const offer: WorkOffer = {
      version: MESSAGE_VERSION,
      lease,
      owner,
      revision: members.revision ?? '',
      checkId: check.id,
      origin: origin === 'requested' ? origin : 'scheduled',
      dueAt,
      macros,
    }
    bus
      .request(workOf(cluster), offer, ASK_MS)
      .then((taken) => this.#taken(lease, taken))
      .catch((error: unknown) => this.#notTaken(lease, error))
      .catch((error: unknown) => log.error('an answer about work could not be taken', { error }))
  }

  #taken(lease: string, { member, boot }: WorkTaken): void {
    if (this.#leases.taken(lease, member, boot, momentOf(this.#parts.clock)))
      this.#room.took(member)
  }

  #notTaken(lease: string, error: unknown): void {
    const { clock, wake, log } = this.#parts
    this.#room.refused(clock.monotonicMs())
    if (error instanceof Refused || error instanceof NobodyAnswers) this.#leases.refused(lease)
    else {
      if (!(error instanceof BusUnavailable)) log.warn('an answer about work is none', { error })
      this.#leases.lose(lease)
    }
    wake()
  }

  /** Who has no room is not asked. */
  #listen(): void {
    const { bus, cluster } = this.#parts
    const hasRoom = this.room > 0
    if (hasRoom && this.#answering === undefined)
      this.#answering = bus.answer(workOf(cluster), (offer) => this.#take(offer), SHARE)
    else if (!hasRoom) {
      this.#answering?.close()
      this.#answering = undefined
    }
  }

  #take(offer: WorkOffer): WorkTaken {
    const { id: member, boot } = this.#parts
    const reason = this.#guests.take(offer, this.room)
    if (reason !== undefined) throw new Refused(reason)
    this.#listen()
    return { version: MESSAGE_VERSION, lease: offer.lease, member, boot }
  }

  #tell(told: ToOwner): void {
    const { bus } = this.#parts
    bus.publish(leaseEndTo(told.owner, told.end.member), told.end).catch(() => {
      if (this.#unsent.length >= UNSENT_MAX) this.#unsent.shift()
      this.#unsent.push(told)
    })
  }

  /** Whoever waits longer than its deadline has given it up, and drops what comes. */
  #sendLeft(): void {
    for (const told of this.#unsent.splice(0)) this.#tell(told)
  }
}
