import { expect, test } from 'vitest'
import { createWebWorld, startWebApp } from '../../test/web-world.ts'
import { PLAN } from '../../test/web-desk.ts'
import { apiError } from '../wire/api/actions.ts'
import {
  applyJob,
  configurationObject,
  configurationObjects,
  configurationStatus,
  diffAnswer,
  planAnswer,
  revisionList,
} from '../wire/api/configuration.ts'

const BASE = '/api/v1/configuration'

async function site() {
  const world = createWebWorld()
  const { call, app } = await startWebApp(world)
  const tokens = {
    viewer: await world.token('viewer'),
    operator: await world.token('operator'),
    admin: await world.token('admin'),
  }
  const as =
    (role: keyof typeof tokens) =>
    (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) =>
      call(tokens[role], method, BASE + path, body)
  return { world, desk: world.desk, app, as, admin: as('admin') }
}

function codeOf(answer: { readonly body: unknown }): string {
  return apiError.parse(answer.body).error.code
}

test('[WK1] who may do what: viewers see what is active, operators look at plans and objects, administrators change', async () => {
  const { as } = await site()
  const value = { value: { address: '192.0.2.1' } }
  const calls = [
    ['viewer', 'GET', ''],
    ['viewer', 'GET', '/revisions'],
    ['operator', 'POST', '/plan', {}],
    ['operator', 'GET', '/diff?from=bbbb&to=bbbb'],
    ['operator', 'GET', '/export'],
    ['operator', 'GET', '/objects'],
    ['admin', 'PUT', '/objects/hosts/h', value],
    ['operator', 'GET', '/objects/hosts/h'],
    ['admin', 'DELETE', '/objects/hosts/h'],
    ['admin', 'POST', '/apply', {}],
    ['admin', 'POST', '/rollback', { revision: 'bbbb' }],
    ['viewer', 'GET', '/jobs/job%201'],
  ] as const
  for (const [role, method, path, body] of calls) {
    const below = ({ viewer: undefined, operator: 'viewer', admin: 'operator' } as const)[role]
    if (below !== undefined) {
      const refused = await as(below)(method, path, body)
      expect([path, refused.status, codeOf(refused)]).toEqual([path, 403, 'not_allowed'])
    }
    const answer = await as(role)(method, path, body)
    expect([path, answer.status < 300]).toEqual([path, true])
  }
})

test('[WK2] an apply answers 202 with its job, and where to ask for it', async () => {
  const { desk, admin } = await site()
  const started = await admin('POST', '/apply', { message: 'new hosts', timeoutMs: 5000 })
  expect(started.status).toBe(202)
  const job = applyJob.parse(started.body)
  expect(job).toMatchObject({ kind: 'apply', author: 'admin', message: 'new hosts' })
  const { location } = started.headers
  expect(location).toBe(`${BASE}/jobs/job%201`)
  const ended = await admin('GET', String(location).slice(BASE.length))
  expect(applyJob.parse(ended.body)).toMatchObject({ state: 'active', revision: PLAN.revision })
  expect(desk.asked.at(-1)).toEqual({
    author: 'admin',
    request: { message: 'new hosts', timeoutMs: 5000 },
  })
})

test('[WK3] a question with waitMs is answered when the job has ended; without it at once', async () => {
  const { desk, admin } = await site()
  desk.ending = undefined
  await admin('POST', '/apply', {})
  expect(applyJob.parse((await admin('GET', '/jobs/job%201')).body).state).toBe('compiling')
  const waiting = admin('GET', '/jobs/job%201?waitMs=25000')
  await desk.waitedFor('job 1')
  desk.end('job 1', { state: 'refused', reason: 'local: no room' })
  expect(applyJob.parse((await waiting).body)).toMatchObject({ reason: 'local: no room' })
  expect(codeOf(await admin('GET', '/jobs/job%201?waitMs=25001'))).toBe('invalid_input')
  await admin('POST', '/apply', {})
  const crowd = Array.from({ length: 100 }, () => admin('GET', '/jobs/job%202?waitMs=25000'))
  await desk.waitedFor('job 2', 100)
  const next = await admin('GET', '/jobs/job%202?waitMs=25000')
  expect(applyJob.parse(next.body).state).toBe('compiling')
  desk.end('job 2', { state: 'active' })
  for (const answer of await Promise.all(crowd)) expect(answer.status).toBe(200)
  const unknown = await admin('GET', '/jobs/7')
  expect([unknown.status, codeOf(unknown)]).toEqual([404, 'unknown_job'])
})

