import type { Check } from '../../domain/check.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { Beat, Order, Standing } from '../../wire/cluster.ts'
import type { Plan, PlanOfCluster } from '../../wire/subjects.ts'
import { Attention } from './attention.ts'
import { Board } from './board.ts'
import { changeBetween, type Change } from './change.ts'
import {
  clusterPlan,
  hostCountOf,
  isSameFor,
  share,
  signatureOf,
  viewOf,
  type Sharing,
} from './cluster-plan.ts'
import type { Remembered } from './memory.ts'
import type { Moment } from './moment.ts'
import { obey } from './orders.ts'
import { yieldsTo } from './overtaken.ts'
import { OwnPlace, type Place } from './own-place.ts'
import { Entry } from './entry.ts'
import { noneDropped, Peers, type PeerNews } from './peers.ts'
import type { Sharer } from './share-out.ts'

export interface AssignmentParts {
  /** `cluster.name`. */
  readonly id: string
  readonly cluster: string
  readonly boot: string
  readonly role: Beat['role']
  readonly remembered: Remembered
  readonly beatMs: number
  /** It is looked at least so often. */
  readonly tickMs: number
}

/** What happened to this collector itself. */
export type OwnNews =
  | { readonly kind: 'stood-still'; readonly ms: number }
  | { readonly kind: 'comes-anew' }
  /** Another process speaks under our name, and goes on to. */
  | { readonly kind: 'twin' }

/** Beats; the last ones of our own last process may come after our first. */
const TWIN_BEATS = 3
const DEFAULT_SILENCE_MS = 3_000
/** What is to come is announced so many beats ahead: all have heard it, also when a beat was lost. */
const NOTICE_BEATS = 2.5
/** For so many silences after it could not hear, a collector believes others rather than itself. */
const WEAK_SILENCES = 2

/**
 * Who checks which host, as one collector sees it: rules of docs/spec/assignment.md. Knows no clock, no bus and no log. `look` must be
 * called before anything that is due is started, and at least every `tickMs`; it says what changed for this collector.
 */
export class Assignment {
  readonly #parts: AssignmentParts
  readonly #attention: Attention
  readonly #peers: Peers
  readonly #own: OwnPlace
  readonly #entry: Entry
  readonly board = new Board()
  readonly dropped = noneDropped()
  #sharing: Sharing | undefined
  /** Wall clock up to which announced times were worked off. */
  #lookedAt: number
  #turnAt = 0
  /** The others have our hosts; seen since the last look. */
  #isOvertaken = false
  #isWeakUntilMs = Number.NEGATIVE_INFINITY
  #news: OwnNews[] = []
  /** It has missed what the others saw: their boards are to be read. */
  wantsStandings = true

  constructor(parts: AssignmentParts, now: Moment) {
    this.#parts = parts
    this.#attention = new Attention(parts.tickMs, parts.beatMs)
    this.#peers = new Peers(parts.id, parts.cluster, parts.beatMs)
    this.#own = new OwnPlace(parts.remembered, now.wall)
    this.#entry = new Entry(now)
    this.#lookedAt = now.wall
  }

  get plan(): Plan | undefined {
    return this.#sharing?.of.plan
  }

  get remembered(): Remembered {
    return this.#own.remembered()
  }

  get isDeaf(): boolean {
    return this.#attention.isDeaf
  }

  get lagMs(): number {
    return this.#attention.lagMs
  }

