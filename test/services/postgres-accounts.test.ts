import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { after } from '../../src/base/instant.ts'
import { silentLog } from '../../src/base/log.ts'
import type { AccountStore, StoredSession, StoredToken } from '../../src/web/ports.ts'
import { NOW } from '../contracts/stored-things.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'

let server: TestDatabase
let database: Database
let accounts: AccountStore
beforeAll(async () => {
  server = await startTestDatabase()
  database = await openDatabase({
    url: server.url,
    folder: '',
    retention: { resultsDays: 30, seriesDays: 400 },
    clock: systemClock,
    log: silentLog,
  })
  accounts = database.accounts
})
afterAll(async () => {
  await database.close()
  await server.close()
})

const session: StoredSession = {
  idHash: 'a'.repeat(64),
  username: 'ada',
  csrf: 'c',
  createdAt: NOW,
  lastSeenAt: NOW,
  expiresAt: NOW + 1_000,
}

test('[AS1] of many who want to be first, one becomes the first account', async () => {
  expect(await accounts.countAccounts()).toBe(0)
  const names = ['ada', ...Array.from({ length: 9 }, (_, n) => `user-${n}`)]
  const made = await Promise.all(
    names.map((username) =>
      accounts.createAccount({ username, passwordHash: 'h', role: 'admin' }, true),
    ),
  )
  expect(made.filter(Boolean)).toHaveLength(1)
  expect(await accounts.countAccounts()).toBe(1)
})

test('[AS2] a name is given once', async () => {
  const ada = { username: 'ada', passwordHash: '$argon2id$v=19$m=1', role: 'operator' } as const
  const existed = (await accounts.findAccount('ada')) !== undefined
  expect(await accounts.createAccount(ada, false)).toBe(!existed)
  expect(await accounts.createAccount({ ...ada, passwordHash: 'other' }, false)).toBe(false)
  expect(await accounts.createAccount({ ...ada, username: 'bob' }, false)).toBe(true)
  expect(await accounts.findAccount('bob')).toEqual({ ...ada, username: 'bob' })
  expect(await accounts.findAccount('no\0body')).toBeUndefined()
})

test('[AS3] a session is kept until it is deleted or over', async () => {
  await accounts.saveSession(session)
  expect(await accounts.findSession(session.idHash)).toEqual(session)
  await accounts.touchSession(session.idHash, NOW + 500)
  expect(await accounts.findSession(session.idHash)).toEqual({ ...session, lastSeenAt: NOW + 500 })
  await accounts.deleteSession(session.idHash)
  expect(await accounts.findSession(session.idHash)).toBeUndefined()
  await accounts.saveSession(session)
  await database.maintain(after(NOW, 1_000))
  expect(await accounts.findSession(session.idHash)).toEqual(session)
  await database.maintain(after(NOW, 1_001))
  expect(await accounts.findSession(session.idHash)).toBeUndefined()
})

test('[AS4] tokens are listed in the order of their making, and deleted once', async () => {
  const token = (id: string, createdAt: number): StoredToken => ({
    id,
    secretHash: `hash of ${id}`,
    name: `for ${id}`,
    role: 'viewer',
    createdBy: 'ada',
    createdAt,
    expiresAt: null,
    lastUsedAt: null,
  })
  const [late, early] = [token('t1', 2_000), { ...token('t2', 1_000), expiresAt: 9_000 }]
  await accounts.saveToken(late)
  await accounts.saveToken(early)
  expect(await accounts.listTokens()).toEqual([early, late])
  await accounts.touchToken('t1', 3_000)
  expect(await accounts.findToken('t1')).toEqual({ ...late, lastUsedAt: 3_000 })
  expect(await accounts.findToken('t3')).toBeUndefined()
  expect(await accounts.deleteToken('t1')).toBe(true)
  expect(await accounts.deleteToken('t1')).toBe(false)
})

test('[AS5] the audit log takes whatever somebody typed', async () => {
  await accounts.audit({
    at: NOW,
    actor: 'nul\0',
    action: 'login-failed',
    subject: 'half \ud800',
    detail: 'x'.repeat(10_000),
  })
  const client = new Client(server.url)
  await client.connect()
  const { rows } = await client.query(
    'SELECT actor, action, subject, length(detail) AS length FROM audit',
  )
  await client.end()
  expect(rows).toEqual([
    { actor: 'nul\ufffd', action: 'login-failed', subject: 'half \ufffd', length: 4_096 },
  ])
})

test('[AS6] there is at most one setup token', async () => {
  expect(await accounts.getSetupTokenHash()).toBeUndefined()
  await accounts.setSetupTokenHash('one')
  await accounts.setSetupTokenHash('two')
  expect(await accounts.getSetupTokenHash()).toBe('two')
  await accounts.setSetupTokenHash(undefined)
  expect(await accounts.getSetupTokenHash()).toBeUndefined()
})