test('[WK4] an apply for a plan that is no longer true is plan_outdated and starts nothing', async () => {
  const { desk, admin } = await site()
  const refused = await admin('POST', '/apply', { expectedActive: 'aaaa33334444' })
  expect([refused.status, codeOf(refused)]).toEqual([409, 'plan_outdated'])
  expect(apiError.parse(refused.body).error.message).toContain('aaaa11112222')
  expect(configurationStatus.parse((await admin('GET', '')).body).job).toBeNull()
  expect((await admin('POST', '/apply', { expectedActive: desk.active })).status).toBe(202)
})

test('[WK5] revisions go by a beginning that only one has: else unknown_revision or ambiguous_revision', async () => {
  const { admin } = await site()
  for (const [beginning, status, code] of [
    ['cccc', 404, 'unknown_revision'],
    ['aaaa', 409, 'ambiguous_revision'],
  ] as const) {
    for (const answer of [
      await admin('GET', `/diff?from=bbbb&to=${beginning}`),
      await admin('GET', `/diff?from=${beginning}&to=bbbb`),
      await admin('GET', `/export?revision=${beginning}`),
      await admin('POST', '/rollback', { revision: beginning }),
    ]) {
      expect([answer.status, codeOf(answer)]).toEqual([status, code])
      expect(apiError.parse(answer.body).error.message).toContain(beginning)
    }
  }
  const diff = await admin('GET', '/diff?from=aaaa1&to=bbbb')
  expect(diffAnswer.parse(diff.body)).toMatchObject({ from: 'aaaa11112222', to: 'bbbb55556666' })
  expect(codeOf(await admin('GET', '/diff?from=aaa&to=bbbb'))).toBe('invalid_input')
})

test('[WK6] an object has any name, and every fault of its value is named with its place', async () => {
  const { admin } = await site()
  for (const name of [
    'web 01',
    'Größe',
    'a/b',
    '100%',
    'a?b#c',
    'x'.repeat(255),
    '例'.repeat(200),
  ]) {
    const path = `/objects/services/${encodeURIComponent(name)}`
    const put = await admin('PUT', path, { value: { host: 'h' }, managedBy: 'git:shop' })
    expect(configurationObject.parse(put.body)).toMatchObject({ name, pending: 'created' })
    expect(configurationObject.parse((await admin('GET', path)).body).name).toBe(name)
  }
  const wrong = await admin('PUT', '/objects/hosts/h', { value: 7 })
  expect(apiError.parse(wrong.body).error).toMatchObject({
    code: 'invalid_input',
    details: [{ path: 'body.value', message: 'must be keys and values' }],
  })
  for (const [path, body] of [
    ['/objects/hosts/h', {}],
    ['/objects/hosts/h', { value: {}, managedBy: '-x' }],
    ['/objects/host/h', { value: {} }],
    ['/objects/hosts/a%0Ab', { value: {} }],
    [`/objects/hosts/${'x'.repeat(256)}`, { value: {} }],
  ] as const) {
    expect([path, codeOf(await admin('PUT', path, body))]).toEqual([path, 'invalid_input'])
  }
  const unknown = await admin('GET', '/objects/hosts/nobody')
  expect([unknown.status, codeOf(unknown)]).toEqual([404, 'unknown_object'])
  expect((await admin('DELETE', '/objects/hosts/nobody')).status).toBe(404)
})

