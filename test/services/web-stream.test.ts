import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { FLUSH_EVERY_MS } from '../../src/web/stream/feed.ts'
import { HEARTBEAT_MS, UNSENT_BYTES_MAX } from '../../src/web/stream/readers.ts'
import type { WebServer } from '../../src/web/server.ts'
import { streamObjects } from '../../src/wire/api/stream.ts'
import { fleetOf } from '../fleet-of.ts'
import { openStream, type HeardEvent, type StreamClient } from '../stream-client.ts'
import { createWebWorld, startWebServer, type WebWorld, type WebWorldShape } from '../web-world.ts'

/** Real sockets, a clock that the test moves. */
const running: { server: WebServer | undefined; clients: StreamClient[] } = {
  server: undefined,
  clients: [],
}
afterEach(async () => {
  for (const client of running.clients.splice(0)) client.close()
  await running.server?.close()
})

async function served(shape: WebWorldShape = {}) {
  const world = createWebWorld(shape)
  const server = await startWebServer(world)
  running.server = server
  const token = await world.token('viewer')
  const open = async (headers: Record<string, string> = {}, query = '', bearer = token) => {
    const url = `${server.url}/api/v1/stream${query}`
    const client = await openStream(url, { authorization: `Bearer ${bearer}`, ...headers })
    running.clients.push(client)
    return client
  }
  return { world, server, token, open }
}

const flush = (world: WebWorld): void => world.clock.move(FLUSH_EVERY_MS)
const isNamed = (name: string) => (event: HeardEvent) => event.name === name

test('[WS2] hello, then what happens; back with the last id, what was missed', async () => {
  const { world, open } = await served()
  const first = await open()
  const hello = await first.until(isNamed('hello'))
  expect(first.status).toBe(200)
  expect(first.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  })
  world.see('host-0', { state: 'up' })
  flush(world)
  const objects = await first.until(isNamed('objects'))
  const changes = await first.until(isNamed('changes'))
  expect(hello.id).not.toBe(objects.id)
  first.close()

  world.see('host-1', { state: 'down' })
  flush(world)
  const again = await open({ 'last-event-id': String(changes.id) })
  await again.when(() => again.events.length === 3)
  expect(again.events.map((event) => event.name)).toEqual(['hello', 'objects', 'changes'])
  expect(again.events[0]?.id).toBeUndefined()
  expect(streamObjects.parse(again.events[1]?.data).rows.map((row) => row.id)).toEqual(['host-1'])
})

test('[WS3] a position of another boot, or nonsense, hears reset and then goes on', async () => {
  const { world, open } = await served()
  for (const id of ['0123456789abcdef-5', 'nonsense', '']) {
    const client = await open({ 'last-event-id': id })
    const reset = await client.until(isNamed('reset'))
    expect(reset).toMatchObject({
      data: { reason: 'other-boot' },
      id: expect.stringMatching(/-\d+$/),
    })
    world.see('host-0', { output: id })
    flush(world)
    await client.until(isNamed('objects'))
    client.close()
  }
})

test('[WS4] a reader that stops reading costs bounded memory and hears reset when it reads again', async () => {
  const { world, server, open } = await served({
    fleet: fleetOf({ hosts: 100, servicesPerHost: 0 }),
  })
  const slow = await open()
  const quick = await open()
  await slow.until(isNamed('hello'))
  slow.pause()
  const output = 'x'.repeat(60_000)
  for (let round = 0; round < 20; round++) {
    for (let host = 0; host < 100; host++)
      world.see(`host-${host}`, { output: `${round} ${output}` })
    flush(world)
    await quick.when(() => quick.events.length === round + 2)
    quick.events.splice(
      1,
      quick.events.length - 1,
      ...quick.events.slice(1).map((event) => ({ ...event, data: null })),
    )
  }
  // 120 MB were told. What waits is at most the bound and the events of the flush that passed it.
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  const unsent = Number(/^parallax_stream_unsent_bytes (\d+)$/m.exec(metrics)?.[1])
  expect(unsent).toBeGreaterThan(0)
  expect(unsent).toBeLessThan(UNSENT_BYTES_MAX + 100 * 61_000)
  slow.resume()
  const reset = await slow.until(isNamed('reset'))
  expect(reset.data).toEqual({ reason: 'slow-reader' })
  expect(slow.bytes).toBeLessThan(60_000_000)
  world.see('host-0', { output: 'small again' })
  flush(world)
  await slow.until(
    (event) => event.name === 'objects' && JSON.stringify(event.data).includes('small again'),
  )
})

