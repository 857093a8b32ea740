import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { createWebWorld, startWebApp } from '../../test/web-world.ts'
import { apiError } from '../wire/api/actions.ts'
import { FAILURES } from './errors.ts'

test('[WE1] docs/reference/errors.md lists exactly the codes of the table', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/reference/errors.md'), 'utf8')
  const listed = [...text.matchAll(/^\| `(\w+)` +\| (\d+) +\| (.*?) +\|$/gm)].map((match) => [
    match[1],
    Number(match[2]),
    match[3],
  ])
  expect(listed).toEqual(
    Object.entries(FAILURES).map(([code, { status, meaning }]) => [code, status, meaning]),
  )
})

test('[WE1] every failure has the same shape', async () => {
  const world = createWebWorld()
  const { call, app } = await startWebApp(world)
  const token = await world.token('admin')
  const answers = [
    await call(undefined, 'GET', '/api/v1/hosts'),
    await call(token, 'GET', '/api/v1/nothing'),
    await call(token, 'GET', '/elsewhere'),
    await call(token, 'POST', '/api/v1/hosts', {}),
    await call(token, 'GET', '/api/v1/hosts?limit=0'),
    await call(token, 'GET', '/api/v1/hosts/%E0%A4%A'),
    await call(token, 'GET', `/api/v1/hosts/${'a'.repeat(3000)}`),
    await call(token, 'POST', '/api/v1/recheck', { ids: 'host-0' }),
  ]
  expect(answers.map((answer) => answer.status)).toEqual([401, 404, 404, 404, 400, 400, 404, 400])
  for (const answer of answers) {
    expect(apiError.parse(answer.body).error.code in FAILURES).toBe(true)
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
  }
  const refused = await call(token, 'POST', '/api/v1/results', {
    results: [
      { host: 'a', code: 0, output: '' },
      { host: 1, code: 9 },
    ],
  })
  expect(apiError.parse(refused.body).error.details?.map((detail) => detail.path)).toEqual([
    'body.results.1.host',
    'body.results.1.code',
    'body.results.1.output',
  ])
  expect((await app.inject({ method: 'OPTIONS', url: '/api/v1/hosts' })).statusCode).toBe(404)
})

test('[WE2] broken, poisoned, oversized and foreign bodies are refused with a code of their own', async () => {
  const world = createWebWorld()
  const { app } = await startWebApp(world)
  const authorization = `Bearer ${await world.token('admin')}`
  const post = async (
    payload: string | Buffer,
    type = 'application/json',
    url = '/api/v1/recheck',
  ) => {
    const answer = await app.inject({
      method: 'POST',
      url,
      headers: { authorization, 'content-type': type },
      payload,
    })
    return [answer.statusCode, answer.json().error.code]
  }
  expect(await post('{"ids": [')).toEqual([400, 'malformed_json'])
  expect(await post('')).toEqual([400, 'malformed_json'])
  expect(await post('{"ids": ["host-0"], "__proto__": {"isAdmin": true}}')).toEqual([
    400,
    'malformed_json',
  ])
  expect(await post('{"ids": ["host-0"], "constructor": {"prototype": {"x": 1}}}')).toEqual([
    400,
    'malformed_json',
  ])
  expect(await post('ids=host-0', 'application/x-www-form-urlencoded')).toEqual([
    415,
    'unsupported_media_type',
  ])
  expect(await post('{"ids":["host-0"]}', 'text/plain')).toEqual([415, 'unsupported_media_type'])
  expect(await post(Buffer.alloc(7 * 1024 * 1024, 32))).toEqual([413, 'too_large'])
  expect(await post('[]')).toEqual([400, 'invalid_input'])
  expect(await post('null')).toEqual([400, 'invalid_input'])
  expect(world.errors).toEqual([])
  expect(world.rechecked).toEqual([])
})

const ROUTES = [
  ['GET', '/api/v1/hosts'],
  ['GET', '/api/v1/services'],
  ['GET', '/api/v1/problems'],
  ['GET', '/api/v1/history'],
  ['GET', '/api/v1/changes'],
  ['GET', '/api/v1/series'],
  ['GET', '/api/v1/snapshot'],
  ['POST', '/api/v1/recheck'],
  ['POST', '/api/v1/results'],
  ['POST', '/api/v1/setup'],
  ['POST', '/api/v1/tokens'],
  ['DELETE', '/api/v1/tokens/x'],
  ['GET', '/api/v1/objects/x'],
] as const
const KEYS = [
  'id',
  'ids',
  'results',
  'limit',
  'cursor',
  'sort',
  'from',
  'to',
  'state',
  'group',
  'q',
  'host',
  'points',
  'token',
  'username',
  'password',
  'name',
  'role',
  'expiresAt',
  '__proto__',
  'constructor',
]
const word = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '-1',
    '1e999',
    'NaN',
    '2026-99-99T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '%00',
    '../..',
    '\r\nx: y',
  ),
)
const anything = fc.oneof(
  fc.anything({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom(...KEYS), fc.oneof(word, fc.anything({ maxDepth: 2 }))),
  fc.record({
    results: fc.array(
      fc.record(
        {
          host: fc.oneof(word, fc.constant('host-0')),
          service: fc.oneof(word, fc.constant(null)),
          code: fc.oneof(fc.integer(), fc.double(), word),
          output: word,
          at: word,
        },
        { requiredKeys: [] },
      ),
    ),
  }),
)

const fuzzed = createWebWorld()
const running = Promise.all([startWebApp(fuzzed), fuzzed.token('admin')])

property.prop(
  [
    fc.constantFrom(...ROUTES),
    fc.dictionary(fc.constantFrom(...KEYS), fc.oneof(word, fc.array(word, { maxLength: 3 }))),
    anything,
  ],
  { numRuns: 400 },
)('[WE2] whatever is sent, never a fault of ours', async ([method, path], query, body) => {
  const [{ app }, token] = await running
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    for (const part of [value].flat()) search.append(key, part)
  }
  const payload = method === 'POST' ? JSON.stringify(body) : undefined
  const answer = await app.inject({
    method,
    url: `${path}?${search.toString()}`,
    headers: {
      authorization: `Bearer ${token}`,
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(payload === undefined ? {} : { payload }),
  })
  expect(answer.statusCode, answer.body).toBeLessThan(500)
  if (answer.statusCode < 400) return
  expect(apiError.parse(answer.json()).error.code in FAILURES).toBe(true)
})

test('[WE3] a fault of ours shows a reference that the log has too, and nothing else', async () => {
  const world = createWebWorld()
  const { call } = await startWebApp(world)
  const token = await world.token('viewer')
  world.history.results.push({
    checkId: 'host-0',
    at: world.clock.now(),
    from: 'ok',
    to: 'no such state',
    type: 'hard',
    attempt: 1,
    output: 'inner secret',
  } as never)
  const answer = await call(token, 'GET', '/api/v1/history?id=host-0')
  expect(answer.status).toBe(500)
  const { code, message } = apiError.parse(answer.body).error
  expect(code).toBe('internal')
  const reference = /[0-9a-f-]{36}$/.exec(message)?.[0]
  expect(world.errors).toMatchObject([{ message: 'request failed', fields: { reference } }])
  expect(JSON.stringify(answer.body)).not.toMatch(/secret|stack|node_modules|invalid_value/)
})
