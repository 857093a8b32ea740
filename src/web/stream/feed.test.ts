import { gunzipSync, constants } from 'node:zlib'
import { expect, test } from 'vitest'
import { fleetOf } from '../../../test/fleet-of.ts'
import { createWebWorld, type WebWorld } from '../../../test/web-world.ts'
import { streamChanges, streamObjects } from '../../wire/api/stream.ts'
import { snapshot, snapshotRow } from '../../wire/api/snapshot.ts'
import { snapshotOf } from '../snapshot.ts'
import { eventIdOf, GZIP_START, parseEventId, zip, type EncodedEvent } from './event.ts'
import { createFeed, FLUSH_EVERY_MS, KEEP_WITHOUT_READERS_MS, type FeedBounds } from './feed.ts'

function feedOf(world: WebWorld, bounds?: FeedBounds) {
  const feed = createFeed(world.index, world.clock, bounds)
  const heard: EncodedEvent[] = []
  const follow = () => feed.follow((events) => heard.push(...events))
  return { feed, heard, follow }
}

function dataOf({ plain }: EncodedEvent): unknown {
  return JSON.parse(/^data: (.*)$/m.exec(plain.toString())?.[1] ?? '')
}

const rowsOf = (event: EncodedEvent) => streamObjects.parse(dataOf(event)).rows
const settle = (world: WebWorld): void => world.clock.move(FLUSH_EVERY_MS)

test('[WS1] many changes of one object are told once, as it then is, with every line of the log', () => {
  const world = createWebWorld()
  const { heard, follow } = feedOf(world)
  follow()
  world.see('host-0', { state: 'up', output: 'first' })
  world.see('host-0', { state: 'down', output: 'second' })
  world.see('host-1', { state: 'up' })
  expect(heard).toEqual([])
  world.clock.move(25)
  expect(heard.map((event) => event.kind)).toEqual(['objects', 'changes'])
  const [objects, changes] = heard
  expect(objects && rowsOf(objects).map((row) => [row.id, row.output])).toEqual([
    ['host-0', 'second'],
    ['host-1', ''],
  ])
  expect(objects && streamObjects.parse(dataOf(objects)).counters.hosts).toMatchObject({
    up: 1,
    down: 1,
  })
  expect(
    changes && streamChanges.parse(dataOf(changes)).changes.map(({ id, to }) => [id, to]),
  ).toEqual([
    ['host-0', 'up'],
    ['host-0', 'down'],
    ['host-1', 'up'],
  ])
})

test('[WS1] flushes keep their distance, and none is later than 250 ms', () => {
  const world = createWebWorld()
  const { heard, follow } = feedOf(world)
  follow()
  const flushedAt: number[] = []
  let seen = 0
  for (let ms = 0; ms < 3000; ms += 10) {
    world.see('host-0', { state: 'up', output: String(ms) })
    world.clock.move(10)
    if (heard.length > seen) flushedAt.push(ms)
    seen = heard.length
  }
  const gaps = flushedAt.slice(1).map((at, index) => at - (flushedAt[index] ?? 0))
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(FLUSH_EVERY_MS - 10)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(250)
})

test('[WS1] what left the configuration is told, and a flood comes in bounded pieces', () => {
  const world = createWebWorld({ fleet: fleetOf({ hosts: 30, servicesPerHost: 100 }) })
  const { heard, follow } = feedOf(world)
  follow()
  for (const live of world.index.all()) world.see(live.object.id, { output: 'x' })
  settle(world)
  expect(heard.map((event) => rowsOf(event).length)).toEqual([1000, 1000, 1000, 30])
  heard.length = 0
  world.index.applyFleet(fleetOf({ hosts: 29, servicesPerHost: 100 }), world.clock.now())
  settle(world)
  expect(heard.flatMap((event) => streamObjects.parse(dataOf(event)).removed)).toHaveLength(101)
})

test('[WS2] who comes back gets exactly what came after, in order', () => {
  const world = createWebWorld()
  const { feed, heard, follow } = feedOf(world)
  follow()
  const from = feed.position()
  for (const output of ['a', 'b', 'c']) {
    world.see('host-0', { output })
    settle(world)
  }
  const ids = heard.map((event) =>
    parseEventId(/^id: (.*)$/m.exec(event.plain.toString())?.[1] ?? ''),
  )
  expect(ids.map((id) => id?.sequence)).toEqual([1, 2, 3])
  expect(feed.since(from)).toEqual({ kind: 'events', events: heard })
  expect(feed.since({ ...from, sequence: 2 })).toEqual({ kind: 'events', events: heard.slice(2) })
  expect(feed.since(feed.position())).toEqual({ kind: 'events', events: [] })
})

