import { createHash, randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { Client } from 'pg'
import { expect } from 'vitest'
import { createMemoryBus } from '../../src/adapters/memory/bus.ts'
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import type { Clock } from '../../src/base/clock.ts'
import type { Log } from '../../src/base/log.ts'
import { silentLog } from '../../src/base/log.ts'
import { createEpochs, type Epochs } from '../../src/orchestrator/epochs.ts'
import type { Adopter } from '../../src/orchestrator/replication/activations.ts'
import { createIntents, type Intents } from '../../src/orchestrator/replication/intents.ts'
import {
  startReplication,
  type Replication,
} from '../../src/orchestrator/replication/replication.ts'
import type { ManifestEntry } from '../../src/orchestrator/ports.ts'
import { NO_SHARING } from '../../src/orchestrator/plan.ts'
import type { ApplyJob } from '../../src/wire/api/configuration.ts'
import {
  BusUnavailable,
  type Bus,
  type Question,
  type Subject,
  type Subscription,
} from '../../src/wire/bus.ts'

/** Hubs with databases of their own and real replication between them; only compiling is left out: every revision can be run. */

/** Timers of this clock ring so many times as often. */
const FASTER = 20

export const fastClock: Clock = {
  ...systemClock,
  timer: (ms, run) => systemClock.timer(ms / FASTER, run),
}

/** Whether two hubs hear each other, and how much goes wrong while they do. */
export interface Weather {
  readonly cut: Set<string>
  /** 0 to 1: delivered twice; delivered late. */
  doubled: number
  late: number
  readonly chance: () => number
}

export function calm(chance: () => number = () => 1): Weather {
  return { cut: new Set(), doubled: 0, late: 0, chance }
}

export function pairOf(a: string, b: string): string {
  return [a, b].sort().join(' ')
}

/** The way from one hub to the server of another. What crosses it is written and read as JSON, and checked. */
class Way implements Bus {
  readonly #to: Bus
  readonly #pair: string
  readonly #weather: Weather

  constructor(to: Bus, pair: string, weather: Weather) {
    this.#to = to
    this.#pair = pair
    this.#weather = weather
  }

  async publish<M>(subject: Subject<M>, message: M): Promise<void> {
    this.#assertOpen()
    for (let n = 0; n < this.#times(); n++) await this.#later(() => this.#send(subject, message))
  }

  async #send<M>(subject: Subject<M>, message: M): Promise<void> {
    if (!this.#isCut()) await this.#to.publish(subject, crossed(subject, message))
  }

  subscribe<M>(
    subject: Subject<M>,
    take: (message: M, name: string) => void | Promise<void>,
  ): Subscription {
    return this.#to.subscribe(subject, (message, name) => {
      if (this.#isCut()) return
      for (let n = 0; n < this.#times(); n++)
        void this.#later(async () =>
          this.#isCut() ? undefined : take(crossed(subject, message), name),
        )
    })
  }

  async request<Q, A>(question: Question<Q, A>, message: Q, timeoutMs: number): Promise<A> {
    this.#assertOpen()
    for (let n = 1; n < this.#times(); n++) await this.#to.request(question, message, timeoutMs)
    const answer = await this.#to.request(question, message, timeoutMs)
    this.#assertOpen()
    return JSON.parse(JSON.stringify(answer)) as A
  }

  answer<Q, A>(
    question: Question<Q, A>,
    give: (message: Q, name: string) => A | Promise<A>,
  ): Subscription {
    return this.#to.answer(question, (message, name) => {
      this.#assertOpen()
      return give(crossed(question, message), name)
    })
  }

  async close(): Promise<void> {}

  #isCut(): boolean {
    return this.#weather.cut.has(this.#pair)
  }

  #assertOpen(): void {
    if (this.#isCut()) throw new BusUnavailable('the link is cut')
  }

  #times(): number {
    return this.#weather.chance() < this.#weather.doubled ? 2 : 1
  }

  async #later(run: () => Promise<void>): Promise<void> {
    if (this.#weather.chance() >= this.#weather.late) return run()
    void systemClock
      .sleep(this.#weather.chance() * 40)
      .then(run)
      .catch(() => undefined) // a link may be cut meanwhile
  }
}

