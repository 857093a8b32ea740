import {
  allReplicaNews,
  replicaNewsOf,
  replicaOf,
  type ReplicaNews,
  type VerdictSummary,
} from '../../wire/replication.ts'
import { BusUnavailable, type Bus, type Subscription } from '../../wire/bus.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import type { ConfigurationStore } from '../ports.ts'
import { retryFaulty } from './activations.ts'
import {
  Agreement,
  disagreementOf,
  summaryOf,
  type Disagreement,
  type Outages,
} from './agreement.ts'
import { answerReplica } from './answers.ts'
import { isPassing } from './fetch.ts'
import { forgetWithdrawn } from './intents.ts'
import type { ReplicaBus } from './ports.ts'
import { isEstranged, pullFrom, startOf, type PullParts } from './pull.ts'

export const NEWS_EVERY_MS = 2_000
/** A hub that was not heard for so long is not reached. */
export const HUB_SILENT_MS = 7_000
const FORGET_EVERY_MS = 3_600_000
/** So often at least a hub notes that it is in touch with another one. */
const TOUCH_EVERY_MS = 3_600_000
/** Hubs that are followed; whoever else says that it is one is not heard. */
const PEERS_MAX = 64
/** A hub that does not say in time which checks are down. */
const COMPARE_WITHIN_MS = 3_000
/** After an exchange that went wrong. */
const RETRY_MS = 5_000
/** What is on its way is left alone after so long. */
const STOP_WITHIN_MS = 3_000

/** What a hub says of itself to the others. */
export type HubFacts = Pick<
  ReplicaNews,
  | 'program'
  | 'startedAt'
  | 'revision'
  | 'epoch'
  | 'database'
  | 'hosts'
  | 'services'
  | 'resultsPerSecond'
>

export interface ReplicationParts extends PullParts {
  readonly boot: string
  /** Its own, and those that lead to other hubs. */
  readonly buses: readonly ReplicaBus[]
  readonly texts: ConfigurationStore
  readonly facts: () => HubFacts
  readonly outages: () => Outages
}

/** Another hub as it was heard. */
export interface HeardHub extends HubFacts {
  readonly name: string
  readonly isReachable: boolean
  /** Absent: it is of a version that does not say. */
  readonly verdicts: VerdictSummary | undefined
  /** For how long its verdicts have been others than those of this hub. */
  readonly differsMs: number
}

/** Another hub, and which verdicts of it are others. */
export interface ComparedHub extends HeardHub {
  /** Absent: it did not answer. */
  readonly disagreement: Disagreement | undefined
}

export interface Replication {
  /** Something changed here: the others hear of it at once. */
  nudge(): void
  /** By name. */
  hubs(): readonly HeardHub[]
  /** Asks them. */
  compare(): Promise<readonly ComparedHub[]>
  stop(): Promise<void>
}

interface Peer {
  news: ReplicaNews
  /** Where it was heard last. */
  bus: Bus
  heardAt: number
  pulling: Promise<void> | undefined
  /** Something may have come meanwhile. */
  isWanted: boolean
  /** Not asked again before: the last exchange went wrong. */
  notBefore: number
  /** The log was told that it cannot be followed. */
  isTold: boolean
  /** Taken from this process of it. */
  taken: { readonly boot: string; readonly through: number; readonly at: number } | undefined
}

/** Keeps this hub and the others alike. Rules: docs/spec/replication.md. Begins to speak when it is made. */
export function startReplication(parts: ReplicationParts): Replication {
  return new Replicator(parts)
}

class Replicator implements Replication {
  readonly #parts: ReplicationParts
  readonly #peers = new Map<string, Peer>()
  readonly #subscriptions: Subscription[] = []
  #cancel: (() => void)[] = []
  #isStopped = false
  #saying: Promise<void> = Promise.resolve()
  #isToBeSaid = false
  readonly #told = new Set<string>()
  readonly #agreement = new Agreement()

