import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { fleetOf } from '../../../test/fleet-of.ts'
import { createWebWorld, NOON, startWebApp } from '../../../test/web-world.ts'
import { instant } from '../../base/instant.ts'
import { UNWRITTEN } from '../../domain/cluster.ts'
import { objectDetail, objectList, type ObjectRow } from '../../wire/api/objects.ts'
import { SORT_KEYS } from '../../wire/api/queries.ts'
import { SNAPSHOT_STATES, snapshot, snapshotLength, snapshotRow } from '../../wire/api/snapshot.ts'

async function someFleet() {
  const plain = fleetOf({ hosts: 4, servicesPerHost: 3 })
  const hosts = new Map(
    [...plain.hosts].map(([name, host]) => [
      name,
      { ...host, groups: name < 'host-2' ? ['linux', 'eu'] : ['linux'] },
    ]),
  )
  const services = new Map(
    [...plain.services].map(([id, service]) => [
      id,
      {
        ...service,
        displayName: `The ${service.name}`,
        variables: { PORT: '80', DB_PASSWORD: 'hunter2' },
      },
    ]),
  )
  const world = createWebWorld({ fleet: { ...plain, hosts, services } })
  const web = await startWebApp(world)
  const token = await world.token('viewer')
  const get = async (url: string) => (await web.call(token, 'GET', url)).body
  const list = async (url: string) => objectList.parse(await get(`/api/v1/${url}`))
  const ids = async (url: string) => (await list(url)).items.map((row) => row.id)
  return { world, get, list, ids, token, ...web }
}

test('[WL1] each filter narrows, all must hold', async () => {
  const { world, ids } = await someFleet()
  world.see('host-0', { state: 'up' })
  world.see('host-1', { state: 'down', type: 'soft' })
  world.see('host-1!service-0', { state: 'critical', output: 'Connection REFUSED' })
  world.see('host-2!service-1', { state: 'warning', output: 'disk 91 %' })
  expect(await ids('hosts?state=up,down')).toEqual(['host-0', 'host-1'])
  expect(await ids('hosts?state=up&state=down')).toEqual(['host-0', 'host-1'])
  expect(await ids('hosts?group=eu')).toEqual(['host-0', 'host-1'])
  expect(await ids('hosts?group=eu&state=pending')).toEqual([])
  expect(await ids('services?host=HOST-*&state=critical')).toEqual(['host-1!service-0'])
  expect(await ids('services?q=refused')).toEqual(['host-1!service-0'])
  expect(await ids('services?q=the+service-2&host=host-3')).toEqual(['host-3!service-2'])
  expect(await ids('problems?type=soft')).toEqual(['host-1'])
  expect(await ids('problems?isStale=true')).toEqual([])
  expect(await ids('problems?q=91+%25')).toEqual(['host-2!service-1'])
})

test('[WL2] problems come worst first, then newest; a minus turns an order round', async () => {
  const { world, ids } = await someFleet()
  const at = (minutes: number) => ({ lastChangeAt: instant(NOON - minutes * 60_000) })
  world.see('host-0!service-0', { state: 'warning', ...at(1) })
  world.see('host-0!service-1', { state: 'critical', ...at(30) })
  world.see('host-1!service-0', { state: 'critical', ...at(5) })
  world.see('host-2', { state: 'down', ...at(90) })
  world.see('host-3!service-0', { state: 'unknown', ...at(2) })
  const worstFirst = [
    'host-2',
    'host-1!service-0',
    'host-0!service-1',
    'host-3!service-0',
    'host-0!service-0',
  ]
  expect(await ids('problems')).toEqual(worstFirst)
  expect(await ids('problems?sort=-severity')).toEqual(worstFirst.toReversed())
  expect((await ids('problems?sort=age'))[0]).toBe('host-0!service-0')
  expect(await ids('hosts?sort=-name')).toEqual(['host-3', 'host-2', 'host-1', 'host-0'])
  expect(await ids('services?limit=4')).toEqual([
    'host-0!service-0',
    'host-0!service-1',
    'host-0!service-2',
    'host-1!service-0',
  ])
})

property.prop(
  [
    fc.constantFrom(undefined, ...SORT_KEYS, ...SORT_KEYS.map((key) => `-${key}`)),
    fc.integer({ min: 1, max: 7 }),
    fc.array(fc.tuple(fc.nat(15), fc.nat(3), fc.nat(10)), { maxLength: 30 }),
  ],
  { numRuns: 40 },
)('[WL3] pages put together are the whole, each row once', async (sort, limit, sightings) => {
  const { world, list, ids } = await someFleet()
  const all = [...world.index.all()].map((live) => live.object.id)
  for (const [which, state, minutes] of sightings) {
    const id = all[which] ?? ''
    const states = id.includes('!')
      ? (['ok', 'warning', 'critical', 'unknown'] as const)
      : (['up', 'down', 'unreachable', 'up'] as const)
    world.see(id, {
      state: states[state] ?? 'unknown',
      lastChangeAt: instant(NOON - minutes * 60_000),
    })
  }
  const order = sort === undefined ? '' : `&sort=${sort}`
  const whole = await ids(`services?limit=1000${order}`)
  const paged: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: { items: ObjectRow[]; nextCursor: string | null; total: number } = await list(
      `services?limit=${limit}${order}${cursor === '' ? '' : `&cursor=${cursor}`}`,
    )
    expect(page.total).toBe(12)
    paged.push(...page.items.map((row) => row.id))
    cursor = page.nextCursor
  }
  expect(paged).toEqual(whole)
})