function crossed<M>({ read }: { readonly read?: (value: unknown) => M }, message: M): M {
  const copy = JSON.parse(JSON.stringify(message)) as M
  return read === undefined ? copy : read(copy)
}

export interface TestHub {
  readonly name: string
  readonly database: Database
  readonly intents: Intents
  readonly bus: Bus
  /** Revisions that became active by other hubs. */
  readonly adopted: readonly string[]
  /** What is down of what several clusters observe; tests put it in. */
  readonly outages: { checks: number; ids: string[] }
  /** Revisions that this hub cannot run. */
  readonly impossible: Set<string>
  replication(): Replication
  /** As an apply job does it. @returns its job */
  activate(revision: string, manifest?: readonly ManifestEntry[]): Promise<string>
  /** The active revision once more under a new epoch. */
  renew(): Promise<void>
  /** Another text for the active revision, where it was activated. */
  edit(): Promise<void>
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface MeshOptions {
  readonly names: readonly string[]
  readonly server: string
  readonly weather: Weather
  readonly log?: Log
  /** Who has a way to whose server; everybody to everybody when absent. */
  readonly ways?: readonly (readonly [from: string, to: string])[]
}

export interface Mesh {
  readonly hubs: readonly TestHub[]
  close(): Promise<void>
}

export async function startMesh(options: MeshOptions): Promise<Mesh> {
  const { names, server, weather } = options
  const servers = new Map(names.map((name) => [name, createMemoryBus()]))
  const hubs: TestHub[] = []
  for (const name of names) {
    const own = servers.get(name) as Bus
    const ways = names
      .filter((other) => other !== name)
      .filter((other) => options.ways?.some(([from, to]) => from === name && to === other) ?? true)
      .map((other) => new Way(servers.get(other) as Bus, pairOf(name, other), weather))
    const database = await freshDatabase(server)
    hubs.push(startTestHub({ name, database, own, ways, log: options.log ?? silentLog }))
  }
  return {
    hubs,
    async close() {
      for (const hub of hubs) await hub.stop()
      for (const { database } of hubs) await database.close()
    },
  }
}

export async function freshDatabase(server: string): Promise<Database> {
  const name = `hub_${randomBytes(6).toString('hex')}`
  const client = new Client({ connectionString: server })
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return openDatabase({
    url: server.replace(/\/[^/]*$/, `/${name}`),
    folder: '',
    retention: { resultsDays: 1, seriesDays: 1 },
    clock: systemClock,
    log: silentLog,
  })
}

interface HubOf {
  readonly name: string
  readonly database: Database
  readonly own: Bus
  readonly ways: readonly Bus[]
  readonly log: Log
}

function startTestHub({ name, database, own, ways, log }: HubOf): TestHub {
  const { configuration, replica } = database
  const adopted: string[] = []
  const impossible = new Set<string>()
  const outages = { checks: 3, ids: [] as string[] }
  let epochs: Epochs = createEpochs(0)
  let line: Promise<unknown> = Promise.resolve()
  const between = (work: () => Promise<void>): Promise<void> => {
    const done = line.then(work)
    line = done.catch(() => undefined)
    return done
  }
  const adopter: Adopter = {
    between,
    hearEpoch: (epoch) => epochs.hear(epoch),
    async adopt(activation) {
      const { revision } = activation.head
      if (impossible.has(revision)) return `${name} cannot run it`
      await replica.adoptActivation(activation, [], { isPinned: true, at: systemClock.now() })
      adopted.push(revision)
      return undefined
    },
  }
  let replication: Replication | undefined
  const start = (): Replication =>
    startReplication({
      self: name,
      boot: randomBytes(4).toString('hex'),
      url: `http://${name}`,
      buses: [own, ...ways].map((bus) => ({ bus })),
      store: replica,
      intents: database.intents,
      texts: configuration,
      adopter,
      facts: () => ({
        program: '0',
        startedAt: '2027-06-01T12:00:00.000Z',
        revision: '',
        epoch: epochs.highest,
        database: 'ok',
        hosts: 0,
        services: 0,
        resultsPerSecond: 0,
      }),
      outages: () => outages,
      clock: fastClock,
      log,
    })
  const nudge = (): void => replication?.nudge()
  replication = start()
  const activateNow = async (
    revision: string,
    isSame: boolean,
    given?: readonly ManifestEntry[],
  ): Promise<string> => {
    const manifest =
      given ?? (await textsOf(database, `${revision} ${randomBytes(4).toString('hex')}`))
    const job = randomBytes(6).toString('hex')
    const epoch = epochs.next()
    await configuration.activate({
      job: jobOf(job, revision, name),
      revision,
      isPinned: false,
      hosts: 1,
      services: 1,
      manifest,
      writes: [],
      isSame,
      at: systemClock.now(),
      epoch,
      hub: name,
      sharing: NO_SHARING,
    })
    epochs.hear(epoch)
    nudge()
    return job
  }
  return {
    name,
    database,
    bus: own,
    adopted,
    outages,
    impossible,
    replication: () => replication as Replication,
    intents: createIntents(database.intents, { hub: name, clock: systemClock, changed: nudge }),
    async activate(revision, manifest) {
      let job = ''
      await between(async () => void (job = await activateNow(revision, false, manifest)))
      return job
    },
    renew: () =>
      between(async () => {
        const epoch = epochs.next()
        await configuration.renewEpoch({ epoch, hub: name, sharing: NO_SHARING })
        epochs.hear(epoch)
        nudge()
      }),
    edit: () =>
      between(async () => {
        const newest = await configuration.newest()
        if (newest?.hub === name) await activateNow(newest.revision, true)
      }),
    async restart() {
      await replication?.stop()
      epochs = createEpochs(await configuration.highestEpoch())
      replication = start()
    },
    async stop() {
      await replication?.stop()
      replication = undefined
    },
  }
}

async function textsOf(database: Database, text: string): Promise<readonly ManifestEntry[]> {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 32)
  await database.configuration.saveTexts([{ hash, body: deflateRawSync(text) }])
  return [{ file: 'parallax.yaml', hash }]
}

