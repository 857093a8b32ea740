import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { BusServer } from '../../src/adapters/nats/server/bus-server.ts'
import { pushAccount } from '../../src/adapters/nats/trust/push.ts'
import { createUserSeed, publicKeyOf } from '../../src/adapters/nats/trust/signing.ts'
import type { Trust } from '../../src/adapters/nats/trust/trust.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { instant } from '../../src/base/instant.ts'
import { beatOf, clockOf, helloTo, orderTo, standingsOf } from '../../src/wire/cluster.ts'
import { hubInboxPrefix } from '../../src/wire/permissions.ts'
import { allWatermarks, passive, plan, results, watermark } from '../../src/wire/subjects.ts'
import { leaseEndTo, workOf } from '../../src/wire/work.ts'
import { createBusWorld, type BusWorld, type TestConnection } from './bus-world.ts'

let world: BusWorld
let trust: Trust
let server: BusServer
let hub: TestConnection

beforeAll(async () => {
  world = await createBusWorld()
  trust = await world.trust('own')
  server = await world.server(trust)
  const credentials = await trust.hubCredentials('hub-a')
  hub = await world.connect(server.url, trust.ca, credentials, hubInboxPrefix('hub-a'))
})

afterAll(() => world.end())

const join = (cluster: string, name: string): Promise<TestConnection> =>
  world.collector(trust, server.url, cluster, name)

/** The server has answered all that was sent, and what it refused was told on. */
async function heard(as: TestConnection): Promise<void> {
  await as.nats.flush()
  await new Promise((resolve) => setImmediate(resolve))
}

/** What the server refuses of publishing there; `undefined`: it took it. */
async function publish(as: TestConnection, name: string): Promise<string | undefined> {
  as.refused.length = 0
  as.nats.publish(name, 'x')
  await heard(as)
  return as.refused[0]
}

async function subscribe(as: TestConnection, name: string): Promise<string | undefined> {
  as.refused.length = 0
  const subscription = as.nats.subscribe(name, { callback: () => undefined })
  await heard(as)
  if (as.refused.length === 0) subscription.unsubscribe()
  return as.refused[0]
}

describe('who is let in', () => {
  test('[TR4] nobody without credentials, or without TLS', async () => {
    await expect(world.connect(server.url, trust.ca)).rejects.toThrow(/Authorization Violation/)
    const plain = connect({ servers: server.url.replace('tls:', 'nats:'), tls: null })
    await expect(plain).rejects.toThrow()
    await vi.waitFor(() =>
      expect(JSON.stringify(world.log.warnings)).toContain('the bus refused somebody'),
    )
  })

  test('[TR4] nobody with credentials of another installation, or made with stolen public keys', async () => {
    const other = await world.trust('other')
    const stranger = await other.collectorCredentials({ cluster: 'east', name: 'c1' })
    await expect(world.connect(server.url, trust.ca, stranger)).rejects.toThrow(/Authorization/)
    const own = await trust.collectorCredentials({ cluster: 'east', name: 'c1' })
    const withoutKey = { jwt: own.jwt, seed: createUserSeed().seed }
    await expect(world.connect(server.url, trust.ca, withoutKey)).rejects.toThrow(/Authorization/)
  })

  test('[TR9] credentials that expire end the connection, and let nobody in afterwards', async () => {
    const { seed, publicKey: user } = createUserSeed()
    const expiresAt = instant(systemClock.now() + 2_000)
    const jwt = await trust.signCollector({ cluster: 'east', name: 'c9', user, expiresAt })
    const { ended } = await world.connect(server.url, trust.ca, { jwt, seed })
    expect(await ended).toMatch(/expired/i)
    // The server counts whole seconds, so the last one may still let in, to be cut at once.
    const again = async (): Promise<string> => {
      const back = await world.connect(server.url, trust.ca, { jwt, seed }).catch(String)
      return typeof back === 'string' ? back : 'let in'
    }
    await vi.waitFor(async () => expect(await again()).toMatch(/Authorization|expired/i), 3_000)
  })

  test('[TR10] a server with a certificate of another CA is not believed, in both directions', async () => {
    const other = await world.trust('other')
    const middle = await world.server(other, { name: 'middle' })
    const credentials = await trust.collectorCredentials({ cluster: 'east', name: 'c1' })
    await expect(world.connect(middle.url, trust.ca, credentials)).rejects.toThrow(
      /certificate|issuer|self.signed/i,
    )
    await expect(world.connect(server.url, other.ca, credentials)).rejects.toThrow(
      /certificate|issuer|self.signed/i,
    )
  })

  test('[TR10] a server of the own CA that was certified for another address is not believed', async () => {
    const credentials = await trust.hubCredentials('hub-b')
    const everywhere = await world.server(trust, { name: 'hub-b', host: '0.0.0.0' })
    const elsewhere = everywhere.url.replace('127.0.0.1', '127.0.0.2')
    await expect(world.connect(elsewhere, trust.ca, credentials)).rejects.toThrow(/altnames/)
    await expect(world.connect(everywhere.url, trust.ca, credentials)).resolves.toBeDefined()
    const named = await world.server(trust, {
      name: 'hub-c',
      host: '0.0.0.0',
      names: ['127.0.0.2'],
    })
    const reached = named.url.replace('127.0.0.1', '127.0.0.2')
    await expect(world.connect(reached, trust.ca, credentials)).resolves.toBeDefined()
  })
})

