import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAccountStore } from '../../src/adapters/postgres/account-store.ts'
import { createPool, type Pool } from '../../src/adapters/postgres/connection.ts'
import { createHistory } from '../../src/adapters/postgres/history.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { createWebServer, type WebServer } from '../../src/web/server.ts'
import { setupState } from '../../src/wire/api/actions.ts'
import { openStream } from '../stream-client.ts'
import { createWebWorld, type WebWorld } from '../web-world.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'

/** The web server with its accounts and history in a real PostgreSQL, and a real browser. */
const PASSWORD = 'correct horse battery'
const CHROMIUM = '/usr/bin/chromium'

let database: TestDatabase
let pool: Pool
let world: WebWorld
let server: WebServer
let browser: Browser
let admin = { cookie: '', csrf: '' }

beforeAll(async () => {
  database = await startTestDatabase()
  pool = createPool(database.url, {
    name: 'web-test',
    max: 8,
    statementTimeoutMs: 10_000,
    isReadOnly: false,
  })
  await migrate(pool, systemClock)
  world = createWebWorld({ isRealTime: true })
  const accounts = createAccountStore(pool, systemClock)
  const hub = { ...world.hub, accounts, history: createHistory(pool, systemClock) }
  server = await createWebServer({ ...world.parts, hub })
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  await server.close()
  await pool.end()
  await database.close()
})

const api = (path: string, init?: RequestInit) => fetch(`${server.url}/api/v1${path}`, init)
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

test('[WA7] first run against PostgreSQL: of eight at the same time one becomes administrator', async () => {
  expect(setupState.parse(await (await api('/setup')).json()).needsSetup).toBe(true)
  const token = server.setupToken
  const names = Array.from({ length: 8 }, (_, index) => `admin-${index}`)
  const answers = await Promise.all(
    names.map((username) => post('/setup', { token, username, password: PASSWORD })),
  )
  const statuses = answers.map((answer) => answer.status)
  expect(statuses.filter((status) => status === 201)).toHaveLength(1)
  expect(statuses.filter((status) => status === 409)).toHaveLength(7)
  const { rows } = await pool.query('SELECT username, password_hash FROM account')
  expect(rows).toHaveLength(1)
  const winner = answers.find((answer) => answer.status === 201)
  if (winner === undefined) throw new Error('nobody won')
  const { csrf } = (await winner.json()) as { csrf: string }
  admin = { cookie: winner.headers.get('set-cookie')?.split(';')[0] ?? '', csrf }
  expect((await post('/setup', { token, username: 'eve', password: PASSWORD })).status).toBe(409)
})

test('[WA6] a token made by the administrator reads; revoked it does not', async () => {
  const headers = { cookie: admin.cookie, 'x-parallax-csrf': admin.csrf }
  const made = await post('/tokens', { name: 'ci', role: 'viewer' }, headers)
  const { token, id } = (await made.json()) as { token: string; id: string }
  const authorization = `Bearer ${token}`
  expect((await api('/hosts', { headers: { authorization } })).status).toBe(200)
  const { rows } = await pool.query('SELECT last_used_at FROM api_token WHERE id = $1', [id])
  expect(Number(rows[0]?.last_used_at)).toBeGreaterThan(Date.now() - 60_000)
  expect((await api(`/tokens/${id}`, { method: 'DELETE', headers })).status).toBe(204)
  expect((await api('/hosts', { headers: { authorization } })).status).toBe(401)
})

test('[WE2] texts that no database can hold are refused before it, or found nowhere', async () => {
  const headers = { cookie: admin.cookie }
  const spans = [
    'from=0000-01-01T00:00:00Z',
    'to=9999-12-31T23:59:59Z',
    'from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59Z',
  ]
  for (const id of [
    'a%00b',
    '%ED%A0%80',
    'x'.repeat(511),
    "'; DROP TABLE account; --",
    'a!b',
    '%F0%9F%92%A9',
  ]) {
    for (const path of ['history', 'changes', 'series']) {
      for (const span of spans) {
        const answer = await api(`/${path}?id=${id}&${span}`, { headers })
        expect(answer.status, `${path} ${id} ${span}`).toBeLessThan(500)
      }
    }
  }
  const signIn = await post('/session', { username: 'a\u0000b', password: 'x' })
  expect(signIn.status).toBe(400)
})

test('[WC6] the description of the API works in a browser under the policy, and nothing is loaded from elsewhere', async () => {
  const context = await browser.newContext()
  const [name = '', value = ''] = admin.cookie.split('=')
  await context.addCookies([{ name, value, url: server.url }])
  const page = await context.newPage()
  const faults: string[] = []
  const foreign: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !request.url().startsWith('data:'))
      foreign.push(request.url())
  })
  await page.goto(`${server.url}/api/docs/`)
  await page.getByText('/api/v1/problems').first().waitFor()
  await page.getByText('/api/v1/problems').first().click()
  await page.getByText('includeHandled').first().waitFor()
  expect(faults).toEqual([])
  expect(foreign).toEqual([])
  await context.close()
})

test('[WA5] signing out ends the session in the database and its streams', async () => {
  const signedIn = await post('/session', { username: await adminName(), password: PASSWORD })
  const { csrf } = (await signedIn.json()) as { csrf: string }
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  const stream = await openStream(`${server.url}/api/v1/stream`, { cookie })
  await stream.until((event) => event.name === 'hello')
  const out = await api('/session', {
    method: 'DELETE',
    headers: { cookie, 'x-parallax-csrf': csrf },
  })
  expect(out.status).toBe(204)
  await stream.ended()
  expect((await api('/session', { headers: { cookie } })).status).toBe(401)
})

test('[WA11] with PostgreSQL gone known callers read the present', async () => {
  const headers = { cookie: admin.cookie }
  expect((await api('/problems', { headers })).status).toBe(200)
  process.kill(database.pid(), 'SIGKILL')
  expect((await api('/problems', { headers })).status).toBe(200)
  expect((await api('/snapshot', { headers })).status).toBe(200)
})

async function adminName(): Promise<string> {
  const { rows } = await pool.query<{ username: string }>('SELECT username FROM account')
  return rows[0]?.username ?? ''
}