function jobOf(id: string, revision: string, author: string): ApplyJob {
  return {
    id,
    kind: 'apply',
    state: 'active',
    revision,
    before: '',
    author,
    message: '',
    startedAt: '2027-06-01T12:00:00.000Z',
    endedAt: null,
    reason: null,
    problems: [],
    changed: 1,
    collectors: [],
  }
}

/** All that hubs must agree on, as one text. */
export async function knowledgeOf({ database }: TestHub): Promise<string> {
  const held = await database.replica.heldActivations()
  const bodies = await Promise.all(
    held.map(async ({ id }) => {
      const found = await database.replica.bodyOf(id, '')
      return found?.body.manifest
    }),
  )
  const intents = await database.intents.intents({ limit: 10_000 })
  const newest = await database.configuration.newest()
  const activations = held.map((one, at) => ({ ...one, fault: null, manifest: bodies[at] }))
  return JSON.stringify({ active: newest?.revision, activations, intents }, null, 1)
}

/** As long as hubs need to become alike, and no longer. */
export async function alike(all: readonly TestHub[], timeout = 20_000): Promise<void> {
  await expect
    .poll(
      async () => {
        const [first, ...others] = await Promise.all(all.map(knowledgeOf))
        return others.every((other) => other === first)
          ? 'alike'
          : [first, ...others].join('\n---\n')
      },
      { timeout, interval: 50 },
    )
    .toBe('alike')
}

export const wish = (id: string, body: string) => ({
  id,
  kind: 'comment' as const,
  subject: 'web-01!ssh',
  body: JSON.stringify({ text: body }),
  author: 'ann',
})