describe('what a collector may', () => {
  test('[TR5] it publishes as itself', async () => {
    const c1 = await join('east', 'c1')
    for (const { name } of [
      beatOf('east.c1'),
      standingsOf('east.c1'),
      results('hub-a', 'east.c1'),
      results('hub-b', 'east.c1'),
      workOf('east'),
      leaseEndTo('east.c2', 'east.c1'),
    ])
      expect(await publish(c1, name), name).toBeUndefined()
  })

  test('[TR5] it is refused as another, of its cluster or elsewhere, and as a hub', async () => {
    const c1 = await join('east', 'c1')
    for (const name of [
      results('hub-a', 'east.c2').name,
      results('hub-a', 'west.c1').name,
      'results.hub-a.east',
      'results.hub-a.east.c1.more',
      beatOf('east.c2').name,
      beatOf('west.c1').name,
      standingsOf('east.c2').name,
      helloTo('hub-a', 'east.c2').name,
      clockOf('hub-a', 'west.c1').name,
      plan('east.c1').name,
      plan('east.c2').name,
      watermark('hub-a', 'east.c1').name,
      orderTo('east.c2').name,
      workOf('west').name,
      leaseEndTo('east.c2', 'east.c3').name,
      leaseEndTo('west.c1', 'east.c1').name,
      leaseEndTo('west.c1', 'west.c2').name,
      'enrol.hub-a',
      'replica.hub-a',
      '_HUB.hub-a.x',
      '_PEER.hub-a.x',
      '$SYS.REQ.CLAIMS.UPDATE',
    ])
      expect(await publish(c1, name), name).toMatch(/Permissions Violation for Publish/i)
    await vi.waitFor(() =>
      expect(JSON.stringify(world.log.warnings)).toContain('results.hub-a.west.c1'),
    )
  })

  test('[TR6] it cannot hear what is for others', async () => {
    const c1 = await join('east', 'c1')
    for (const name of [
      '>',
      '*.>',
      plan('east.c2').name,
      plan('east.*').name,
      plan('west.c1').name,
      'plan.>',
      allWatermarks('east.c2').name,
      watermark('hub-a', 'west.c1').name,
      passive('east.c2').name,
      beatOf('west.*').name,
      standingsOf('west.*').name,
      workOf('west').name,
      'work.*',
      leaseEndTo('east.c2', 'east.*').name,
      leaseEndTo('west.c1', 'west.*').name,
      'lease.>',
      'results.>',
      'hello.>',
      '_INBOX.>',
      '_INBOX.east.c2.>',
      '_HUB.>',
      '_PEER.>',
      '_ENROL.>',
      '$SYS.>',
      '$JS.API.>',
    ])
      expect(await subscribe(c1, name), name).toMatch(/Permissions Violation for Subscription/i)
  })

  test('[TR6] it hears its own plan and watermarks, and its cluster', async () => {
    const c1 = await join('east', 'c1')
    for (const name of [
      plan('east.c1').name,
      allWatermarks('east.c1').name,
      beatOf('east.*').name,
      standingsOf('east.*').name,
      passive('east.c1').name,
      workOf('east').name,
      leaseEndTo('east.c1', 'east.*').name,
    ])
      expect(await subscribe(c1, name), name).toBeUndefined()
  })

  test('[TR6] it answers a hub that asked, once, and nobody who did not ask', async () => {
    const c1 = await join('east', 'c1')
    c1.nats.subscribe(orderTo('east.c1').name, {
      callback: (_, message) => {
        message.respond('first')
        message.respond('second')
      },
    })
    await c1.nats.flush()
    const answer = await hub.nats.request(orderTo('east.c1').name, 'drain', { timeout: 5_000 })
    expect(answer.string()).toBe('first')
    await heard(c1)
    expect(c1.refused.join()).toContain('_HUB.hub-a')
  })

  test('[SH10] work of a cluster is offered, taken and ended within it, by nobody of another', async () => {
    const owner = await join('east', 'c1')
    const member = await join('east', 'x1')
    const stranger = await join('west', 'x1')
    const work = workOf('east').name
    const end = leaseEndTo('east.c1', 'east.x1').name
    const denied = /Permissions Violation for (Publish|Subscription)/i
    const takeWork = ({ nats }: TestConnection, answer: string): void =>
      void nats.subscribe(work, {
        queue: 'work',
        callback: (refused, offer) => void (refused ?? offer.respond(answer)),
      })
    takeWork(stranger, 'mine')
    await heard(stranger)
    expect(stranger.refused.join()).toMatch(denied)
    await expect(owner.nats.request(work, 'x', { timeout: 5_000 })).rejects.toThrow(
      /no responders/i,
    )
    takeWork(member, 'taken')
    const ends: string[] = []
    owner.nats.subscribe(leaseEndTo('east.c1', 'east.*').name, {
      callback: (_, message) => void ends.push(message.string()),
    })
    await Promise.all([heard(member), heard(owner)])
    const answers = Array.from({ length: 20 }, () =>
      owner.nats.request(work, 'x', { timeout: 5_000 }),
    )
    expect(new Set((await Promise.all(answers)).map((one) => one.string()))).toEqual(
      new Set(['taken']),
    )
    for (const name of [work, end, leaseEndTo('east.c1', 'west.x1').name])
      expect(await publish(stranger, name), name).toMatch(denied)
    member.nats.publish(end, 'of the member')
    await heard(member)
    await vi.waitFor(() => expect(ends).toEqual(['of the member']))
  })

  test('[TR7] its results are acknowledged by the stream, of which it can do nothing else', async () => {
    const manager = await jetstreamManager(hub.nats)
    await manager.streams.add({ name: 'results_hub-a', subjects: ['results.hub-a.>'] })
    const c1 = await join('east', 'c1')
    const reply = await c1.nats.request(results('hub-a', 'east.c1').name, 'x', { timeout: 5_000 })
    expect(reply.json()).toMatchObject({ stream: 'results_hub-a' })
    for (const name of [
      '$JS.API.INFO',
      '$JS.API.STREAM.CREATE.mine',
      '$JS.API.STREAM.DELETE.results_hub-a',
      '$JS.API.STREAM.PURGE.results_hub-a',
      '$JS.API.STREAM.MSG.GET.results_hub-a',
      '$JS.API.CONSUMER.MSG.NEXT.results_hub-a.intake',
      '$JS.hub-a.API.STREAM.NAMES',
      '$JS.ACK.results_hub-a.intake.1.1.1.1.1',
    ])
      expect(await publish(c1, name), name).toMatch(/Permissions Violation for Publish/i)
  })
})

test('[TR8] who is shut out is cut at once, and stays out when the server is started again', async () => {
  const stays = await join('east', 'stays')
  const goes = await join('east', 'goes')
  await trust.revoke([publicKeyOf(goes.credentials.seed)])
  await pushAccount(trust, [server.url])
  expect(await goes.ended).toMatch(/revoked/i)
  expect(stays.nats.isClosed()).toBe(false)
  const back = (): Promise<TestConnection> =>
    world.connect(server.url, trust.ca, goes.credentials, '_INBOX.east.goes')
  await expect(back()).rejects.toThrow(/Authorization/)

  const before = server.pid()
  process.kill(before, 'SIGKILL')
  await vi.waitFor(() => expect(server.pid()).not.toBe(before), { timeout: 10_000 })
  await expect(back()).rejects.toThrow(/Authorization/)
  await expect(
    world.connect(server.url, trust.ca, stays.credentials, '_INBOX.east.stays'),
  ).resolves.toBeDefined()
})
