import { expect, test } from 'vitest'
import { createWebWorld, NOON, startWebApp } from '../../test/web-world.ts'
import { hostCheckOf } from './access.ts'
import { IDLE_MS, SESSION_MS } from './auth/credentials.ts'

const PASSWORD = 'correct horse battery'

async function withAdmin(settings: { isBehindTls?: boolean } = {}) {
  const world = createWebWorld({ settings })
  const web = await startWebApp(world)
  await world.accounts.setSetupTokenHash(undefined)
  const { hashPassword } = await import('./auth/passwords.ts')
  const passwordHash = await hashPassword(PASSWORD)
  await world.accounts.createAccount({ username: 'ada', passwordHash, role: 'admin' }, false)
  const inject = web.app.inject.bind(web.app)
  const signIn = async (headers: Record<string, string> = {}) => {
    const answer = await inject({
      method: 'POST',
      url: '/api/v1/session',
      headers,
      payload: { username: 'ada', password: PASSWORD },
    })
    expect(answer.statusCode).toBe(200)
    const set = String(answer.headers['set-cookie'])
    const csrf = answer.json<{ csrf: string }>().csrf
    return { cookie: set.split(';')[0] ?? '', set, csrf }
  }
  return { world, ...web, inject, signIn }
}

test('[WA1] without a credential every address of the API but the way in is closed', async () => {
  const { app, context } = await startWebApp(createWebWorld())
  const open: string[] = []
  const paths = app.swagger().paths ?? {}
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods as object)) {
      const url = path.replaceAll(/\{\w+\}/g, 'x')
      const answer = await app.inject({ method: method as 'GET', url, payload: {} })
      if (answer.statusCode !== 401) open.push(`${method} ${path}`)
      else expect(answer.json().error.code).toBe('not_signed_in')
    }
  }
  expect(Object.keys(paths).length).toBeGreaterThan(20)
  expect(open.sort()).toEqual([
    'get /api/v1/setup',
    'get /healthz',
    'get /metrics',
    'get /readyz',
    'get /schema/v1.json',
    'post /api/v1/session',
    'post /api/v1/setup',
  ])
  for (const url of [
    '/api/openapi.json',
    '/api/docs',
    '/api/docs/json',
    '/api/docs/static/swagger-ui.css',
  ]) {
    expect((await app.inject({ url })).statusCode).toBe(401)
  }
  expect(context.readers.size).toBe(0)
})

test('[WA1] a bad token is not made good by a good cookie, and forms that only look like tokens are refused', async () => {
  const { inject, signIn, world } = await withAdmin()
  const { cookie } = await signIn()
  const good = await world.token('viewer')
  const ask = async (authorization: string) =>
    (await inject({ url: '/api/v1/hosts', headers: { cookie, authorization } })).statusCode
  expect(await ask(`Bearer ${good}`)).toBe(200)
  const bad = [
    `Bearer ${good}x`,
    `Bearer ${good.slice(0, -1)}`,
    good,
    `Basic ${good}`,
    'Bearer',
    'Bearer plx__',
    '',
  ]
  for (const authorization of bad) expect(await ask(authorization)).toBe(401)
  const [prefix, id] = good.split('_')
  expect(await ask(`Bearer ${prefix}_${id}_${'A'.repeat(43)}`)).toBe(401)
})

test('[WA2] each role reaches as far as it should', async () => {
  const world = createWebWorld()
  const { call } = await startWebApp(world)
  const reach = async (role: 'viewer' | 'operator' | 'admin') => {
    const token = await world.token(role)
    const results = { results: [{ host: 'host-0', code: 0, output: 'up' }] }
    return [
      (await call(token, 'GET', '/api/v1/hosts')).status,
      (await call(token, 'POST', '/api/v1/recheck', { ids: ['host-0'] })).status,
      (await call(token, 'POST', '/api/v1/results', results)).status,
      (await call(token, 'POST', '/api/v1/configuration/reload', {})).status,
      (await call(token, 'GET', '/api/v1/tokens')).status,
      (await call(token, 'POST', '/api/v1/tokens', { name: 'x', role: 'admin' })).status,
    ]
  }
  expect(await reach('viewer')).toEqual([200, 403, 403, 403, 403, 403])
  expect(await reach('operator')).toEqual([200, 200, 200, 403, 403, 403])
  expect(await reach('admin')).toEqual([200, 200, 200, 200, 200, 201])
})

