import { expect, test } from 'vitest'
import { beatOf } from '../../test/beats.ts'
import { fleetOf } from '../../test/fleet-of.ts'
import { createWebWorld, startWebApp } from '../../test/web-world.ts'
import { apiError } from '../wire/api/actions.ts'
import {
  clusterList,
  collectorList,
  collectorRow,
  hubList,
  orderAnswer,
} from '../wire/api/network.ts'
import { Refused } from '../wire/bus.ts'
import { orderTo, type Beat, type Order } from '../wire/cluster.ts'
import { MESSAGE_VERSION } from '../wire/subjects.ts'

const PEER = {
  name: 'hub-b',
  isReachable: false,
  program: '1.2.2',
  startedAt: '2026-03-01T11:00:00.000Z',
  revision: 'r0',
  epoch: 3,
  database: 'ok',
  hosts: 3,
  services: 6,
  resultsPerSecond: 2,
}

async function site() {
  const fleet = fleetOf({
    hosts: 3,
    servicesPerHost: 2,
    clusters: { 'host-0': 'east', 'host-1': 'east' },
  })
  const world = createWebWorld({ fleet, peers: [PEER] })
  const { call } = await startWebApp(world)
  const [viewer, operator] = [await world.token('viewer'), await world.token('operator')]
  let beats = 0
  const orders: Order[] = []
  return {
    world,
    orders,
    hear: (id: string, more: Partial<Beat> = {}) =>
      world.roster.hear(beatOf(id, ++beats, more), `beat.${id}`),
    get: (path: string) => call(viewer, 'GET', `/api/v1${path}`),
    order: (id: string, body: unknown, token = operator) =>
      call(token, 'POST', `/api/v1/collectors/${id}/orders`, body),
    /** A collector that takes orders, or will not. */
    obey: (id: string, standing: Beat['standing'] | Refused) =>
      world.bus.answer(orderTo(id), (order) => {
        orders.push(order)
        if (standing instanceof Refused) throw standing
        return { version: MESSAGE_VERSION, standing }
      }),
    viewer,
  }
}

const codeOf = ({ status, body }: { readonly status: number; readonly body: unknown }) => [
  status,
  apiError.parse(body).error.code,
]

test('[NW3] collectors are listed by id, and each has an address', async () => {
  const { hear, get } = await site()
  hear('east.c2')
  hear('east.c1')
  const { items } = collectorList.parse((await get('/collectors')).body)
  expect(items.map(({ id }) => id)).toEqual(['east.c1', 'east.c2'])
  expect(collectorRow.parse((await get('/collectors/east.c1')).body)).toEqual(items[0])
  expect(codeOf(await get('/collectors/east.c9'))).toEqual([404, 'unknown_collector'])
})

test('[OV13] each observing cluster counts the host as its own', async () => {
  const observers = { 'host-0': ['east', 'west'], 'host-1': ['east'] }
  const fleet = fleetOf({ hosts: 3, servicesPerHost: 2, observers })
  const world = createWebWorld({ fleet })
  const { call } = await startWebApp(world)
  const { body } = await call(await world.token('viewer'), 'GET', '/api/v1/clusters')
  expect(clusterList.parse(body).items.map((row) => [row.name, row.hosts, row.services])).toEqual([
    ['default', 1, 2],
    ['east', 2, 4],
    ['west', 1, 2],
  ])
})

test('[NW4] a cluster whose collectors are lost is one blind spot', async () => {
  const { hear, get, world } = await site()
  const clusters = async () => clusterList.parse((await get('/clusters')).body).items
  hear('east.c1')
  hear('east.c2')
  const sizes = (await clusters()).map(({ name, hosts, services }) => [name, hosts, services])
  expect(sizes).toEqual([
    ['default', 1, 2],
    ['east', 2, 4],
  ])
  world.clock.move(8_000)
  const blind = (await clusters()).map(({ name, blindSince }) => [name, blindSince])
  expect(blind).toEqual([
    // Nobody has joined it since the first look.
    ['default', '2026-03-01T12:00:00.000Z'],
    ['east', '2026-03-01T12:00:05.000Z'],
  ])
})

