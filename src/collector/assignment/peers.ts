import { parseCollectorId } from '../../domain/cluster.ts'
import type { Beat } from '../../wire/cluster.ts'
import { boundedWeight } from './memory.ts'
import type { Moment } from './moment.ts'
import type { Sharer } from './share-out.ts'

/** Why a beat counts for nothing. */
export type BeatFault = 'impostor' | 'foreign' | 'revoked' | 'late' | 'crowded'

/** Messages that counted for nothing; `twin`: another process says that it is this collector. */
export type Dropped = Record<BeatFault | 'twin', number>

export function noneDropped(): Dropped {
  return { impostor: 0, foreign: 0, revoked: 0, late: 0, crowded: 0, twin: 0 }
}

export interface PeerNews {
  readonly kind: 'heard' | 'restarted' | 'gone' | 'left' | 'back'
  readonly id: string
}

interface Peer {
  readonly id: string
  beat: Beat
  /** Boots before this one: what still comes from them is late. */
  readonly boots: string[]
  heardMs: number
  /** Sender's wall clock minus ours, as the last beats had it: the largest was least delayed. */
  skews: number[]
  /** Our wall clock when its end was heard first. */
  untilHeardAt: number
  isGone: boolean
  /** Heard again since then, though it is gone. */
  returnedMs: number | undefined
  /** From when on it took part when it went. */
  goneFrom: number
}

/** Clocks that differ by less are taken as equal: then a slot has the same name for both, and each is run exactly once. */
export const SKEW_MAX_MS = 2_000
/** Beats that say how a peer's clock stands to ours. */
const SKEWS_MAX = 5
const BOOTS_MAX = 8
export const PEERS_MAX = 256
/** One who is gone is remembered so long. */
const FORGET_MS = 3_600_000
/** One who was thought gone and counts us all the same is believed after so many beats: before, it may find out that it is to come anew. */
const BELIEVED_BEATS = 2.5

/**
 * The other members of the cluster, by what they said and when it was heard. Times of a peer whose clock differs by `SKEW_MAX_MS` or more are
 * translated to ours by the measured difference.
 */
export class Peers {
  readonly #self: string
  readonly #cluster: string
  readonly #beatMs: number
  readonly #peers = new Map<string, Peer>()
  #revoked: ReadonlySet<string> = new Set()
  news: PeerNews[] = []

  constructor(self: string, cluster: string, beatMs: number) {
    this.#self = self
    this.#cluster = cluster
    this.#beatMs = beatMs
  }

  /** Full ids or short names; they are forgotten at once. */
  revoke(names: readonly string[]): void {
    this.#revoked = new Set(
      names.map((name) => (name.includes('.') ? name : `${this.#cluster}.${name}`)),
    )
    for (const id of this.#revoked) this.#peers.delete(id)
  }

  isRevoked(id: string): boolean {
    return this.#revoked.has(id)
  }

  /** Whether `id` may speak under this subject: one token before `cluster.name`. */
  faultOf(id: string, subjectName: string): BeatFault | undefined {
    if (subjectName.slice(subjectName.indexOf('.') + 1) !== id) return 'impostor'
    if (parseCollectorId(id)?.cluster !== this.#cluster) return 'foreign'
    return this.#revoked.has(id) ? 'revoked' : undefined
  }

  /** Of others; one's own must not come here. `isPrompt`: it was said just now, so that it tells how the clocks stand. */
  take(beat: Beat, now: Moment, isPrompt: boolean): BeatFault | undefined {
    const known = this.#peers.get(beat.collector) ?? this.#meet(beat)
    if (known === undefined) return 'crowded'
    const isNewBoot = beat.boot !== known.beat.boot
    if (isNewBoot ? known.boots.includes(beat.boot) : beat.number <= known.beat.number)
      return 'late'
    if (isNewBoot) this.#restart(known, beat, now)
    if (beat.activeUntil !== known.beat.activeUntil) known.untilHeardAt = now.wall
    known.beat = beat
    known.heardMs = now.monotonicMs
    if (isPrompt) known.skews = [...known.skews, beat.at - now.wall].slice(-SKEWS_MAX)
    if (known.isGone) this.#return(known, now)
    return undefined
  }

  #meet(beat: Beat): Peer | undefined {
    if (this.#peers.size >= PEERS_MAX) return undefined
    const peer: Peer = {
      id: beat.collector,
      beat: { ...beat, number: -1 },
      boots: [],
      heardMs: 0,
      skews: [],
      untilHeardAt: Number.NEGATIVE_INFINITY,
      isGone: false,
      returnedMs: undefined,
      goneFrom: 0,
    }
    this.#peers.set(beat.collector, peer)
    this.news.push({ kind: 'heard', id: beat.collector })
    return peer
  }

  #restart(peer: Peer, beat: Beat, now: Moment): void {
    peer.boots.push(peer.beat.boot)
    if (peer.boots.length > BOOTS_MAX) peer.boots.shift()
    peer.skews = []
    peer.untilHeardAt = now.wall
    if (peer.isGone) this.#welcome(peer)
    else this.news.push({ kind: 'restarted', id: beat.collector })
  }