test('[WL3] rows that leave between two pages take none with them; foreign cursors are refused', async () => {
  const { world, list, call, token } = await someFleet()
  for (const id of ['host-0', 'host-1', 'host-2', 'host-3']) world.see(id, { state: 'down' })
  const first = await list('problems?sort=name&limit=2')
  world.see('host-0', { state: 'up' })
  const second = await list(`problems?sort=name&limit=2&cursor=${first.nextCursor}`)
  expect(second.items.map((row) => row.id)).toEqual(['host-2', 'host-3'])
  for (const cursor of [
    String(first.nextCursor),
    'x',
    'bnVsbA',
    Buffer.from('[1,2,3]').toString('base64url'),
  ]) {
    const answer = await call(token, 'GET', `/api/v1/problems?sort=age&cursor=${cursor}`)
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'bad_cursor' } } })
  }
})

test('[WL5] the snapshot holds the same rows as the lists', async () => {
  const { world, get, list } = await someFleet()
  world.see('host-1', {
    state: 'down',
    type: 'soft',
    output: 'no answer',
    lastChangeAt: instant(NOON - 90_000),
  })
  world.see('host-1!service-2', {
    state: 'critical',
    attempt: 2,
    flapping: { isFlapping: true, percent: 50, history: [] },
  })
  const taken = snapshot.parse(await get('/api/v1/snapshot'))
  const rows = [
    ...(await list('hosts?limit=1000')).items,
    ...(await list('services?limit=1000')).items,
  ]
  expect(snapshotLength(taken)).toBe(rows.length)
  const byId = new Map(rows.map((row) => [row.id, row]))
  for (let index = 0; index < snapshotLength(taken); index++) {
    const { groupIndexes, lastCheckAt, lastChangeAt, ...seen } = snapshotRow(taken, index)
    const row = byId.get(seen.id)
    expect(row).toMatchObject(seen)
    expect(groupIndexes.map((group) => taken.groups[group])).toEqual(row?.groups)
    const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())
    expect([iso(lastCheckAt), iso(lastChangeAt)]).toEqual([row?.lastCheckAt, row?.lastChangeAt])
  }
  expect(SNAPSHOT_STATES).toHaveLength(8)
})

test('[OV11] a host and its services say who observes them, and how they are judged', async () => {
  const plain = fleetOf({
    hosts: 2,
    servicesPerHost: 1,
    observers: { 'host-0': ['west', 'east'] },
    sites: { 'host-0': 'Graz' },
  })
  const services = new Map(
    [...plain.services].map(([id, service]) => [
      id,
      { ...service, decision: { rule: { penaltyMs: 30_000 }, theta: 10 } },
    ]),
  )
  const clusters = new Map([['east', { ...UNWRITTEN, name: 'east', site: 'Wien' }]])
  const world = createWebWorld({ fleet: { ...plain, services, clusters } })
  const { call } = await startWebApp(world)
  const token = await world.token('viewer')
  const detailOf = async (path: string) => {
    const { body } = await call(token, 'GET', `/api/v1/objects/${path}`)
    const { observers, site, rule, theta } = objectDetail.parse(body)
    return { observers, site, rule, theta }
  }
  const observers = [
    { cluster: 'west', site: 'west' },
    { cluster: 'east', site: 'Wien' },
  ]
  expect(await detailOf('host-0')).toEqual({
    observers,
    site: 'Graz',
    rule: 'evidence',
    theta: 12.5,
  })
  expect(await detailOf('host-0!service-0')).toEqual({
    observers,
    site: 'Graz',
    rule: 'penalty 30s',
    theta: 10,
  })
  expect(await detailOf('host-1')).toEqual({
    observers: [{ cluster: 'default', site: 'default' }],
    site: '',
    rule: 'evidence',
    theta: 12.5,
  })
})

test('[WL6] a host and a service in detail by every address, secrets masked', async () => {
  const { get, call, token } = await someFleet()
  const paths = [
    'objects/host-0!service-1',
    'objects/host-0%2Fservice-1',
    'hosts/host-0/services/service-1',
  ]
  for (const path of paths) {
    const detail = objectDetail.parse(await get(`/api/v1/${path}`))
    expect(detail).toMatchObject({
      id: 'host-0!service-1',
      intervalMs: 60_000,
      variables: { PORT: '80', DB_PASSWORD: '********' },
    })
  }
  expect(objectDetail.parse(await get('/api/v1/hosts/host-3'))).toMatchObject({
    kind: 'host',
    address: '127.0.0.1',
  })
  for (const path of [
    'objects/nobody',
    'hosts/host-0!service-1',
    'hosts/host-0/services/nope',
    'objects/!',
    'objects/a!b!c',
  ]) {
    expect(await call(token, 'GET', `/api/v1/${path}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'unknown_object' } },
    })
  }
})