test('[NW4] a cluster that was checked meanwhile is empty anew', async () => {
  const { hear, get, world } = await site()
  const since = async () =>
    clusterList.parse((await get('/clusters')).body).items.find(({ name }) => name === 'default')
      ?.blindSince
  expect(await since()).toBe('2026-03-01T12:00:00.000Z')
  hear('default.c1')
  expect(await since()).toBeNull()
  world.clock.move(60_000)
  world.roster.forget('default.c1')
  expect(await since()).toBe('2026-03-01T12:01:00.000Z')
})

test('[NW6] the collector that the hub has for itself is not shown, and takes no orders', async () => {
  const { hear, get, order, obey, orders } = await site()
  hear('hub.hub-a')
  obey('hub.hub-a', 'cordoned')
  expect(collectorList.parse((await get('/collectors')).body).items).toEqual([])
  expect(codeOf(await order('hub.hub-a', { kind: 'cordon' }))).toEqual([404, 'unknown_collector'])
  expect(orders).toEqual([])
})

test('[NW7] the hub that answers comes first, then the others as they were heard', async () => {
  const { get } = await site()
  const { items } = hubList.parse((await get('/hubs')).body)
  expect(items).toMatchObject([
    { name: 'hub-a', isSelf: true, isReachable: true, epoch: 4, hosts: 3 },
    { ...PEER, isSelf: false },
  ])
})

test('[NW8] an order goes to the collector, is answered with its standing, and is in the audit log', async () => {
  const { hear, order, obey, orders, world } = await site()
  hear('east.c1')
  obey('east.c1', 'leaving')
  const answer = await order('east.c1', { kind: 'drain' })
  expect(answer.status).toBe(200)
  expect(orderAnswer.parse(answer.body)).toEqual({ id: 'east.c1', standing: 'leaving' })
  await order('east.c1', { kind: 'weight', weight: 2.5 })
  expect(orders).toEqual([
    { version: 1, author: 'operator', want: { kind: 'drain' } },
    { version: 1, author: 'operator', want: { kind: 'weight', weight: 2.5 } },
  ])
  expect(world.accounts.audited).toMatchObject([
    { actor: expect.stringMatching(/^token:/), action: 'collector drain', subject: 'east.c1' },
    { action: 'collector weight', subject: 'east.c1' },
  ])
  expect(world.accounts.audited[1]?.detail).toMatch(/^2\.5, from /)
})

test('[NW8] the database may be away: collectors are shown and take orders', async () => {
  const { hear, get, order, obey, world } = await site()
  hear('east.c1')
  obey('east.c1', 'leaving')
  // Callers that were known stay known.
  await get('/collectors')
  await order('east.c1', { kind: 'uncordon' })
  world.accounts.isAvailable = false
  expect((await get('/collectors')).status).toBe(200)
  expect((await order('east.c1', { kind: 'drain' })).status).toBe(200)
})

test('[NW8] unknown, unwilling and silent collectors, and who may not', async () => {
  const { hear, order, obey, viewer, world } = await site()
  expect(codeOf(await order('east.c1', { kind: 'drain' }))).toEqual([404, 'unknown_collector'])
  hear('east.c1')
  expect(codeOf(await order('east.c1', { kind: 'drain' }))).toEqual([503, 'collector_away'])
  expect(codeOf(await order('east.c1', { kind: 'drain' }, viewer))).toEqual([403, 'not_allowed'])
  obey('east.c1', new Refused('nobody could take its hosts over'))
  const refused = await order('east.c1', { kind: 'drain' })
  expect(codeOf(refused)).toEqual([409, 'order_refused'])
  expect(apiError.parse(refused.body).error.message).toBe(
    'east.c1: nobody could take its hosts over',
  )
  expect(world.accounts.audited).toEqual([])
})

test.each([
  { kind: 'weight' },
  { kind: 'weight', weight: 0 },
  { kind: 'weight', weight: 101 },
  { kind: 'weight', weight: '2' },
  { kind: 'kill' },
  {},
])('[NW8] %j is no order', async (body) => {
  const { hear, order, obey, orders } = await site()
  hear('east.c1')
  obey('east.c1', 'active')
  expect(codeOf(await order('east.c1', body))).toEqual([400, 'invalid_input'])
  expect(orders).toEqual([])
})