  /** One that comes as a newcomer has said from when on; one that does not know that it was gone and counts us was only not heard by us. */
  #return(peer: Peer, now: Moment): void {
    peer.returnedMs ??= now.monotonicMs
    const isBelieved = now.monotonicMs - peer.returnedMs >= BELIEVED_BEATS * this.#beatMs
    const { activeFrom, sharers, role } = peer.beat
    const countsUs = sharers?.includes(this.#self) ?? true
    // Of one that has no hosts nothing is in dispute.
    const isHarmless = role === 'executor'
    if (isHarmless || activeFrom !== peer.goneFrom || (isBelieved && countsUs)) this.#welcome(peer)
  }

  #welcome(peer: Peer): void {
    peer.isGone = false
    peer.returnedMs = undefined
    this.news.push({ kind: 'back', id: peer.id })
  }

  /** We were wrong: whoever can be heard takes part as it says. */
  believeAll(): void {
    for (const peer of this.#peers.values()) {
      if (peer.isGone && peer.returnedMs !== undefined) this.#welcome(peer)
    }
  }

  /** Who was silent for longer than `patienceMs` is gone; who had said so has left. */
  expire(now: Moment, patienceMs: number): void {
    for (const peer of this.#peers.values()) {
      const silentMs = now.monotonicMs - peer.heardMs
      if (peer.isGone && silentMs > FORGET_MS) this.#peers.delete(peer.id)
      if (silentMs <= patienceMs) continue
      peer.returnedMs = undefined
      if (peer.isGone) continue
      if (this.#until(peer) <= now.wall) {
        this.#peers.delete(peer.id)
        this.news.push({ kind: 'left', id: peer.id })
        continue
      }
      peer.isGone = true
      peer.goneFrom = peer.beat.activeFrom
      this.news.push({ kind: 'gone', id: peer.id })
    }
  }

  /** We could not hear for so long: that time is no silence of theirs. */
  forgive(now: Moment, ms: number): void {
    for (const peer of this.#peers.values()) {
      if (!peer.isGone) peer.heardMs = Math.min(peer.heardMs + ms, now.monotonicMs)
    }
  }

  /** Our wall clock stepped by so much. */
  stepped(ms: number): void {
    for (const peer of this.#peers.values()) {
      peer.skews = peer.skews.map((skew) => skew - ms)
      peer.untilHeardAt += ms
    }
  }

  /** Whose are the slots due at `wall`, as far as others are concerned. */
  sharersAt(wall: number): Sharer[] {
    const sharers: Sharer[] = []
    for (const peer of this.#peers.values()) {
      const { role, weight, nextWeight } = peer.beat
      if (peer.isGone || role !== 'full') continue
      if (wall < this.#from(peer) || wall >= this.#until(peer)) continue
      const isNext = nextWeight !== undefined && wall >= this.#local(peer, nextWeight.from)
      sharers.push({ id: peer.id, weight: boundedWeight(isNext ? nextWeight.weight : weight) })
    }
    return sharers
  }

  /** When shares change by announcement, after `wall`. */
  boundariesAfter(wall: number): number[] {
    const times: number[] = []
    for (const peer of this.#peers.values()) {
      if (peer.isGone || peer.beat.role !== 'full') continue
      const { nextWeight } = peer.beat
      times.push(this.#from(peer), this.#until(peer))
      if (nextWeight !== undefined) times.push(this.#local(peer, nextWeight.from))
    }
    return times.filter((time) => time > wall && Number.isFinite(time))
  }

  /** Whether it said beforehand that slots due at `wall` are not its own any more. */
  hadAnnouncedEnd(id: string, wall: number): boolean {
    const peer = this.#peers.get(id)
    if (peer === undefined) return false
    const until = this.#until(peer)
    return until <= wall && peer.untilHeardAt <= until
  }

  /** The sender's wall clock minus ours where they cannot be taken as equal; 0 else, and for one never heard. */
  skewOf(id: string): number {
    const peer = this.#peers.get(id)
    return peer === undefined ? 0 : this.#skew(peer)
  }

  isPresent(id: string): boolean {
    return this.#peers.get(id)?.isGone === false
  }

  /** All that are heard now. */
  present(): readonly Beat[] {
    return [...this.#peers.values()].flatMap((peer) => (peer.isGone ? [] : [peer.beat]))
  }

  #skew(peer: Peer): number {
    const skew = peer.skews.length === 0 ? 0 : Math.max(...peer.skews)
    return Math.abs(skew) < SKEW_MAX_MS ? 0 : skew
  }

  #local(peer: Peer, theirs: number): number {
    return theirs - this.#skew(peer)
  }

  #from(peer: Peer): number {
    return this.#local(peer, peer.beat.activeFrom)
  }

  #until(peer: Peer): number {
    const { activeUntil } = peer.beat
    return activeUntil === null ? Number.POSITIVE_INFINITY : this.#local(peer, activeUntil)
  }
}
