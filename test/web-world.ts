import { NO_TOPOLOGY } from '../src/results/decision/fleet-topology.ts'
import type { VerdictStore } from '../src/results/ports.ts'
import { SharedVerdicts } from '../src/results/shared-verdicts.ts'
import { createTruthDesk } from '../src/roles/truth-desk.ts'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { InjectOptions } from 'fastify'
import { createMemoryBus } from '../src/adapters/memory/bus.ts'
import { systemClock } from '../src/adapters/system/clock.ts'
import type { Clock } from '../src/base/clock.ts'
import { instant, type Instant } from '../src/base/instant.ts'
import { silentLog, type LogFields } from '../src/base/log.ts'
import type { CheckId } from '../src/domain/check-id.ts'
import { DEFAULT_CLUSTER } from '../src/domain/cluster.ts'
import type { Fleet } from '../src/domain/fleet.ts'
import type { ComparedHub, HeardHub } from '../src/orchestrator/replication/replication.ts'
import { createRoster, type Roster } from '../src/orchestrator/roster.ts'
import { createFleetIndex, type FleetIndex } from '../src/results/fleet-index.ts'
import type { History, Series } from '../src/results/ports.ts'
import type { ObjectRecord, StateChange } from '../src/results/state/record.ts'
import { createNetworkDesk } from '../src/roles/network-desk.ts'
import { reachRemote } from '../src/roles/remote-reach.ts'
import { createToken } from '../src/web/auth/credentials.ts'
import { createWebApp, createWebServer, type WebServerParts } from '../src/web/server.ts'
import type { HubFacade, ReloadOutcome, Role } from '../src/web/ports.ts'
import type { WebSettings } from '../src/web/context.ts'
import type { Bus } from '../src/wire/bus.ts'
import type { PassiveResults } from '../src/wire/subjects.ts'
import { fleetOf } from './fleet-of.ts'
import { createMemoryDesk, type MemoryDesk } from './web-desk.ts'
import { createMemoryAccounts, type MemoryAccounts } from './web-accounts.ts'

/** A hub around a real live index, with accounts in memory, as the web server sees it. Time stands still until it is moved. */
export interface WebWorld {
  readonly hub: HubFacade
  readonly index: FleetIndex
  readonly accounts: MemoryAccounts
  readonly desk: MemoryDesk
  readonly clock: MovableClock
  /** Where collectors of a test take orders. */
  readonly bus: Bus
  /** Who is there: nobody, until it hears a beat. */
  readonly roster: Roster
  readonly rechecked: CheckId[]
  readonly submitted: PassiveResults['results'][number][]
  readonly errors: { message: string; fields: LogFields | undefined }[]
  readonly history: { results: StateChange[]; series: Series[]; isAvailable: boolean }
  reload: ReloadOutcome
  readiness: { readonly isReady: boolean; readonly reasons: readonly string[] }
  submitFails: boolean
  readonly parts: WebServerParts
  /** A new record for an object, told to all who listen. */
  see(id: string, record: Partial<ObjectRecord>): void
  token(role: Role, expiresAt?: number): Promise<string>
}

export interface MovableClock extends Clock {
  move(ms: number): void
}

/** Absent facts: it says the same, and was not asked. */
export type TestPeer = Omit<HeardHub, 'verdicts' | 'differsMs'> & Partial<ComparedHub>

const compared = (peer: TestPeer): ComparedHub => ({
  verdicts: undefined,
  differsMs: 0,
  disagreement: undefined,
  ...peer,
})

export interface WebWorldShape {
  readonly fleet?: Fleet
  readonly settings?: Partial<WebSettings>
  /** Real time, for tests with sockets. */
  readonly isRealTime?: boolean
  /** Checks that several clusters observe. */
  readonly shared?: SharedVerdicts
  /** The other hubs. */
  readonly peers?: readonly TestPeer[]
}

const NOTHING_SHARED = new SharedVerdicts(NO_TOPOLOGY, {})
const NOTHING_KEPT: VerdictStore = {
  receiptPage: async () => ({ receipts: [], next: undefined }),
  evidencePage: async () => ({ rows: [], next: undefined }),
  recentEvidence: async () => [],
  receipts: async () => [],
  incidents: async () => [],
  openIncidents: async () => [],
}

export const NOON = instant(Date.UTC(2026, 2, 1, 12))