test('[WS6] gzip is readable after every event, and the same for early and late readers', async () => {
  const { world, open } = await served({ fleet: fleetOf({ hosts: 500, servicesPerHost: 0 }) })
  const early = await open({ 'accept-encoding': 'gzip' })
  const plain = await open({ 'accept-encoding': 'identity' })
  expect(early.headers['content-encoding']).toBe('gzip')
  expect(plain.headers['content-encoding']).toBeUndefined()
  await early.until(isNamed('hello'))
  for (const live of world.index.all())
    world.see(live.object.id, { state: 'up', output: 'PING OK' })
  flush(world)
  await early.until(isNamed('changes'))
  const late = await open({ 'accept-encoding': 'br, gzip;q=0.5' })
  await late.until(isNamed('hello'))
  world.see('host-1', { state: 'down' })
  flush(world)
  for (const client of [early, plain, late]) {
    await client.until(
      (event) => event.name === 'objects' && streamObjects.parse(event.data).rows.length === 1,
    )
  }
  expect(early.events).toEqual(plain.events)
  expect(early.bytes * 10).toBeLessThan(plain.bytes)
})

test('[WS7] kinds leaves out the others', async () => {
  const { world, open } = await served()
  const client = await open({}, '?kinds=changes')
  await client.until(isNamed('hello'))
  world.see('host-0', { state: 'up' })
  flush(world)
  await client.until(isNamed('changes'))
  expect(client.events.map((event) => event.name)).toEqual(['hello', 'changes'])
  expect((await open({}, '?kinds=everything')).status).toBe(400)
})

test('[WS8] a comment every 15 s, plain or zipped; all ends when the hub closes', async () => {
  const { world, server, open } = await served()
  const clients = [await open({ 'accept-encoding': 'gzip' }), await open()]
  for (const client of clients) await client.until(isNamed('hello'))
  for (let beats = 1; beats <= 3; beats++) {
    world.clock.move(HEARTBEAT_MS)
    for (const client of clients) await client.when(() => client.comments.length === beats)
  }
  const startedAt = performance.now()
  await server.close()
  for (const client of clients) await client.ended()
  expect(performance.now() - startedAt).toBeLessThan(2000)
})

test('[WC7] close ends within 2 s with half a request, an idle connection and open streams', async () => {
  const { server, open } = await served({ isRealTime: true })
  for (let i = 0; i < 20; i++) await (await open()).until(isNamed('hello'))
  const half = connect(server.port, '127.0.0.1')
  half.on('error', () => undefined)
  half.write('POST /api/v1/results HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{')
  const idle = await fetch(`${server.url}/healthz`)
  expect(idle.status).toBe(200)
  await idle.arrayBuffer()
  const startedAt = performance.now()
  await server.close()
  expect(performance.now() - startedAt).toBeLessThan(2000)
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
})

test('[WA6] revoking a token ends its streams at once, others go on', async () => {
  const { world, server, open } = await served()
  const admin = await world.token('admin')
  const doomed = await world.token('viewer')
  const [gone, stays] = [await open({}, '', doomed), await open()]
  await gone.until(isNamed('hello'))
  await stays.until(isNamed('hello'))
  const id = doomed.split('_')[1]
  const answer = await fetch(`${server.url}/api/v1/tokens/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${admin}` },
  })
  expect(answer.status).toBe(204)
  await gone.ended()
  expect(stays.hasEnded).toBe(false)
})

test('[WA5] a stream ends with the credential that opened it, and open it counts as use', async () => {
  const { world, open } = await served()
  const token = await world.token('viewer', world.clock.now() + 10 * HEARTBEAT_MS)
  const client = await open({}, '', token)
  await client.until(isNamed('hello'))
  for (let beats = 1; beats < 10; beats++) {
    world.clock.move(HEARTBEAT_MS)
    await client.when(() => client.comments.length === beats)
  }
  expect(client.hasEnded).toBe(false)
  world.clock.move(HEARTBEAT_MS)
  await client.ended()
})

test('[WS1] five hundred streams hear the same, each event made once', async () => {
  const { world, open } = await served({ fleet: fleetOf({ hosts: 200, servicesPerHost: 0 }) })
  const clients = await Promise.all(
    Array.from({ length: 500 }, async () => open({ 'accept-encoding': 'gzip' })),
  )
  for (const client of clients) await client.until(isNamed('hello'))
  for (let round = 1; round <= 5; round++) {
    for (let host = 0; host < 200; host++) world.see(`host-${host}`, { output: `round ${round}` })
    flush(world)
    for (const client of clients) await client.when(() => client.events.length === round + 1)
  }
  const [first] = clients
  for (const client of clients) expect(client.events.slice(1)).toEqual(first?.events.slice(1))
})