  constructor(parts: ReplicationParts) {
    this.#parts = parts
    const { self, boot, url, store, texts, outages, clock } = parts
    const estranged = async (hub: string, theirs: string): Promise<boolean> => {
      const mark = await store.peer(hub)
      return mark?.store === theirs && isEstranged(mark, clock.now())
    }
    for (const { bus, onOpen } of parts.buses) {
      this.#subscriptions.push(
        bus.answer(replicaOf(self), (query) =>
          answerReplica({ boot, url, store, texts, outages, isEstranged: estranged }, query),
        ),
        bus.subscribe(allReplicaNews, (news, name) => {
          if (name === replicaNewsOf(news.hub).name) this.#hear(news, bus)
        }),
      )
      onOpen?.(() => this.nudge())
    }
    this.#every(NEWS_EVERY_MS, () => this.nudge())
    this.#every(FORGET_EVERY_MS, () => this.#forget())
    this.nudge()
    void this.#guarded(() => retryFaulty({ ...parts, hub: self }))
  }

  nudge(): void {
    if (this.#isStopped || this.#isToBeSaid) return
    this.#isToBeSaid = true
    this.#saying = this.#saying.then(() => {
      this.#isToBeSaid = false
      return this.#guarded(() => this.#say())
    })
  }

  hubs(): readonly HeardHub[] {
    const now = this.#parts.clock.monotonicMs()
    return [...this.#peers.values()]
      .map(({ news, heardAt }) => {
        const { hub: name, program, startedAt, revision, epoch, database, ...rest } = news
        const { hosts, services, resultsPerSecond, verdicts } = rest
        const isReachable = now - heardAt < HUB_SILENT_MS
        const differsMs = isReachable ? this.#agreement.differsMs(name, now) : 0
        const heard = { isReachable, hosts, services, resultsPerSecond, verdicts, differsMs }
        return { name, program, startedAt, revision, epoch, database, ...heard }
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  compare(): Promise<readonly ComparedHub[]> {
    return Promise.all(this.hubs().map((hub) => this.#compared(hub)))
  }

  async #compared(hub: HeardHub): Promise<ComparedHub> {
    const { self, outages, log } = this.#parts
    const nothing = { ...hub, disagreement: undefined }
    const bus = this.#peers.get(hub.name)?.bus
    if (!hub.isReachable || bus === undefined) return nothing
    const query = { version: MESSAGE_VERSION, kind: 'outages', from: self } as const
    try {
      const answer = await bus.request(replicaOf(hub.name), query, COMPARE_WITHIN_MS)
      if (answer.kind !== 'outages') return nothing
      const { verdicts } = answer
      return { ...hub, verdicts, disagreement: disagreementOf(outages(), answer) }
    } catch (error) {
      log.debug('another hub does not say which checks are down', { hub: hub.name, error })
      return nothing
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const cancel of this.#cancel) cancel()
    for (const subscription of this.#subscriptions) subscription.close()
    const pulling = [...this.#peers.values()].flatMap((peer) => peer.pulling ?? [])
    const working = [this.#saying, ...pulling]
    await Promise.race([Promise.all(working), this.#parts.clock.sleep(STOP_WITHIN_MS)])
  }

  async #say(): Promise<void> {
    if (this.#isStopped) return
    const { self, boot, store, facts, outages, buses } = this.#parts
    const identity = await store.identity()
    const said = { ...facts(), verdicts: summaryOf(outages()) }
    const news: ReplicaNews = { version: MESSAGE_VERSION, hub: self, boot, ...identity, ...said }
    for (const { bus } of buses) {
      bus.publish(replicaNewsOf(self), news).catch((error: unknown) => {
        if (!(error instanceof BusUnavailable)) this.#tell('news could not be sent', error)
      })
    }
  }

  #hear(news: ReplicaNews, bus: Bus): void {
    const { self, boot, clock, log } = this.#parts
    if (this.#isStopped) return
    if (news.hub === self) {
      if (news.boot !== boot && !this.#told.has(news.boot)) {
        this.#told.add(news.boot)
        log.error('another hub has the same name, give each its own with --name', { hub: self })
      }
      return
    }
    const known = this.#peers.get(news.hub)
    if (known === undefined && this.#peers.size >= PEERS_MAX) return
    const heardAt = clock.monotonicMs()
    const peer: Peer = known ?? {
      news,
      bus,
      heardAt,
      pulling: undefined,
      isWanted: false,
      notBefore: 0,
      isTold: false,
      taken: undefined,
    }
    // News that overtook newer ones on another way says nothing.
    const isOld = news.boot === peer.news.boot && news.newest < peer.news.newest
    Object.assign(peer, { bus, heardAt, news: isOld ? peer.news : news } satisfies Partial<Peer>)
    this.#peers.set(news.hub, peer)
    if (!isOld) {
      const own = (): VerdictSummary => summaryOf(this.#parts.outages())
      this.#agreement.heard(news.hub, news.verdicts, own, heardAt)
    }
    if (this.#isBehind(peer) && heardAt >= peer.notBefore) this.#pull(peer)
  }

  #isBehind({ news, taken }: Peer): boolean {
    if (taken === undefined || taken.boot !== news.boot || taken.through < news.newest) return true
    return this.#parts.clock.monotonicMs() - taken.at > TOUCH_EVERY_MS
  }

  #pull(peer: Peer): void {
    peer.isWanted = true
    if (peer.pulling !== undefined) return
    peer.pulling = this.#pullAll(peer).finally(() => {
      peer.pulling = undefined
    })
  }

  async #pullAll(peer: Peer): Promise<void> {
    const { self, store, clock, log } = this.#parts
    while (peer.isWanted && this.#isBehind(peer) && !this.#isStopped) {
      peer.isWanted = false
      const { news, bus } = peer
      const { hub } = news
      try {
        const mark = await store.peer(hub)
        if (mark?.store === news.store && isEstranged(mark, clock.now())) this.#tellEstranged(hub)
        const asked = { self, hub, bus }
        const from = startOf(mark?.store === news.store ? mark : undefined, news)
        const through = await pullFrom(this.#parts, asked, { news, mark })
        peer.taken = { boot: news.boot, through, at: clock.monotonicMs() }
        if (peer.isTold) log.info('another hub is followed again', { hub, from, through })
        peer.isTold = false
        if (through > from) this.nudge() // what came from there goes on to the others
      } catch (error) {
        if (!isPassing(error)) log.error('another hub cannot be followed', { hub, error })
        else if (!peer.isTold) log.warn('another hub cannot be followed for now', { hub, error })
        peer.isTold = true
        if (!(error instanceof BusUnavailable)) peer.notBefore = clock.monotonicMs() + RETRY_MS
        return // its next news begins anew
      }
    }
  }

  #tellEstranged(hub: string): void {
    if (this.#told.has(hub)) return
    this.#told.add(hub)
    this.#parts.log.error(
      'this hub and another one did not meet for 90 days: acknowledgements, downtimes and comments are not exchanged',
      { hub, hint: 'restore one of them from a backup of the other' },
    )
  }

  async #forget(): Promise<void> {
    const { intents, clock } = this.#parts
    await this.#guarded(() => forgetWithdrawn(intents, clock))
  }

  async #guarded(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#tell('replication is held up', error)
    }
  }

  #tell(what: string, error: unknown): void {
    const { log } = this.#parts
    if (this.#isStopped) return
    if (isPassing(error)) log.debug(what, { error })
    else log.error(what, { error })
  }

  #every(ms: number, run: () => unknown): void {
    const { clock } = this.#parts
    let cancel = (): void => undefined
    const again = (): void => {
      cancel = clock.timer(ms, () => {
        run()
        again()
      })
    }
    again()
    this.#cancel = [...this.#cancel, () => cancel()]
  }
}