test('[WS3] too old, of another boot, or from the future: start again', () => {
  const world = createWebWorld()
  const { feed, follow } = feedOf(world, { eventsMax: 3, bytesMax: 1_000_000 })
  follow()
  const { boot } = feed.position()
  for (let i = 0; i < 5; i++) {
    world.see('host-0', { output: String(i) })
    settle(world)
  }
  expect(feed.since({ boot, sequence: 1 })).toEqual({ kind: 'reset', reason: 'too-old' })
  expect(feed.since({ boot, sequence: 2 })).toMatchObject({ kind: 'events', events: { length: 3 } })
  expect(feed.since({ boot: 'feed', sequence: 5 })).toEqual({ kind: 'reset', reason: 'other-boot' })
  expect(feed.since({ boot, sequence: 6 })).toEqual({ kind: 'reset', reason: 'other-boot' })
  expect(parseEventId('x')).toBeUndefined()
  expect(parseEventId(eventIdOf({ boot, sequence: 7 }))).toEqual({ boot, sequence: 7 })
})

test('[WS3] what is held is bounded in bytes too', () => {
  const world = createWebWorld()
  const { feed, follow } = feedOf(world, { eventsMax: 1000, bytesMax: 100_000 })
  follow()
  const { boot } = feed.position()
  for (let i = 0; i < 20; i++) {
    world.see('host-0', { output: 'x'.repeat(20_000) })
    settle(world)
  }
  const sequences = Array.from({ length: 21 }, (_, sequence) => sequence)
  const held = sequences.filter((sequence) => feed.since({ boot, sequence }).kind === 'events')
  expect(held).toEqual([16, 17, 18, 19, 20])
})

test('[WS5] without readers for a minute nothing is made; a snapshot begins the minute anew', () => {
  const world = createWebWorld()
  const { feed, heard, follow } = feedOf(world)
  const unfollow = follow()
  world.see('host-0', { output: 'a' })
  settle(world)
  const before = feed.position()
  unfollow()
  world.clock.move(KEEP_WITHOUT_READERS_MS - 1000)
  world.see('host-0', { output: 'b' })
  settle(world)
  expect(feed.since(before)).toMatchObject({ kind: 'events', events: { length: 1 } })

  world.clock.move(KEEP_WITHOUT_READERS_MS + 1)
  world.see('host-0', { output: 'c' })
  settle(world)
  expect(feed.since(before)).toEqual({ kind: 'reset', reason: 'too-old' })
  const now = feed.position()
  world.see('host-0', { output: 'd' })
  settle(world)
  expect(feed.since(now)).toMatchObject({ kind: 'events', events: { length: 1 } })
  expect(heard).toHaveLength(1)
})

test('[WL5] a snapshot and the events after its position lead to the present', () => {
  const world = createWebWorld()
  const { feed } = feedOf(world)
  world.see('host-0', { state: 'up', output: 'before' })
  const taken = snapshot.parse(snapshotOf(world.index, feed.position(), world.clock.now()))
  world.see('host-0!service-1', { state: 'critical', output: 'after' })
  settle(world)
  const missed = feed.since(taken)
  const events = missed.kind === 'events' ? missed.events : []
  const outputs = new Map(
    [0, 1, 2].map((index) => [snapshotRow(taken, index).id, snapshotRow(taken, index).output]),
  )
  for (const event of events.filter(({ kind }) => kind === 'objects')) {
    for (const row of rowsOf(event)) outputs.set(row.id, row.output)
  }
  expect([...outputs]).toEqual([
    ['host-0', 'before'],
    ['host-0!service-0', ''],
    ['host-0!service-1', 'after'],
  ])
})

test('[WS6] pieces of any order and number make one readable gzip stream', () => {
  const texts = ['one\n', 'two '.repeat(1000), 'three\n', 'two '.repeat(1000)]
  const pieces = texts.map((text) => zip(Buffer.from(text)))
  for (let count = 1; count <= texts.length; count++) {
    const stream = Buffer.concat([GZIP_START, ...pieces.slice(0, count)])
    const plain = gunzipSync(stream, { finishFlush: constants.Z_SYNC_FLUSH }).toString()
    expect(plain).toBe(texts.slice(0, count).join(''))
  }
})
