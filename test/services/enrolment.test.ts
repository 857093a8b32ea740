import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openNatsBus, type NatsBus } from '../../src/adapters/nats/bus.ts'
import { joinHub, type Joined } from '../../src/adapters/nats/join.ts'
import type { BusServer } from '../../src/adapters/nats/server/bus-server.ts'
import { authenticatorOf } from '../../src/adapters/nats/trust/credentials.ts'
import { createGatekeeper } from '../../src/adapters/nats/trust/gatekeeper.ts'
import { createUserSeed } from '../../src/adapters/nats/trust/signing.ts'
import type { Trust } from '../../src/adapters/nats/trust/trust.ts'
import { createPool, type Pool } from '../../src/adapters/postgres/connection.ts'
import { createEnrolmentStore } from '../../src/adapters/postgres/enrolment-store.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import type { Clock } from '../../src/base/clock.ts'
import { instant } from '../../src/base/instant.ts'
import {
  createEnrolmentDesk,
  type EnrolmentDesk,
} from '../../src/orchestrator/enrolment/enrolment-desk.ts'
import {
  enrolAt,
  enrolInboxPrefix,
  readJoinToken,
  type EnrolQuestion,
} from '../../src/wire/enrolment.ts'
import { hubInboxPrefix } from '../../src/wire/permissions.ts'
import { createBusWorld, type BusWorld } from './bus-world.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'

let database: TestDatabase
let pool: Pool
let world: BusWorld
let trust: Trust
let server: BusServer
let bus: NatsBus
let desk: EnrolmentDesk
let aheadMs = 0
const joined: string[][] = []

/** The hub's clock may run ahead of the servers'. */
const clock: Clock = { ...systemClock, now: () => instant(systemClock.now() + aheadMs) }

beforeAll(async () => {
  database = await startTestDatabase()
  pool = createPool(database.url, {
    name: 'enrolment',
    max: 4,
    statementTimeoutMs: 10_000,
    isReadOnly: false,
  })
  await migrate(pool, systemClock)
  world = await createBusWorld()
  trust = await world.trust('own')
  server = await world.server(trust)
  bus = openNatsBus({
    name: 'hub-a',
    links: [
      {
        servers: [server.url],
        hubs: ['hub-a'],
        ca: trust.ca,
        authenticator: authenticatorOf(await trust.hubCredentials('hub-a')),
        inboxPrefix: hubInboxPrefix('hub-a'),
      },
    ],
    clock: systemClock,
    log: world.log,
  })
  desk = createEnrolmentDesk({
    hub: 'hub-a',
    store: createEnrolmentStore(pool, systemClock),
    gatekeeper: createGatekeeper(trust, [server.url]),
    servers: () => [server.url],
    links: () => [{ hubs: ['hub-a'], servers: [server.url] }],
    hasCluster: (name) => ['east', 'west'].includes(name),
    onChange: (all) => void joined.push(all.map(({ id }) => id)),
    clock,
    log: world.log,
  })
  bus.answer(enrolAt('hub-a'), (question) => desk.enrol(question))
  await vi.waitFor(() => expect(bus.reaches('hub-a')).toBe(true), { timeout: 10_000 })
})

afterAll(async () => {
  await bus?.close()
  await world?.end()
  await pool?.end()
  await database?.close()
})

async function issue(more: { cluster?: string; name?: string; forMs?: number } = {}) {
  const { cluster = 'east', name, forMs = 3_600_000 } = more
  const issued = await desk.issue({ cluster, name, forMs, author: 'root' })
  if (issued === undefined) throw new Error('no such cluster')
  return issued
}

const joinWith = (text: string, name: string): Promise<Joined> =>
  joinHub({ token: readJoinToken(text), name, program: 'test', clock: systemClock })

const reasons = (): unknown[] =>
  world.log.warnings
    .filter(({ message }) => message === 'somebody may not join')
    .map(({ fields }) => fields['reason'])

