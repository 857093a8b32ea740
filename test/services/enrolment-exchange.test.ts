import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openNatsBus, type NatsBus } from '../../src/adapters/nats/bus.ts'
import type { BusServer } from '../../src/adapters/nats/server/bus-server.ts'
import { authenticatorOf } from '../../src/adapters/nats/trust/credentials.ts'
import { createGatekeeper } from '../../src/adapters/nats/trust/gatekeeper.ts'
import { publicKeyOf } from '../../src/adapters/nats/trust/signing.ts'
import type { Trust } from '../../src/adapters/nats/trust/trust.ts'
import { createPool, type Pool } from '../../src/adapters/postgres/connection.ts'
import { createEnrolmentStore } from '../../src/adapters/postgres/enrolment-store.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { startExchange, type EnrolmentExchange } from '../../src/orchestrator/enrolment/exchange.ts'
import type { EnrolmentStore, Gatekeeper } from '../../src/orchestrator/enrolment/ports.ts'
import { hubInboxPrefix } from '../../src/wire/permissions.ts'
import { createBusWorld, type BusWorld, type TestConnection } from './bus-world.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'

/** One of two hubs: its own database, nats-server and copy of the trust. */
interface Hub {
  readonly store: EnrolmentStore
  readonly trust: Trust
  readonly server: BusServer
  readonly gatekeeper: Gatekeeper
  readonly exchange: EnrolmentExchange
}

let database: TestDatabase
let world: BusWorld
let a: Hub
let b: Hub

beforeAll(async () => {
  database = await startTestDatabase()
  world = await createBusWorld()
  await world.trust('hub-a')
  await cp(join(world.folder, 'hub-a'), join(world.folder, 'hub-b'), { recursive: true })
  a = await startHub('hub-a', undefined)
  b = await startHub('hub-b', a.server.url)
})

afterAll(async () => {
  await world?.end()
  await database?.close()
})

async function startHub(name: string, peer: string | undefined): Promise<Hub> {
  const trust = await world.trust(name)
  const server = await world.server(trust, { name })
  const pool = await emptyDatabase(name.replace('-', '_'))
  const store = createEnrolmentStore(pool, systemClock)
  const gatekeeper = createGatekeeper(trust, [server.url])
  const exchange = startExchange({
    hub: name,
    store,
    gatekeeper,
    onChange: () => undefined,
    clock: systemClock,
    log: world.log,
  })
  for (const url of [server.url, peer]) {
    if (url === undefined) continue
    const bus = await openBus(name, url, trust)
    exchange.over(bus)
    world.onEnd(() => bus.close())
  }
  world.onEnd(() => exchange.close())
  return { store, trust, server, gatekeeper, exchange }
}

async function emptyDatabase(name: string): Promise<Pool> {
  const options = { name, max: 2, statementTimeoutMs: 10_000, isReadOnly: false }
  const maker = createPool(database.url, options)
  await maker.query(`CREATE DATABASE ${name}`)
  await maker.end()
  const pool = createPool(database.url.replace(/\/postgres$/, `/${name}`), options)
  await migrate(pool, systemClock)
  world.onEnd(() => pool.end())
  return pool
}

async function openBus(name: string, url: string, trust: Trust): Promise<NatsBus> {
  const bus = openNatsBus({
    name,
    links: [
      {
        servers: [url],
        hubs: [name],
        ca: trust.ca,
        authenticator: authenticatorOf(await trust.hubCredentials(name)),
        inboxPrefix: hubInboxPrefix(name),
      },
    ],
    clock: systemClock,
    log: world.log,
  })
  await vi.waitFor(() => expect(bus.reaches(name)).toBe(true), { timeout: 10_000 })
  return bus
}

/** As if it had joined there. */
async function joinAt(hub: Hub, name: string): Promise<string> {
  const credentials = await hub.trust.collectorCredentials({ cluster: 'east', name })
  const key = publicKeyOf(credentials.seed)
  await hub.store.takeOver([
    {
      id: `east.${name}`,
      cluster: 'east',
      name,
      publicKey: key,
      joinedAt: systemClock.now(),
      joinedBy: 'root',
      revokedAt: undefined,
    },
  ])
  connections.set(
    key,
    await Promise.all(
      [a, b].map(({ server, trust }) => world.connect(server.url, trust.ca, credentials)),
    ),
  )
  await hub.exchange.say()
  return key
}
const connections = new Map<string, readonly TestConnection[]>()

const idsAt = async ({ store }: Hub): Promise<string[]> =>
  (await store.collectors()).map(({ id, revokedAt }) => (revokedAt ? `${id} out` : id))

const patient = { timeout: 10_000, interval: 50 }

test('[TR25] who joined at one hub is known at the other, in both directions', async () => {
  await joinAt(a, 'c1')
  await joinAt(b, 'c2')
  await vi.waitFor(async () => expect(await idsAt(b)).toEqual(['east.c1', 'east.c2']), patient)
  await vi.waitFor(async () => expect(await idsAt(a)).toEqual(['east.c1', 'east.c2']), patient)
})

test('[TR25] who is shut out at one hub is cut at the other, whichever was told first', async () => {
  const first = await joinAt(a, 'c3')
  const second = await joinAt(b, 'c4')
  await vi.waitFor(async () => expect(await idsAt(a)).toContain('east.c4'), patient)
  await a.gatekeeper.revoke([first])
  await b.gatekeeper.revoke([second])
  await a.store.revoke('east.c3', systemClock.now())
  await Promise.all([a.exchange.say(), b.exchange.say()])
  for (const key of [first, second])
    for (const { ended } of connections.get(key) ?? []) expect(await ended).toMatch(/revoked/i)
  const keys = [first, second].toSorted()
  await vi.waitFor(() => {
    expect(a.trust.revoked()).toEqual(keys)
    expect(b.trust.revoked()).toEqual(keys)
  }, patient)
  await vi.waitFor(async () => expect(await idsAt(b)).toContain('east.c3 out'), patient)
})

test('[TR25] of two machines under one name the later one stays', async () => {
  const early = await joinAt(a, 'c5')
  const credentials = await b.trust.collectorCredentials({ cluster: 'east', name: 'c5' })
  const late = publicKeyOf(credentials.seed)
  await b.store.takeOver([
    {
      id: 'east.c5',
      cluster: 'east',
      name: 'c5',
      publicKey: late,
      joinedAt: systemClock.now(),
      joinedBy: 'root',
      revokedAt: undefined,
    },
  ])
  await b.exchange.say()
  for (const { ended } of connections.get(early) ?? []) expect(await ended).toMatch(/revoked/i)
  await vi.waitFor(
    async () => expect((await a.store.find('east.c5'))?.publicKey).toBe(late),
    patient,
  )
  expect(a.trust.revoked()).not.toContain(late)
})
