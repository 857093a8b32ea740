import { expect, test } from 'vitest'
import { createWebWorld, startWebApp } from '../../test/web-world.ts'
import { objectDetail, objectList } from '../wire/api/objects.ts'

test('smoke', async () => {
  const world = createWebWorld()
  const { call } = await startWebApp(world)
  const token = await world.token('viewer')
  const hosts = await call(token, 'GET', '/api/v1/hosts')
  console.log(hosts)
  expect(objectList.parse(hosts.body).total).toBe(3)
  for (const url of [
    '/api/v1/services?limit=2',
    '/api/v1/problems',
    '/api/v1/objects/host-0!service-1',
    '/api/v1/objects/host-0%2Fservice-1',
    '/api/v1/hosts/host-1/services/service-0',
    '/api/v1/counters',
    '/api/v1/snapshot',
    '/api/v1/history?id=host-0',
    '/api/v1/changes',
    '/api/v1/series?id=host-0',
    '/api/v1/status',
    '/api/v1/setup',
    '/api/v1/session',
    '/healthz',
    '/readyz',
    '/metrics',
    '/schema/v1.json',
    '/api/openapi.json',
    '/api/docs',
    '/api/docs/',
    '/',
    '/now',
    '/nope',
    '/api/v1/nope',
    '/api/v1/tokens',
    '/api/docs/json',
    '/assets/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/%00',
  ]) {
    const a = await call(token, 'GET', url)
    console.log(url, a.status, JSON.stringify(a.body).slice(0, 200))
  }
  console.log((await call(token, 'POST', '/api/v1/recheck', { ids: ['host-0', 'x'] })).body)
  console.log(
    (await call(await world.token('operator'), 'POST', '/api/v1/recheck', { ids: ['host-0', 'x'] }))
      .body,
  )
  console.log(
    (
      await call(await world.token('operator'), 'POST', '/api/v1/results', {
        results: [
          { host: 'host-0', code: 1, output: 'x|a=1' },
          { host: 'q', code: 0, output: '' },
        ],
      })
    ).body,
  )
  console.log(world.errors)
})