test('a machine joins with one line, and then speaks as what it became', async () => {
  const { text } = await issue()
  const { answer, seed, ca } = await joinWith(text, 'c1')
  expect(answer).toMatchObject({ cluster: 'east', name: 'c1' })
  expect(answer.links).toEqual([{ hubs: ['hub-a'], servers: [server.url] }])
  expect(ca.replaceAll(/\s/g, '')).toBe(trust.ca.replaceAll(/\s/g, ''))
  const c1 = await world.connect(server.url, ca, { jwt: answer.jwt, seed }, '_INBOX.east.c1')
  c1.nats.publish('beat.east.c1', 'x')
  await c1.nats.flush()
  expect(c1.refused).toEqual([])
  expect((await desk.collectors()).map(({ id, joinedBy }) => [id, joinedBy])).toContainEqual([
    'east.c1',
    'root',
  ])
  expect(joined.at(-1)).toContain('east.c1')
})

test('there is no token for a cluster that nobody made', async () => {
  expect(await desk.issue({ cluster: 'moon', name: undefined, forMs: 1, author: 'root' })).toBe(
    undefined,
  )
})

describe('who is refused', () => {
  test('[TR11] with a wrong secret, or a token that was withdrawn', async () => {
    const { text, id } = await issue()
    const token = readJoinToken(text)
    const wrong = joinHub({
      token: { ...token, secret: 'sesame' },
      name: 'x1',
      program: 'test',
      clock: systemClock,
    })
    await expect(wrong).rejects.toThrow(/does not know this token/)
    expect(await desk.withdraw(id)).toBe(true)
    await expect(joinWith(text, 'x1')).rejects.toThrow(/does not know this token/)
    expect(reasons().slice(-2)).toEqual(['wrong-secret', 'unknown-token'])
    expect(await desk.withdraw(id)).toBe(false)
  })

  test('[TR12] a token that is shown again', async () => {
    const { text, id } = await issue()
    await joinWith(text, 'r1')
    await expect(joinWith(text, 'r1')).rejects.toThrow(/used already, by east\.r1/)
    await expect(joinWith(text, 'r2')).rejects.toThrow(/used already/)
    expect(reasons().slice(-2)).toEqual(['token-used', 'token-used'])
    expect(await desk.withdraw(id)).toBe(false)
  })

  test('[TR12] all but one of many at the same time', async () => {
    const { text } = await issue()
    const names = Array.from({ length: 8 }, (_, n) => `race-${n}`)
    const outcomes = await Promise.allSettled(names.map((name) => joinWith(text, name)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const joinedOnes = (await desk.collectors()).filter(({ name }) => name.startsWith('race-'))
    expect(joinedOnes).toHaveLength(1)
  })

  test('[TR13] a token that has expired: by the servers, and by the hub before them', async () => {
    const { text } = await issue({ forMs: 1_000 })
    const knock = (): Promise<string> =>
      world.connect(server.url, trust.ca, readJoinToken(text)).then(() => 'let in', String)
    await vi.waitFor(async () => expect(await knock()).toMatch(/Authorization|expired/i), 5_000)
    // Servers count whole seconds, and may refuse it a moment earlier.
    await vi.waitFor(
      () => expect(joinWith(text, 'late')).rejects.toThrow(/this token has expired/),
      5_000,
    )
    const { text: other } = await issue({ forMs: 60_000 })
    aheadMs = 61_000
    await expect(joinWith(other, 'late')).rejects.toThrow(/has expired/)
    aheadMs = 0
    expect(reasons().at(-1)).toBe('token-expired')
    expect((await desk.collectors()).map(({ name }) => name)).not.toContain('late')
  })

  test('[TR14] another name than the token is for', async () => {
    const { text } = await issue({ name: 'n1' })
    await expect(joinWith(text, 'n2')).rejects.toThrow(/is for the name n1, not n2/)
    expect((await joinWith(text, 'n1')).answer.name).toBe('n1')
  })

  test('[TR15] a name that is taken, until its collector was shut out', async () => {
    const first = await joinWith((await issue()).text, 't1')
    const { text } = await issue()
    await expect(joinWith(text, 't1')).rejects.toThrow(/east\.t1 has joined already/)
    const old = { jwt: first.answer.jwt, seed: first.seed }
    const connection = await world.connect(server.url, trust.ca, old, '_INBOX.east.t1')
    expect(await desk.revoke('east.t1', 'root')).toEqual({ kind: 'revoked', untold: undefined })
    expect(await connection.ended).toMatch(/revoked/i)
    expect(await desk.revoke('east.t1', 'root')).toEqual({ kind: 'unknown' })
    const second = await joinWith(text, 't1')
    await expect(world.connect(server.url, trust.ca, old)).rejects.toThrow(/Authorization/)
    const renewed = { jwt: second.answer.jwt, seed: second.seed }
    await expect(world.connect(server.url, trust.ca, renewed)).resolves.toBeDefined()
  })

  test('[TR10] [TR19] by the one who joins: a server in between with another CA hears nothing', async () => {
    const other = await world.trust('other')
    const middle = await world.server(other, { name: 'middle' })
    const { text } = await issue()
    const token = { ...readJoinToken(text), servers: [middle.url] }
    const lured = joinHub({ token, name: 'm1', program: 'test', clock: systemClock })
    await expect(lured).rejects.toThrow(/no certificate of the hub's own CA/)
    const asStranger = { ...readJoinToken(text), ca: createGatekeeper(other, []).ca }
    const pinned = joinHub({ token: asStranger, name: 'm1', program: 'test', clock: systemClock })
    await expect(pinned).rejects.toThrow(/no certificate of the hub's own CA/)
    expect((await joinWith(text, 'm1')).answer.name).toBe('m1')
  })

  test('with a token of another installation, and where nobody listens', async () => {
    const other = await world.trust('other')
    const { text } = await issue()
    const strange = await other.askerCredentials({
      question: 'enrol.hub-a',
      inbox: '_ENROL.x',
      expiresAt: instant(systemClock.now() + 60_000),
    })
    const token = { ...readJoinToken(text), ...strange }
    const refused = joinHub({ token, name: 's1', program: 'test', clock: systemClock })
    await expect(refused).rejects.toThrow(/of another installation, or was withdrawn/)
    const nobody = { ...readJoinToken(text), servers: ['tls://127.0.0.1:1'] }
    const alone = joinHub({ token: nobody, name: 's1', program: 'test', clock: systemClock })
    await expect(alone).rejects.toThrow(/cannot reach hub-a at tls:\/\/127\.0\.0\.1:1/)
    const away = { ...readJoinToken(text), hub: 'hub-z' }
    const elsewhere = joinHub({ token: away, name: 's1', program: 'test', clock: systemClock })
    await expect(elsewhere).rejects.toThrow(/hub-z/)
  })
})

test('[TR16] an answer that was lost is given again to the same key', async () => {
  const token = readJoinToken((await issue()).text)
  const question: EnrolQuestion = {
    version: 1,
    token: token.id,
    secret: token.secret,
    name: 'again',
    publicKey: createUserSeed().publicKey,
    program: 'test',
  }
  const first = await desk.enrol(question)
  const second = await desk.enrol(question)
  expect({ ...second, jwt: '' }).toEqual({ ...first, jwt: '' })
})

test('[TR17] the credentials of a token are good for the one question only', async () => {
  const token = readJoinToken((await issue()).text)
  const asker = await world.connect(server.url, trust.ca, token, enrolInboxPrefix(token.id))
  const forbidden = ['results.hub-a.east.c1', 'beat.east.c1', 'enrol.hub-b', '$JS.API.INFO']
  for (const name of forbidden) asker.nats.publish(name, 'x')
  for (const name of ['>', 'plan.>', 'enrol.>', '_ENROL.>', '_INBOX.>'])
    asker.nats.subscribe(name, { callback: () => undefined })
  await asker.nats.flush()
  await vi.waitFor(() => expect(asker.refused).toHaveLength(9))
})

test('[TR18] no secret is in the log or in the database', async () => {
  const { text } = await issue()
  const { secret, seed } = readJoinToken(text)
  await joinWith(text, 'quiet')
  await expect(joinWith(text, 'quiet')).rejects.toThrow()
  const { rows } = await pool.query<{ all: string }>(
    `SELECT (SELECT string_agg(t::text, ' ') FROM join_token t) || (SELECT string_agg(c::text, ' ') FROM enrolled_collector c) AS all`,
  )
  const log = JSON.stringify([world.log.warnings, world.log.errors])
  const revoked = await readFile(join(world.folder, 'own', 'trust', 'revoked.json'), 'utf8')
  for (const place of [log, rows[0]?.all ?? '', revoked]) {
    expect(place).not.toContain(secret)
    expect(place).not.toContain(seed)
  }
})
