import type { Check } from '../../domain/check.ts'
import type { CheckId } from '../../domain/check-id.ts'
import { Refused, type Subscription } from '../../wire/bus.ts'
import {
  beatOf,
  beatsOf,
  orderTo,
  standingsOf,
  standingsPageOf,
  type Beat,
  type Order,
  type Standing,
} from '../../wire/cluster.ts'
import { MESSAGE_VERSION, type Plan, type PlanOfCluster } from '../../wire/subjects.ts'
import type { PlanChange } from '../scheduler/apply-plan.ts'
import type { PeriodCalendar } from '../scheduler/period-windows.ts'
import { Assignment } from './assignment.ts'
import type { Change } from './change.ts'
import {
  DEFAULT_CLUSTER_SETTINGS,
  type ClusterLoopParts,
  type ClusterSettings,
  type ClusterStats,
} from './cluster-parts.ts'
import { rememberedOf } from './memory.ts'
import { momentOf } from './moment.ts'
import { tellOf } from './news-line.ts'
import { StandingsFetch } from './standings-fetch.ts'

/** Messages that the bus has not taken yet; what comes beyond is left out, and the next one says it. */
const IN_FLIGHT_MAX = 8
const BATCHES_MAX = 8
/** Without own beats for so long people should know. */
const OUT_BEATS = 5

/** Beats, listens to others, tells them what it saw, and keeps the scheduler to its own share of the plan. */
export class ClusterLoop {
  readonly #parts: ClusterLoopParts
  readonly #settings: ClusterSettings
  readonly #assignment: Assignment
  readonly #fetch: StandingsFetch
  readonly #subscriptions: readonly Subscription[]
  #calendars: ReadonlyMap<string, PeriodCalendar> = new Map()
  #beats = 0
  #inFlight = 0
  #lookMs = Number.NEGATIVE_INFINITY
  #beatMs = Number.NEGATIVE_INFINITY
  #shareMs = Number.NEGATIVE_INFINITY
  #saved = ''
  #isOut = false
  #heardMs: number
  #isClosed = false
  #takenOver = 0

  constructor(parts: ClusterLoopParts) {
    this.#parts = parts
    this.#heardMs = parts.clock.monotonicMs()
    this.#settings = { ...DEFAULT_CLUSTER_SETTINGS, ...parts.settings }
    const { id, cluster, boot, role, bus, clock, log, memory } = parts
    const { beatMs, tickMs } = this.#settings
    const remembered = rememberedOf(memory.load())
    this.#assignment = new Assignment(
      { id, cluster, boot, role, remembered, beatMs, tickMs },
      momentOf(clock),
    )
    const take = (from: string, subjectName: string, standings: readonly Standing[]): void => {
      const news = this.#assignment.takeStandings(from, subjectName, standings)
      for (const standing of news) parts.work.inherit(standing)
    }
    this.#fetch = new StandingsFetch({ id, bus, clock, log, take })
    this.#subscriptions = [
      bus.subscribe(beatsOf(cluster), (beat, name) => {
        this.#assignment.takeBeat(beat, name, momentOf(clock))
        this.#wakeForBoundary()
      }),
      bus.subscribe(standingsOf(`${cluster}.*`), (message, name) =>
        take(message.collector, name, message.standings),
      ),
      bus.answer(standingsPageOf(id), ({ after }) => this.#assignment.board.page(after)),
      bus.answer(orderTo(id), ({ author, want }) => this.#obey(author, want)),
    ]
    this.#remember()
  }

  /** `terms` are those of this cluster. */
  follow(
    plan: Plan,
    terms: PlanOfCluster,
    calendars: ReadonlyMap<string, PeriodCalendar>,
  ): PlanChange {
    const { clock, cluster, log } = this.#parts
    if (terms.name !== cluster) {
      log.error('a plan of another cluster is not followed', { cluster: terms.name })
      return { added: 0, removed: 0, kept: 0 }
    }
    this.#calendars = calendars
    const change = this.#assignment.follow(plan, terms, momentOf(clock))
    this.#lookMs = Number.NEGATIVE_INFINITY
    this.#beatMs = Number.NEGATIVE_INFINITY
    return this.#apply(change)
  }