test("[WK7] another owner's object is object_owned, unless forced", async () => {
  const { admin } = await site()
  const path = '/objects/hosts/h'
  await admin('PUT', path, { value: {}, managedBy: 'git:shop' })
  for (const answer of [
    await admin('PUT', path, { value: {} }),
    await admin('DELETE', path),
    await admin('DELETE', `${path}?managedBy=git:other`),
  ]) {
    expect([answer.status, codeOf(answer)]).toEqual([409, 'object_owned'])
    expect(apiError.parse(answer.body).error.message).toContain('git:shop')
  }
  expect((await admin('DELETE', `${path}?managedBy=git:shop`)).status).toBe(200)
  const changed = await admin('PUT', path, { value: {}, force: true })
  expect(configurationObject.parse(changed.body).managedBy).toBe('git:shop')
  const taken = await admin('PUT', path, { value: {}, force: true, managedBy: 'api' })
  expect(configurationObject.parse(taken.body).managedBy).toBe('api')
})

test('[WK8] every change is in the audit log with who and what', async () => {
  const { world, admin } = await site()
  await admin('PUT', '/objects/hosts/h', { value: {} })
  await admin('DELETE', '/objects/hosts/h?force=true')
  const documents = [{ name: 'a.yaml', text: 'hosts: {}' }]
  await admin('POST', '/apply', { documents, managedBy: 'git:shop', prune: true, message: 'why' })
  await admin('POST', '/rollback', { revision: 'bbbb' })
  await admin('POST', '/rollback', { revision: 'cccc' })
  const actor = expect.stringMatching(/^token:[0-9a-f]{16}$/)
  expect(
    world.accounts.audited.map((entry) => [entry.actor, entry.action, entry.subject, entry.detail]),
  ).toEqual([
    [actor, 'configuration.put', 'hosts/h', 'managed by api, from 127.0.0.1'],
    [actor, 'configuration.delete', 'hosts/h', 'managed by api, force, from 127.0.0.1'],
    [
      actor,
      'configuration.apply',
      'job 1',
      '1 documents, managed by git:shop, prune, why, from 127.0.0.1',
    ],
    [actor, 'configuration.rollback', 'job 2', 'to bbbb, from 127.0.0.1'],
  ])
})

test('[WK9] prune without an owner or without documents is refused before anything is compiled', async () => {
  const { desk, admin } = await site()
  const documents = [{ name: 'a.yaml', text: '' }]
  for (const path of ['/plan', '/apply']) {
    for (const [body, place] of [
      [{ documents, prune: true }, 'body.managedBy'],
      [{ managedBy: 'git:shop', prune: true }, 'body.documents'],
    ] as const) {
      const { error } = apiError.parse((await admin('POST', path, body)).body)
      expect([error.code, error.details?.[0]?.path]).toEqual(['invalid_input', place])
    }
  }
  expect(desk.asked).toEqual([])
})

test('[WK10] bodies have bounds: 64 MB of documents, 1 MB for an object', async () => {
  const { admin } = await site()
  const text = `# ${'x'.repeat(16 * 1024 * 1024 - 2)}`
  const document = { name: 'a.yaml', text }
  expect((await admin('POST', '/plan', { documents: [document] })).status).toBe(200)
  const longer = { name: 'a.yaml', text: `${text}x` }
  expect(codeOf(await admin('POST', '/plan', { documents: [longer] }))).toBe('invalid_input')
  const five = [document, document, document, document, document]
  expect(codeOf(await admin('POST', '/plan', { documents: five }))).toBe('too_large')
  const value = { notes: 'x'.repeat(1024 * 1024) }
  expect(codeOf(await admin('PUT', '/objects/hosts/h', { value }))).toBe('too_large')
})