test('[WA3] a session changes nothing without its own CSRF header', async () => {
  const { inject, signIn, world } = await withAdmin()
  const first = await signIn()
  const second = await signIn()
  const recheck = async (headers: Record<string, string>) => {
    const answer = await inject({
      method: 'POST',
      url: '/api/v1/recheck',
      headers: { cookie: second.cookie, ...headers },
      payload: { ids: ['host-0'] },
    })
    return answer.statusCode === 200 ? 200 : answer.json().error.code
  }
  expect(await recheck({})).toBe('csrf_refused')
  expect(await recheck({ 'x-parallax-csrf': '' })).toBe('csrf_refused')
  expect(await recheck({ 'x-parallax-csrf': first.csrf })).toBe('csrf_refused')
  expect(world.rechecked).toEqual([])
  expect(await recheck({ 'x-parallax-csrf': second.csrf })).toBe(200)
  expect(world.rechecked).toEqual(['host-0'])
  const out = await inject({
    method: 'DELETE',
    url: '/api/v1/session',
    headers: { cookie: second.cookie },
  })
  expect(out.statusCode).toBe(403)
})

test('[WA4] a planted session id is worth nothing after sign-in, and the session before ends', async () => {
  const { inject, signIn } = await withAdmin()
  const planted = 'parallax=planted-by-somebody'
  const mine = await signIn({ cookie: planted })
  expect(mine.cookie).not.toBe(planted)
  const next = await signIn({ cookie: mine.cookie })
  const ask = async (cookie: string) =>
    (await inject({ url: '/api/v1/session', headers: { cookie } })).statusCode
  expect(await ask(planted)).toBe(401)
  expect(await ask(mine.cookie)).toBe(401)
  expect(await ask(next.cookie)).toBe(200)
})

test('[WA5] a session ends by disuse, by age and by sign-out', async () => {
  const { inject, signIn, world } = await withAdmin()
  const ask = async (cookie: string) =>
    (await inject({ url: '/api/v1/session', headers: { cookie } })).statusCode

  const idle = await signIn()
  world.clock.move(IDLE_MS - 1)
  expect(await ask(idle.cookie)).toBe(200)
  world.clock.move(IDLE_MS)
  expect(await ask(idle.cookie)).toBe(401)

  const old = await signIn()
  for (let age = 0; age < SESSION_MS - IDLE_MS; age += IDLE_MS / 2) {
    expect(await ask(old.cookie)).toBe(200)
    world.clock.move(IDLE_MS / 2)
  }
  expect(await ask(old.cookie)).toBe(200)
  world.clock.move(IDLE_MS / 2)
  expect(await ask(old.cookie)).toBe(200)
  world.clock.move(IDLE_MS / 2)
  expect(await ask(old.cookie)).toBe(401)

  const left = await signIn()
  const answer = await inject({
    method: 'DELETE',
    url: '/api/v1/session',
    headers: { cookie: left.cookie, 'x-parallax-csrf': left.csrf },
  })
  expect(answer.statusCode).toBe(204)
  expect(String(answer.headers['set-cookie'])).toContain('parallax=;')
  expect(await ask(left.cookie)).toBe(401)
})

