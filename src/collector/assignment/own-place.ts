import type { Beat } from '../../wire/cluster.ts'
import { flapped, holdDownMs, type Flaps } from './hold-down.ts'
import { boundedWeight, type Remembered } from './memory.ts'

interface NextWeight {
  readonly weight: number
  readonly from: number
}

/** What a beat says of its sender's place. */
export type Place = Pick<Beat, 'standing' | 'activeFrom' | 'activeUntil' | 'weight' | 'nextWeight'>

/** This collector's own place in its cluster, by its own wall clock. Slots due in `[from, until)` are shared with it. */
export class OwnPlace {
  #from: number | undefined
  #until: number | undefined
  #isCordoned: boolean
  #rejoins = false
  #weight: number
  #nextWeight: NextWeight | undefined
  #flaps: Flaps
  #isStopped = false

  constructor(remembered: Remembered, wall: number) {
    this.#isCordoned = remembered.isCordoned
    this.#weight = remembered.weight
    this.#flaps = remembered.wasStopped ? remembered.flaps : flapped(remembered.flaps, wall)
    if (remembered.isCordoned) this.#until = wall
  }

  /** Whether it has said from when on it takes part. */
  get hasJoined(): boolean {
    return this.#from !== undefined
  }

  get isCordoned(): boolean {
    return this.#isCordoned
  }

  get from(): number | undefined {
    return this.#from
  }

  /** Hosts come from `wall + noticeMs` on, later after it was lost. Nothing for one that is cordoned. */
  join(wall: number, noticeMs: number): void {
    if (this.#isCordoned) this.#from ??= wall
    else this.#from = wall + Math.max(noticeMs, holdDownMs(this.#flaps, wall))
  }

  /** Not later than `from`. */
  hurry(from: number): void {
    if (!this.#isCordoned && this.#from !== undefined) this.#from = Math.min(this.#from, from)
  }

  /** It was gone for the others: comes again as a newcomer. */
  rejoin(wall: number, noticeMs: number): void {
    if (this.#until !== undefined || this.#from === undefined) return
    if (this.#from <= wall) this.#flaps = flapped(this.#flaps, wall)
    this.join(wall, noticeMs)
  }

  /** Slots due before `until` are still its own. */
  leave(until: number): void {
    this.#until = Math.min(this.#until ?? until, until)
  }

  cordon(until: number): void {
    this.leave(until)
    this.#isCordoned = true
    this.#rejoins = false
  }

  /** Begins anew, when a drain that has begun is over. */
  uncordon(wall: number, noticeMs: number): void {
    if (this.#until === undefined) return
    this.#isCordoned = false
    this.#rejoins = true
    this.settle(wall, noticeMs)
  }

  weigh(weight: number, from: number): void {
    this.#nextWeight = { weight: boundedWeight(weight), from }
  }

  /** In order. `undefined`: nobody takes over. */
  stop(until: number | undefined): void {
    if (until !== undefined) this.leave(until)
    this.#rejoins = false
    this.#isStopped = true
  }

  /** What was announced has come: call it after shares were looked at. */
  settle(wall: number, noticeMs: number): void {
    if (this.#nextWeight !== undefined && this.#nextWeight.from <= wall) {
      this.#weight = this.#nextWeight.weight
      this.#nextWeight = undefined
    }
    if (this.#rejoins && this.#until !== undefined && this.#until <= wall) {
      this.#rejoins = false
      this.#until = undefined
      this.join(wall, noticeMs)
    }
  }

  stepped(ms: number): void {
    if (this.#from !== undefined) this.#from += ms
    if (this.#until !== undefined) this.#until += ms
    if (this.#nextWeight !== undefined)
      this.#nextWeight = { ...this.#nextWeight, from: this.#nextWeight.from + ms }
  }

  /** Its weight for slots due at `wall`; `undefined` when they are not its own to share. */
  weightAt(wall: number): number | undefined {
    if (this.#from === undefined || wall < this.#from) return undefined
    if (this.#until !== undefined && wall >= this.#until) return undefined
    const next = this.#nextWeight
    return next !== undefined && wall >= next.from ? next.weight : this.#weight
  }

  boundariesAfter(wall: number): number[] {
    return [this.#from, this.#until, this.#nextWeight?.from].filter(
      (time) => time !== undefined && time > wall,
    ) as number[]
  }

  standingAt(wall: number): Beat['standing'] {
    if (this.#until !== undefined && wall < this.#until && (this.#from ?? wall + 1) <= wall)
      return 'leaving'
    if (this.#isCordoned) return 'cordoned'
    if (this.#until !== undefined) return 'leaving'
    return this.#from === undefined || wall < this.#from ? 'joining' : 'active'
  }

  /** Before it has joined, its time is always still to come. */
  placeAt(wall: number, noticeMs: number): Place {
    return {
      standing: this.standingAt(wall),
      activeFrom: this.#from ?? wall + noticeMs,
      activeUntil: this.#until ?? null,
      weight: this.#weight,
      ...(this.#nextWeight === undefined ? {} : { nextWeight: this.#nextWeight }),
    }
  }

  remembered(): Remembered {
    return {
      isCordoned: this.#isCordoned,
      weight: this.#nextWeight?.weight ?? this.#weight,
      flaps: this.#flaps,
      wasStopped: this.#isStopped,
    }
  }
}