  /** To be called before anything that is due is started; does nothing before `dueMs` and before the next announced time. */
  tick(): void {
    const { clock } = this.#parts
    const now = momentOf(clock)
    if (this.#isClosed) return
    if (now.monotonicMs < this.#lookMs && now.wall < this.#assignment.nextBoundaryAt) return
    for (const change of this.#assignment.look(now)) this.#apply(change)
    this.#lookMs = now.monotonicMs + this.#settings.tickMs
    this.#tell()
    this.#remember()
    if (now.monotonicMs >= this.#beatMs) this.#beat()
    if (now.monotonicMs >= this.#shareMs) this.#share()
    if (this.#assignment.wantsStandings && this.#fetch.isFree) void this.#catchUp()
  }

  /** When to call `tick` next, on the monotonic clock. */
  get dueMs(): number {
    const { clock } = this.#parts
    const restMs = this.#assignment.nextBoundaryAt - clock.now()
    return Math.min(this.#lookMs, clock.monotonicMs() + Math.max(0, restMs))
  }

  /** A check of this collector has a result. */
  ran(standing: Standing): void {
    this.#assignment.board.note(standing)
  }

  /** The last thing that anybody in the cluster saw of a check. */
  known(id: CheckId): (Standing & Pick<Check, 'maxAttempts'>) | undefined {
    const standing = this.#assignment.board.of(id)
    const check = this.#assignment.check(id)
    if (standing === undefined || check === undefined) return undefined
    return { ...standing, maxAttempts: check.maxAttempts }
  }

  /** The last beats of all others that are heard. */
  get present(): readonly Beat[] {
    return this.#assignment.peers
  }

  /** Of the plan that it follows. */
  get revision(): string | undefined {
    return this.#assignment.plan?.revision
  }

  check(id: CheckId): Check | undefined {
    return this.#assignment.check(id)
  }

  /** It is not about to go, and not cordoned. */
  get isServing(): boolean {
    const { standing } = this.#assignment.placeAt(this.#parts.clock.now())
    return standing === 'active' || standing === 'joining'
  }

  /** Hands all hosts to the others; resolves when what was due before is started, when there is nobody, or about `withinMs` later. */
  async leave(withinMs: number): Promise<void> {
    if (this.#isClosed) return
    const { clock, work } = this.#parts
    const until = this.#assignment.stop(momentOf(clock))
    this.#remember()
    if (until === undefined) return
    this.#beat()
    const deadlineMs = clock.monotonicMs() + withinMs
    await clock.sleep(Math.min(withinMs, Math.max(0, until - clock.now())))
    work.wake()
    do await clock.sleep(this.#settings.tickMs)
    while (work.waiting > 0 && clock.monotonicMs() < deadlineMs)
  }

  /** Tells what is left to tell. */
  close(): void {
    if (this.#isClosed) return
    this.#share()
    this.#beat()
    this.abandon()
  }

  /** Says nothing any more: the others find out. */
  abandon(): void {
    this.#isClosed = true
    for (const subscription of this.#subscriptions) subscription.close()
  }

  stats(): ClusterStats {
    const { sharers, hosts, dropped, peers, isDeaf, view } = this.#assignment
    return {
      sharers,
      peers,
      hosts,
      dropped,
      isDeaf,
      view,
      takenOver: this.#takenOver,
      place: this.#assignment.placeAt(this.#parts.clock.now()),
    }
  }

  async #catchUp(): Promise<void> {
    if (this.#assignment.plan === undefined) return
    try {
      if (await this.#fetch.read(this.#assignment.peers)) this.#assignment.wantsStandings = false
    } catch (cause) {
      this.#parts.log.error('reading the last known states failed', { cause })
    }
  }

  #apply(change: Change): PlanChange {
    const { work, log } = this.#parts
    const done = work.apply(change.checks, this.#calendars, change.move)
    if (change.orphans > 0) {
      this.#takenOver += change.orphans
      log.info('checks of a lost collector are taken over', { checks: change.orphans })
    }
    return done
  }

  #wakeForBoundary(): void {
    const { clock, work } = this.#parts
    this.#lookMs = Math.min(this.#lookMs, clock.monotonicMs())
    work.wake()
  }

  #obey(
    author: string,
    want: Order['want'],
  ): { version: typeof MESSAGE_VERSION; standing: Beat['standing'] } {
    const { clock, log } = this.#parts
    const now = momentOf(clock)
    const reason = this.#assignment.obey(want, now)
    if (reason !== undefined) throw new Refused(reason)
    log.info('an order was taken', { author, ...want })
    this.#remember()
    this.#beat()
    this.#wakeForBoundary()
    return { version: MESSAGE_VERSION, standing: this.#assignment.placeAt(now.wall).standing }
  }

  #beat(): void {
    const { id, boot, role, program, bus, clock, report } = this.#parts
    const { plan, view, sharers, hosts, lagMs } = this.#assignment
    const now = clock.now()
    this.#beatMs = clock.monotonicMs() + this.#settings.beatMs
    this.#send(() =>
      bus.publish(beatOf(id), {
        version: MESSAGE_VERSION,
        collector: id,
        boot,
        number: ++this.#beats,
        at: now,
        role,
        ...this.#assignment.placeAt(now),
        revision: plan?.revision ?? '',
        epoch: plan?.epoch ?? 0,
        view,
        sharers: sharers.map((sharer) => sharer.id),
        program,
        hosts,
        ...report(lagMs),
      }),
    )
  }

  #share(): void {
    const { id, bus, clock } = this.#parts
    this.#shareMs = clock.monotonicMs() + this.#settings.shareMs
    for (let count = 0; count < BATCHES_MAX; count++) {
      const standings = this.#assignment.board.takeUnshared()
      if (standings.length === 0) return
      if (this.#assignment.peers.length === 0) continue
      const message = {
        version: MESSAGE_VERSION,
        collector: id,
        standings: [...standings],
      } as const
      this.#send(() => bus.publish(standingsOf(id), message))
    }
  }

  #send(publish: () => Promise<void>): void {
    if (this.#inFlight >= IN_FLIGHT_MAX) return
    this.#inFlight++
    publish()
      .catch(() => undefined)
      .finally(() => this.#inFlight--)
  }

  #remember(): void {
    const { memory } = this.#parts
    const text = JSON.stringify(this.#assignment.remembered)
    if (text === this.#saved) return
    this.#saved = text
    memory.save(this.#assignment.remembered)
  }

  #tell(): void {
    const { log } = this.#parts
    const { clock } = this.#parts
    const allNews = this.#assignment.takeNews()
    for (const news of allNews) tellOf(news, log)
    const stoodStill = allNews.some(({ kind }) => kind === 'stood-still')
    if (stoodStill || !this.#assignment.isDeaf) this.#heardMs = clock.monotonicMs()
    const isOut = clock.monotonicMs() - this.#heardMs > OUT_BEATS * this.#settings.beatMs
    if (isOut === this.#isOut) return
    this.#isOut = isOut
    if (isOut) log.warn('own beats do not come back: no other collector is declared gone meanwhile')
    else log.info('own beats come back')
  }
}