test('[WA6] a token ends at its expiry and at once when revoked; only its hash is stored', async () => {
  const { call, world } = await withAdmin()
  const admin = await world.token('admin')
  const expiresAt = new Date(NOON + 60_000).toISOString()
  const made = await call(admin, 'POST', '/api/v1/tokens', {
    name: 'ci',
    role: 'viewer',
    expiresAt,
  })
  const { token, id } = made.body as { token: string; id: string }
  const ask = async () => (await call(token, 'GET', '/api/v1/hosts')).status
  expect(await ask()).toBe(200)
  const listed = (await call(admin, 'GET', '/api/v1/tokens')).body
  expect(JSON.stringify(listed)).toContain(id)
  expect(JSON.stringify(listed)).not.toContain(token.split('_')[2])
  expect(JSON.stringify([...world.accounts.tokens.values()])).not.toContain(token.split('_')[2])
  world.clock.move(60_000)
  expect(await ask()).toBe(401)

  const other = (await call(admin, 'POST', '/api/v1/tokens', { name: 'x', role: 'viewer' }))
    .body as {
    token: string
    id: string
  }
  expect((await call(other.token, 'GET', '/api/v1/hosts')).status).toBe(200)
  expect((await call(admin, 'DELETE', `/api/v1/tokens/${other.id}`)).status).toBe(204)
  expect((await call(other.token, 'GET', '/api/v1/hosts')).status).toBe(401)
  expect((await call(admin, 'DELETE', `/api/v1/tokens/${other.id}`)).status).toBe(404)
  const past = { name: 'x', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' }
  expect((await call(admin, 'POST', '/api/v1/tokens', past)).status).toBe(400)
})

test('[WA8] sign-in slows down per address and per name, and unknown names cost the same', async () => {
  const { inject, world } = await withAdmin()
  const tryOnce = async (username: string, remoteAddress: string) => {
    const answer = await inject({
      method: 'POST',
      url: '/api/v1/session',
      remoteAddress,
      payload: { username, password: 'wrong wrong wrong' },
    })
    return { code: answer.json().error.code as string, headers: answer.headers }
  }
  const known = await tryOnce('ada', '10.0.0.1')
  const unknown = await tryOnce('nobody', '10.0.0.1')
  expect(known.code).toBe('wrong_credentials')
  expect(unknown.code).toBe('wrong_credentials')
  for (let i = 0; i < 18; i++) await tryOnce('nobody', '10.0.0.1')
  const slowed = await tryOnce('nobody', '10.0.0.1')
  expect(slowed.code).toBe('too_many_requests')
  expect(Number(slowed.headers['retry-after'])).toBeGreaterThan(0)

  for (let i = 0; i < 29; i++)
    expect((await tryOnce('ada', `10.0.1.${i}`)).code).toBe('wrong_credentials')
  const blocked = await inject({
    method: 'POST',
    url: '/api/v1/session',
    remoteAddress: '10.0.2.1',
    payload: { username: 'ada', password: PASSWORD },
  })
  expect(blocked.statusCode).toBe(429)
  world.clock.move(15 * 60_000)
  const later = await inject({
    method: 'POST',
    url: '/api/v1/session',
    remoteAddress: '10.0.2.1',
    payload: { username: 'ada', password: PASSWORD },
  })
  expect(later.statusCode).toBe(200)
})

test('[WA9] on loopback only loopback names are answered', async () => {
  const { app } = await startWebApp(createWebWorld())
  const ask = async (host: string) =>
    (await app.inject({ url: '/healthz', headers: { host } })).statusCode
  for (const host of [
    'localhost',
    'localhost:8470',
    '127.0.0.1:1',
    '[::1]:8470',
    'parallax.localhost',
  ]) {
    expect(await ask(host)).toBe(200)
  }
  for (const host of [
    'evil.example',
    'evil.example:8470',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.0.0.1',
  ]) {
    expect(await ask(host)).toBe(421)
  }
  const settings = { port: 0, consoleFolder: '/', isBehindTls: false }
  expect(hostCheckOf({ ...settings, host: '0.0.0.0' })('monitor.example')).toBe(true)
  expect(
    hostCheckOf({ ...settings, host: '127.0.0.1', isBehindTls: true })('monitor.example'),
  ).toBe(true)
})

test('[WA10] what people do is in the audit log', async () => {
  const { inject, signIn, call, world } = await withAdmin()
  const { cookie, csrf } = await signIn()
  const headers = { cookie, 'x-parallax-csrf': csrf }
  await inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { username: 'eve', password: 'x' },
  })
  await inject({ method: 'POST', url: '/api/v1/recheck', headers, payload: { ids: ['host-0'] } })
  await inject({ method: 'POST', url: '/api/v1/configuration/reload', headers })
  const made = await inject({
    method: 'POST',
    url: '/api/v1/tokens',
    headers,
    payload: { name: 'ci', role: 'viewer' },
  })
  const { id } = made.json<{ id: string }>()
  await inject({ method: 'DELETE', url: `/api/v1/tokens/${id}`, headers })
  await inject({ method: 'DELETE', url: '/api/v1/session', headers })
  expect(
    world.accounts.audited.map(({ actor, action, subject }) => [actor, action, subject]),
  ).toEqual([
    ['ada', 'session.begin', 'ada'],
    ['-', 'session.refuse', 'eve'],
    ['ada', 'recheck', 'host-0'],
    ['ada', 'configuration.reload', 'r2'],
    ['ada', 'token.create', id],
    ['ada', 'token.revoke', id],
    ['ada', 'session.end', 'ada'],
  ])
  expect(world.accounts.audited[0]?.detail).toBe('from 127.0.0.1')
  expect((await call(undefined, 'GET', '/api/v1/tokens')).status).toBe(401)
})