export function createWebWorld(shape: WebWorldShape = {}): WebWorld {
  const clock = movable(shape.isRealTime ?? false)
  const fleet = shape.fleet ?? fleetOf({ hosts: 3, servicesPerHost: 2 })
  const index = createFleetIndex(fleet, clock.now())
  const bus = createMemoryBus()
  const roster = createRoster(clock)
  const accounts = createMemoryAccounts()
  const desk = createMemoryDesk()
  const errors: WebWorld['errors'] = []
  const history: WebWorld['history'] = { results: [], series: [], isAvailable: true }
  const world: Omit<WebWorld, 'hub' | 'parts'> = {
    index,
    accounts,
    desk,
    clock,
    bus,
    roster,
    errors,
    history,
    rechecked: [],
    submitted: [],
    reload: { kind: 'active', revision: 'r2', changed: 1 },
    readiness: { isReady: true, reasons: [] },
    submitFails: false,
    see: (id, record) => see(index, clock.now(), id as CheckId, record),
    token: async (role, expiresAt) => {
      const wish = { name: role, role, createdBy: 'test', expiresAt: expiresAt ?? null }
      return (await createToken(accounts, wish, clock.now())).token
    },
  }
  const hub: HubFacade = {
    clock,
    log: {
      ...silentLog,
      error: (message, fields) => void errors.push({ message, fields }),
      child: () => hub.log,
    },
    live: index,
    history: historyOf(history),
    accounts,
    configuration: desk,
    backup: () => Readable.from(['backup']),
    network: createNetworkDesk({
      refusals: () => new Map(),
      hub: 'hub-a',
      clock,
      reach: reachRemote({
        bus,
        roster,
        observersOf: () => [DEFAULT_CLUSTER],
        isScheduled: () => true,
      }),
      active: {
        fleet,
        revision: 'r1',
        book: { edition: { revision: 'r1', epoch: 4, hub: 'hub-a' } },
      },
      status: () => STATUS,
      peers: () => (shape.peers ?? []).map(compared),
      comparePeers: async () => (shape.peers ?? []).map(compared),
      outages: () => (shape.shared ?? NOTHING_SHARED).outages(),
    }),
    truth: createTruthDesk({
      hub: 'hub-a',
      shared: shape.shared ?? NOTHING_SHARED,
      store: NOTHING_KEPT,
      clock,
    }),
    fleet: () => fleet,
    recheck: async (ids) => void world.rechecked.push(...ids),
    submit: async (results) => {
      if (world.submitFails) throw new Error('the outbox is full')
      for (const result of results) world.submitted.push(result)
    },
    reload: async () => world.reload,
    status: () => STATUS,
    readiness: () => world.readiness,
    metrics: [
      { name: 'parallax_results_total', help: 'Results.', kind: 'counter', read: () => 7 },
      { name: 'parallax_outbox_results', help: 'Waiting.', kind: 'gauge', read: () => 3 },
    ],
  }
  const parts: WebServerParts = {
    hub,
    settings: {
      host: '127.0.0.1',
      port: 0,
      consoleFolder: join(tmpdir(), 'no-console-here'),
      isBehindTls: false,
      ...shape.settings,
    },
    version: '1.2.3',
    configurationSchema: { $schema: 'https://json-schema.org/draft/2020-12/schema' },
  }
  return Object.assign(world, { hub, parts })
}

const STATUS = {
  version: '1.2.3',
  startedAt: '2026-03-01T12:00:00.000Z',
  revision: 'r1',
  hosts: 3,
  services: 6,
  database: 'ok',
  outbox: { waiting: 0, lost: 0 },
  executor: { running: 0, slots: 128, waiting: 0, latenessP99Ms: 3 },
  resultsPerSecond: 0.1,
}

function see(index: FleetIndex, now: Instant, id: CheckId, change: Partial<ObjectRecord>): void {
  const entry = index.get(id)
  if (entry === undefined) throw new Error(`no ${id}`)
  const from = entry.record.state
  const record: ObjectRecord = {
    ...entry.record,
    lastResultAt: now,
    ...(change.state === undefined || change.state === from ? {} : { lastChangeAt: now }),
    ...change,
  }
  index.replace(entry, record, now)
  const changes: StateChange[] =
    record.state === from || record.state === 'pending'
      ? []
      : [{ ...record, checkId: id, at: now, from, to: record.state }]
  index.announce({ at: now, changed: [entry], removed: [], changes })
}

function historyOf(past: WebWorld['history']): History {
  const reached = <T>(value: T): T => {
    if (past.isAvailable) return value
    throw Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' })
  }
  return {
    results: async ({ from, to, limit }) =>
      reached(past.results)
        .filter(({ at }) => at >= from && at < to)
        .slice(0, limit)
        .map(({ at, to: state, output }) => ({
          collector: 'local',
          startedAt: at,
          finishedAt: at,
          state,
          use: 'counted',
          origin: 'scheduled',
          output,
          perfdata: '',
        })),
    changes: async ({ checkId, from, to, limit }) =>
      reached(past.results)
        .filter((change) => checkId === undefined || change.checkId === checkId)
        .filter(({ at }) => at >= from && at < to)
        .slice(0, limit),
    series: async () => reached(past.series),
    executions: async ({ from, to, limit }) => ({
      executions: reached(past.results)
        .filter(({ at }) => at >= from && at < to)
        .slice(0, limit)
        .map(({ checkId, at }) => ({ checkId, collector: 'east.c1', startedAt: at, ranMs: 0 })),
      next: undefined,
    }),
  }
}

function movable(isRealTime: boolean): MovableClock {
  if (isRealTime) return { ...systemClock, move: () => undefined }
  let now = NOON as number
  const due: { readonly at: number; readonly run: () => void }[] = []
  return {
    now: () => instant(now),
    monotonicMs: () => now,
    sleep: async () => undefined,
    timer: (ms, run) => {
      const entry = { at: now + ms, run }
      due.push(entry)
      return () => {
        const index = due.indexOf(entry)
        if (index >= 0) due.splice(index, 1)
      }
    },
    move: (ms) => {
      const end = now + ms
      for (;;) {
        due.sort((a, b) => a.at - b.at)
        const next = due[0]
        if (next === undefined || next.at > end) break
        due.shift()
        now = next.at
        next.run()
      }
      now = end
    },
  }
}

export async function startWebApp(world: WebWorld) {
  const { app, context } = await createWebApp(world.parts)
  return {
    app,
    context,
    /** With a token; the answer's body is parsed. */
    call: async (
      token: string | undefined,
      method: InjectOptions['method'],
      url: string,
      payload?: unknown,
    ) => {
      const answer = await app.inject({
        method: method ?? 'GET',
        url,
        headers: {
          host: '127.0.0.1:8470',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(payload === undefined ? {} : { payload: payload as object }),
      })
      const isJson = String(answer.headers['content-type']).includes('json')
      const body: unknown = isJson && answer.body !== '' ? answer.json() : answer.body
      return {
        status: answer.statusCode,
        body,
        headers: answer.headers,
      }
    },
  }
}

export async function startWebServer(world: WebWorld) {
  return createWebServer(world.parts)
}