  get #noticeMs(): number {
    return NOTICE_BEATS * this.#parts.beatMs
  }

  get #silenceMs(): number {
    return this.#sharing?.of.terms.silenceMs ?? DEFAULT_SILENCE_MS
  }

  /** `terms` are those of this collector's cluster. The change holds all of its checks, also when they are the same as before. */
  follow(plan: Plan, terms: PlanOfCluster, now: Moment): Change {
    const of = clusterPlan(plan, terms)
    this.board.keep(of.checks)
    this.#peers.revoke(terms.revoked)
    if (!this.#own.hasJoined) this.#own.join(now.wall, this.#noticeMs)
    const next = share(of, this.#sharersAt(now.wall))
    const before = this.#sharing
    this.#sharing = next
    return this.#changeTo(next, before, now, [now.wall, now.wall])
  }

  takeBeat(beat: Beat, subjectName: string, now: Moment): void {
    const fault = this.#peers.faultOf(beat.collector, subjectName)
    if (fault !== undefined) return void this.dropped[fault]++
    if (beat.collector === this.#parts.id) {
      if (beat.boot === this.#parts.boot) this.#attention.echo(beat.at, now)
      else if (++this.dropped.twin === TWIN_BEATS) this.#news.push({ kind: 'twin' })
      return
    }
    const late = this.#peers.take(beat, now, this.#attention.isPrompt(now))
    if (late !== undefined) this.dropped[late]++
    else if (this.#isOvertakenBy(beat, now)) this.#isOvertaken = true
  }

  #isOvertakenBy(beat: Beat, now: Moment): boolean {
    // Nobody counts one that has no hosts.
    if (this.#parts.role !== 'full') return false
    const isSettled = now.wall - (this.#own.from ?? now.wall) >= 2 * this.#parts.beatMs
    if (this.#own.standingAt(now.wall) !== 'active' || !isSettled) return false
    const isWeak = now.monotonicMs < this.#isWeakUntilMs
    return yieldsTo(beat, { id: this.#parts.id, sharers: this.sharers, isWeak })
  }

  /** Of another; returns what is news, in the time of this collector's clock. */
  takeStandings(
    from: string,
    subjectName: string,
    standings: readonly Standing[],
  ): readonly Standing[] {
    if (from === this.#parts.id) return []
    const fault = this.#peers.faultOf(from, subjectName)
    if (fault !== undefined) {
      this.dropped[fault]++
      return []
    }
    const skewMs = this.#peers.skewOf(from)
    return standings.flatMap((standing) => {
      const isNews = this.board.take(standing, skewMs)
      const taken = isNews ? this.board.of(standing.checkId as CheckId) : undefined
      return taken === undefined ? [] : [taken]
    })
  }

  /** Changes in the order in which they are to be applied; mostly none. */
  look(now: Moment): readonly Change[] {
    const silenceMs = this.#silenceMs
    const { steppedMs, pausedMs, unheardMs } = this.#attention.look(now, silenceMs)
    if (steppedMs !== 0) this.#step(steppedMs)
    const missedMs = Math.max(pausedMs, unheardMs)
    // After a long time the whole silence begins anew; a short one is not counted.
    if (missedMs > 0)
      this.#peers.forgive(now, missedMs >= silenceMs / 2 ? Number.POSITIVE_INFINITY : missedMs)
    if (missedMs >= silenceMs / 2) this.#isWeakUntilMs = now.monotonicMs + WEAK_SILENCES * silenceMs
    const changes: (Change | undefined)[] = []
    const wasAway = pausedMs >= silenceMs && this.#peers.sharersAt(this.#lookedAt).length > 0
    if (pausedMs > 0) this.#news.push({ kind: 'stood-still', ms: pausedMs })
    if (wasAway || this.#isOvertaken) {
      if (this.#own.standingAt(now.wall) === 'active') this.#news.push({ kind: 'comes-anew' })
      this.#own.rejoin(now.wall, this.#noticeMs)
      this.#isOvertaken = false
      this.wantsStandings = true
      changes.push(this.#share(now.wall, now, this.#lookedAt))
    }
    // Who has no hosts to defend takes others as they see themselves.
    if (this.#parts.role !== 'full' || this.#own.weightAt(now.wall) === undefined)
      this.#peers.believeAll()
    for (const at of this.#boundariesAfter(this.#lookedAt)) {
      if (at > now.wall) break
      changes.push(this.#share(at, now))
    }
    if (!this.isDeaf) this.#peers.expire(now, silenceMs + this.lagMs)
    this.#entry.look(now, {
      own: this.#own,
      attention: this.#attention,
      silenceMs,
      noticeMs: this.#noticeMs,
      isAnybodySharing: this.#peers.sharersAt(now.wall).length > 0,
    })
    changes.push(this.#share(now.wall, now))
    this.#own.settle(now.wall, this.#noticeMs)
    if (this.sharers.length === 1 && this.#own.weightAt(now.wall) !== undefined)
      this.wantsStandings = false
    this.#lookedAt = now.wall
    return changes.filter((change) => change !== undefined)
  }

  /** When shares change next by announcement, by the wall clock: `look` must be called before anything due from then on is started. */
  get nextBoundaryAt(): number {
    return this.#boundariesAfter(this.#lookedAt)[0] ?? Number.POSITIVE_INFINITY
  }

  #step(ms: number): void {
    this.#own.stepped(ms)
    this.#peers.stepped(ms)
    this.board.stepped(ms)
    this.#lookedAt += ms
    this.#turnAt += ms
  }

  /** In order, each once. */
  #boundariesAfter(wall: number): readonly number[] {
    const times = [...this.#own.boundariesAfter(wall), ...this.#peers.boundariesAfter(wall)]
    return [...new Set(times)].sort((a, b) => a - b)
  }

  #sharersAt(wall: number): readonly Sharer[] {
    const sharers = this.#peers.sharersAt(wall)
    const { id, role } = this.#parts
    const weight = this.#own.weightAt(wall)
    if (weight !== undefined && role === 'full' && !this.#peers.isRevoked(id))
      sharers.push({ id, weight })
    return sharers.sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** Slots due from `at` on are shared anew; of those that go away, slots due before `lostAt` are still run here. */
  #share(at: number, now: Moment, lostAt = at): Change | undefined {
    const before = this.#sharing
    if (before === undefined) return undefined
    const sharers = this.#sharersAt(at)
    if (signatureOf(sharers) === before.signature) return undefined
    const next = share(before.of, sharers)
    this.#sharing = next
    if (isSameFor(this.#parts.id, before, next)) return undefined
    return this.#changeTo(next, before, now, [at, lostAt])
  }

  #changeTo(
    next: Sharing,
    before: Sharing | undefined,
    now: Moment,
    [at, lostAt]: readonly [at: number, lostAt: number],
  ): Change {
    const { change, turnAt } = changeBetween(before, next, {
      id: this.#parts.id,
      at,
      lostAt,
      now: now.wall,
      turnAt: this.#turnAt,
      isInformed: !this.wantsStandings,
      lastOf: (checkId) => this.board.of(checkId),
      hadAnnouncedEnd: (id) => this.#peers.hadAnnouncedEnd(id, at),
    })
    this.#turnAt = turnAt
    return change
  }

  /** Who would take over what this collector leaves a notice from now. */
  #hasHeirs(now: Moment): boolean {
    return this.#peers.sharersAt(now.wall + this.#noticeMs).length > 0
  }

  /** Hands everything over. Returns when that is done, by the wall clock; `undefined`: there is nobody to hand it to. */
  stop(now: Moment): number | undefined {
    if (this.#parts.role !== 'full') {
      this.#own.stop(now.wall)
      return undefined
    }
    const isActive = this.#own.weightAt(now.wall) !== undefined
    const until = isActive && this.#hasHeirs(now) ? now.wall + this.#noticeMs : undefined
    this.#own.stop(until)
    return until
  }

  /** Why an order cannot be followed; `undefined` when it is. */
  obey(want: Order['want'], now: Moment): string | undefined {
    if (want.kind === 'uncordon') this.wantsStandings = true
    return obey(this.#own, want, {
      wall: now.wall,
      noticeMs: this.#noticeMs,
      hasHeirs: this.#hasHeirs(now),
    })
  }

  /** Of the plan. */
  check(id: CheckId): Check | undefined {
    return this.#sharing?.of.checks.get(id)
  }

  placeAt(wall: number): Place {
    return this.#own.placeAt(wall, this.#noticeMs)
  }

  /** Hosts of this collector now. */
  get hosts(): number {
    return this.#sharing === undefined ? 0 : hostCountOf(this.#sharing, this.#parts.id)
  }

  /** The same for all who share the same plan among the same members. */
  get view(): string {
    return viewOf(this.#sharing)
  }

  /** Who takes part now, this collector included. */
  get sharers(): readonly Sharer[] {
    return this.#sharing?.shares.sharers ?? []
  }

  get peers(): readonly Beat[] {
    return this.#peers.present()
  }

  takeNews(): readonly (PeerNews | OwnNews)[] {
    return [...this.#peers.news.splice(0), ...this.#news.splice(0)]
  }
}