test('[WK11] lists come in pages; the export is YAML as text', async () => {
  const { admin } = await site()
  for (const name of ['a', 'b', 'c']) await admin('PUT', `/objects/hosts/${name}`, { value: {} })
  await admin('PUT', '/objects/commands/d', { value: {}, managedBy: 'git:shop' })
  const list = async (query: string) =>
    configurationObjects.parse((await admin('GET', `/objects?${query}`)).body)
  const first = await list('limit=2&kind=hosts')
  expect([first.objects.map(({ name }) => name), first.nextAfter]).toEqual([['a', 'b'], 'b'])
  expect((await list('limit=2&kind=hosts&after=b')).objects.map(({ name }) => name)).toEqual(['c'])
  expect((await list('managedBy=git:shop&pending=true')).objects).toHaveLength(1)
  expect((await list('pending=false')).objects).toEqual([])
  const page = revisionList.parse((await admin('GET', '/revisions?limit=2')).body)
  expect([page.revisions.length, page.nextBefore]).toEqual([2, '2'])
  expect(codeOf(await admin('GET', '/revisions?before=x'))).toBe('invalid_input')
  const text = await admin('GET', '/export')
  expect(text.headers['content-type']).toBe('text/yaml; charset=utf-8')
  expect(text.body).toBe('# aaaa11112222\nhosts:\n  h: {}\n')
})

test('[WK12] a plan with problems is an answer, not a failure: each has its place', async () => {
  const { desk, admin } = await site()
  const problem = { file: 'a.yaml', line: 3, column: 5, message: 'is no address', hint: null }
  desk.next = { ...PLAN, problems: [problem] }
  const answer = await admin('POST', '/plan', { documents: [] })
  expect(answer.status).toBe(200)
  expect(planAnswer.parse(answer.body).problems).toEqual([problem])
})

test('[WK14] a compiler that is busy or fails is 503 with a code of its own', async () => {
  const { desk, admin } = await site()
  for (const [name, code, retryAfter] of [
    ['CompilerBusy', 'compiler_busy', '10'],
    ['CompilerFailed', 'compiler_failed', undefined],
  ] as const) {
    desk.failure = Object.assign(new Error('32 wait'), { name })
    const refused = await admin('POST', '/plan', {})
    expect([refused.status, codeOf(refused), refused.headers['retry-after']]).toEqual([
      503,
      code,
      retryAfter,
    ])
  }
})

test('[WK15] a value that is nested too deep is refused, however it is nested', async () => {
  const { app, world } = await site()
  const authorization = `Bearer ${await world.token('admin')}`
  const put = async (value: string) => {
    const url = `${BASE}/objects/apply/a`
    const headers = { authorization, 'content-type': 'application/json', host: '127.0.0.1' }
    const answer = await app.inject({ method: 'PUT', url, headers, payload: `{"value":${value}}` })
    return answer.statusCode
  }
  const lists = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  const keys = (depth: number) => `${'{"not":'.repeat(depth)}1${'}'.repeat(depth)}`
  expect(await put(lists(100))).toBe(200)
  for (const value of [lists(102), lists(200_000), keys(101), keys(100_000)])
    expect(await put(value)).toBe(400)
})

test('[WK13] the description of the API has every address of the configuration', async () => {
  const { app, as } = await site()
  await as('viewer')('GET', '')
  const paths = Object.entries(app.swagger().paths ?? {})
    .filter(([path]) => path.startsWith(BASE))
    .flatMap(([path, methods]) =>
      Object.keys(methods ?? {})
        .filter((method) => method !== 'head')
        .map((method) => `${method} ${path.slice(BASE.length)}`),
    )
  expect(paths.sort()).toEqual([
    'delete /objects/{kind}/{name}',
    'get ',
    'get /diff',
    'get /export',
    'get /jobs/{id}',
    'get /objects',
    'get /objects/{kind}/{name}',
    'get /revisions',
    'post /apply',
    'post /plan',
    'post /reload',
    'post /rollback',
    'put /objects/{kind}/{name}',
  ])
})