test('[WA11] with the database away known callers go on and the present is served', async () => {
  const { inject, signIn, call, world } = await withAdmin()
  const { cookie, csrf } = await signIn()
  const token = await world.token('viewer', NOON + 3_600_000)
  const stranger = await world.token('viewer')
  const ask = async (url: string) => inject({ url, headers: { cookie } })
  await ask('/api/v1/session')
  await call(token, 'GET', '/api/v1/hosts')
  world.accounts.isAvailable = false
  world.history.isAvailable = false
  world.clock.move(60_000)
  expect((await ask('/api/v1/problems')).statusCode).toBe(200)
  expect((await ask('/api/v1/snapshot')).statusCode).toBe(200)
  expect((await call(token, 'GET', '/api/v1/hosts')).status).toBe(200)
  const headers = { cookie, 'x-parallax-csrf': csrf }
  const recheck = await inject({
    method: 'POST',
    url: '/api/v1/recheck',
    headers,
    payload: { ids: ['host-0'] },
  })
  expect(recheck.statusCode).toBe(200)
  for (const answer of [
    await call(token, 'GET', '/api/v1/history?id=host-0'),
    await call(stranger, 'GET', '/api/v1/hosts'),
    await call(undefined, 'POST', '/api/v1/session', { username: 'ada', password: PASSWORD }),
  ]) {
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'database_unavailable' } } })
  }
  world.clock.move(3_600_000)
  expect((await call(token, 'GET', '/api/v1/hosts')).status).toBe(401)
  world.accounts.isAvailable = true
  expect((await ask('/api/v1/problems')).statusCode).toBe(200)
})

test('[WA12] the cookie is as strict as the way allows, and no secret is stored', async () => {
  const plain = await withAdmin()
  const loopback = await plain.signIn()
  expect(loopback.set).toMatch(/^parallax=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
  const stored = JSON.stringify([
    [...plain.world.accounts.sessions.values()],
    [...plain.world.accounts.accounts.values()],
  ])
  expect(stored).not.toContain(loopback.cookie.split('=')[1])
  expect(stored).not.toContain(PASSWORD)
  expect(stored).toContain('$argon2id$')
  const proxied = await withAdmin({ isBehindTls: true })
  const secure = await proxied.signIn()
  expect(secure.set).toMatch(/^__Host-parallax=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
})
