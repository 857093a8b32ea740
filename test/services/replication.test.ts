import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { after } from '../../src/base/instant.ts'
import { WITHDRAWN_KEPT_MS } from '../../src/orchestrator/replication/intents.ts'
import { STARTER_PATH } from '../../src/configuration/load.ts'
import { wholePlan } from '../../src/orchestrator/plan.ts'
import { startConfiguration } from '../../src/roles/desk/start.ts'
import { makePlace } from './program.ts'
import { overtakenBy } from '../../src/orchestrator/replication/lineage.ts'
import { createTestLog } from '../test-log.ts'
import {
  calm,
  freshDatabase,
  alike,
  wish,
  pairOf,
  startMesh,
  type Mesh,
  type MeshOptions,
  type TestHub,
} from './hub-mesh.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'

let server: TestDatabase
beforeAll(async () => {
  server = await startTestDatabase()
}, 60_000)
afterAll(async () => server?.close())

let mesh: Mesh | undefined
afterEach(async () => {
  await mesh?.close()
  mesh = undefined
})

async function hubs(
  names: readonly string[],
  options: Partial<MeshOptions> = {},
): Promise<readonly TestHub[]> {
  mesh = await startMesh({ server: server.url, weather: calm(), ...options, names })
  return mesh.hubs
}

async function activeOf({ database }: TestHub): Promise<string | undefined> {
  return (await database.configuration.newest())?.revision
}

describe('two hubs', () => {
  test('[RP1] what is activated and wanted at one hub is at the other one', async () => {
    const [a, b] = (await hubs(['hub-a', 'hub-b'])) as [TestHub, TestHub]
    await a.activate('r1')
    await a.intents.put(wish('i1', 'seen'))
    await alike([a, b])
    expect(await activeOf(b)).toBe('r1')
    expect(b.adopted).toEqual(['r1'])
    expect(await b.intents.find('i1')).toMatchObject({ hub: 'hub-a', version: 1 })
    expect(a.replication().hubs()).toMatchObject([{ name: 'hub-b', isReachable: true }])
  })

  test('[RP1] one link between two hubs serves both directions', async () => {
    const [a, b] = (await hubs(['hub-a', 'hub-b'], { ways: [['hub-a', 'hub-b']] })) as [
      TestHub,
      TestHub,
    ]
    await a.activate('r1')
    await b.intents.put(wish('i1', 'seen'))
    await alike([a, b])
    expect(await activeOf(b)).toBe('r1')
    expect(await a.intents.find('i1')).toBeDefined()
  })

  test('[RP1] what comes from a third hub goes on to those that do not hear it', async () => {
    const line = [
      ['hub-a', 'hub-b'],
      ['hub-b', 'hub-c'],
    ] as const
    const [a, b, c] = (await hubs(['hub-a', 'hub-b', 'hub-c'], { ways: line })) as [
      TestHub,
      TestHub,
      TestHub,
    ]
    await a.activate('r1')
    await c.intents.put(wish('i1', 'seen'))
    await alike([a, b, c])
    expect(c.adopted).toEqual(['r1'])
  })

  test('[RP13] [RP14] each knows for how long the other one has had other outages, and which', async () => {
    const [a, b] = (await hubs(['hub-a', 'hub-b'])) as [TestHub, TestHub]
    a.outages.ids = ['db', 'web']
    b.outages.ids = ['mail', 'web']
    const seenBy = (one: TestHub) => one.replication().hubs()[0]
    const differs = async (one: TestHub): Promise<void> =>
      expect.poll(() => seenBy(one)?.differsMs, { timeout: 10_000 }).toBeGreaterThan(0)
    await Promise.all([differs(a), differs(b)])
    expect(seenBy(a)?.verdicts).toMatchObject({ checks: 3, down: 2 })
    const disagreement = { onlyHere: ['db'], onlyThere: ['mail'], isPartial: false }
    expect(await a.replication().compare()).toMatchObject([{ name: 'hub-b', disagreement }])
    b.outages.ids = ['db', 'web']
    await expect.poll(() => seenBy(a)?.differsMs, { timeout: 10_000 }).toBe(0)
    const same = { onlyHere: [], onlyThere: [], isPartial: false }
    expect(await b.replication().compare()).toMatchObject([{ disagreement: same }])
  })

  test('[RP14] a hub that is away is not asked', async () => {
    const weather = calm()
    const [a, b] = (await hubs(['hub-a', 'hub-b'], { weather })) as [TestHub, TestHub]
    await expect.poll(() => a.replication().hubs().length, { timeout: 10_000 }).toBe(1)
    weather.cut.add(pairOf('hub-a', 'hub-b'))
    b.outages.ids = ['web']
    const [compared] = await a.replication().compare()
    expect(compared).toMatchObject({ name: 'hub-b', disagreement: undefined, differsMs: 0 })
  })

  test('[RP2] [RP4] of two revisions of one epoch that of the hub with the greater name is active; the other one is kept and told of', async () => {
    const log = createTestLog()
    const weather = calm()
    const [a, b] = (await hubs(['hub-a', 'hub-b'], { weather, log })) as [TestHub, TestHub]
    await a.activate('r1')
    await alike([a, b])
    weather.cut.add(pairOf('hub-a', 'hub-b'))
    const lost = await a.activate('of-a')
    await b.activate('of-b')
    weather.cut.clear()
    await alike([a, b])
    expect(await activeOf(a)).toBe('of-b')
    for (const { database } of [a, b]) {
      const held = await database.replica.heldActivations()
      expect(held.map(({ revision }) => revision)).toEqual(['of-b', 'of-a', 'r1'])
      expect([...overtakenBy(held, held[0]?.id ?? '')]).toEqual([lost])
    }
    await expect
      .poll(() => log.warnings.filter(({ message }) => message.includes('one was overtaken')))
      .toMatchObject([
        { fields: { overtaken: 'of-a', of: 'hub-a', active: 'of-b' } },
        { fields: { overtaken: 'of-a', of: 'hub-a', active: 'of-b' } },
      ])
  })

  test('[RP2] more activations win over the name', async () => {
    const weather = calm()
    const [a, b] = (await hubs(['hub-a', 'hub-b'], { weather })) as [TestHub, TestHub]
    weather.cut.add(pairOf('hub-a', 'hub-b'))
    await a.activate('a1')
    await a.activate('a2')
    await b.activate('b1')
    weather.cut.clear()
    await alike([a, b])
    expect(await activeOf(b)).toBe('a2')
    await b.activate('b2')
    await alike([a, b])
    expect(await activeOf(a)).toBe('b2')
  })

  test('[RP3] a hub that was away takes only the newest revision into use, and all into its history', async () => {
    const weather = calm()
    const [a, b] = (await hubs(['hub-a', 'hub-b'], { weather })) as [TestHub, TestHub]
    weather.cut.add(pairOf('hub-a', 'hub-b'))
    for (let n = 0; n < 25; n++) await a.activate(`r${n}`)
    await a.renew()
    for (let n = 0; n < 450; n++) await a.intents.put(wish(`i${n}`, 'while you were away'))
    weather.cut.clear()
    await alike([a, b])
    expect(b.adopted).toEqual(['r24'])
    expect(await b.intents.list({ limit: 1_000 })).toHaveLength(450)
  })

  test('[RP3] a revision that cannot be run here is kept with the reason, and tried again after a restart', async () => {
    const log = createTestLog()
    const [a, b] = (await hubs(['hub-a', 'hub-b'], { log })) as [TestHub, TestHub]
    await a.activate('good')
    await alike([a, b])
    b.impossible.add('bad')
    await a.activate('bad')
    await expect
      .poll(async () => (await b.database.replica.heldActivations())[0]?.fault)
      .toBe('hub-b cannot run it')
    expect(await activeOf(b)).toBe('good')
    expect(log.errors).toMatchObject([
      { fields: { revision: 'bad', reason: 'hub-b cannot run it' } },
    ])
    b.impossible.clear()
    await b.restart()
    await expect.poll(() => activeOf(b)).toBe('bad')
    await alike([a, b])
  })

  test('[RP1] a renewed epoch and replaced texts reach the other hub under the same entry of history', async () => {
    const [a, b] = (await hubs(['hub-a', 'hub-b'])) as [TestHub, TestHub]
    await a.activate('r1')
    await alike([a, b])
    await b.renew()
    await alike([a, b])
    await a.activate('r2')
    await a.edit()
    await a.edit()
    await alike([a, b])
    const held = await b.database.replica.heldActivations()
    expect(held).toMatchObject([
      { revision: 'r2', epoch: 3, edits: 2 },
      { revision: 'r1', epoch: 2, hub: 'hub-b', origin: 'hub-a' },
    ])
  })

  test('[RP6] of two changes of one intent the one with more changes behind it counts, then the name of the hub', async () => {
    const weather = calm()
    const [a, b] = (await hubs(['hub-a', 'hub-b'], { weather })) as [TestHub, TestHub]
    await a.intents.put(wish('i1', 'first'))
    await a.intents.put(wish('i2', 'first'))
    await alike([a, b])
    weather.cut.add(pairOf('hub-a', 'hub-b'))
    await a.intents.put(wish('i1', 'by a'))
    await b.intents.put(wish('i1', 'by b'))
    await a.intents.put(wish('i2', 'by a'))
    await a.intents.put(wish('i2', 'by a again'))
    expect(await b.intents.withdraw('i2', 'bob')).toBe(true)
    weather.cut.clear()
    await alike([a, b])
    expect((await a.intents.find('i1'))?.body).toContain('by b')
    expect((await b.intents.find('i2'))?.body).toContain('by a again')
    await a.intents.withdraw('i2', 'ann')
    await alike([a, b])
    expect(await b.intents.find('i2')).toBeUndefined()
    expect(await b.intents.withdraw('i2', 'bob')).toBe(false)
  })

  test('[RP6] changes of one intent at the same moment come one after the other', async () => {
    const [a] = (await hubs(['hub-a'])) as [TestHub]
    const bodies = Array.from({ length: 20 }, (_, n) => `text ${n}`)
    const made = await Promise.all(bodies.map((body) => a.intents.put(wish('i1', body))))
    const versions = made.map(({ version }) => version).sort((one, other) => one - other)
    expect(versions).toEqual(bodies.map((_, n) => n + 1))
  })

  test('[RP7] two hubs that did not meet for 90 days exchange revisions, and no intents', async () => {
    const log = createTestLog()
    const weather = calm()
    const [a, b] = (await hubs(['hub-a', 'hub-b'], { weather, log })) as [TestHub, TestHub]
    await a.activate('r1')
    await a.intents.put(wish('i1', 'known'))
    await alike([a, b])
    await Promise.all([a.stop(), b.stop()])
    for (const [hub, other] of [
      [a, 'hub-b'],
      [b, 'hub-a'],
    ] as const) {
      const mark = await hub.database.replica.peer(other)
      if (mark === undefined) throw new Error(`${hub.name} did not note ${other}`)
      await hub.database.replica.savePeer({
        ...mark,
        takenAt: after(mark.takenAt, -WITHDRAWN_KEPT_MS - 60_000),
      })
    }
    await a.intents.withdraw('i1', 'ann')
    await a.activate('r2')
    await a.restart()
    await b.restart()
    await expect.poll(() => activeOf(b)).toBe('r2')
    await b.activate('r3')
    await expect.poll(() => activeOf(a)).toBe('r3')
    expect(await b.intents.find('i1')).toBeDefined()
    expect(await a.intents.find('i1')).toBeUndefined()
    expect(new Set(log.errors.map(({ fields }) => fields['hub']))).toEqual(
      new Set(['hub-a', 'hub-b']),
    )
  })

  test('[RP12] an activation that is impossibly far ahead is not taken', async () => {
    const log = createTestLog()
    const [a, b] = (await hubs(['hub-a', 'hub-b'], { log })) as [TestHub, TestHub]
    await a.activate('r1')
    await alike([a, b])
    await a.database.configuration.renewEpoch({
      epoch: 5_000_000,
      hub: 'hub-a',
      sharing: { costs: {}, revoked: [] },
    })
    a.replication().nudge()
    await expect.poll(() => log.warnings).toMatchObject([{ fields: { epoch: 5_000_000 } }])
    expect((await b.database.configuration.newest())?.epoch).toBe(1)
    await b.intents.put(wish('i1', 'all else goes on'))
    await expect.poll(() => a.intents.find('i1')).toBeDefined()
  })

  test('[RP12] large texts come in slices, and a text that is another one than its hash says is not taken', async () => {
    const log = createTestLog()
    const weather = calm()
    const [a, b] = (await hubs(['hub-a', 'hub-b'], { weather, log })) as [TestHub, TestHub]
    const { configuration } = a.database
    const text = Array.from({ length: 250_000 }, (_, n) =>
      createHash('md5').update(`${n}`).digest('hex'),
    ).join('')
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 32)
    const body = deflateRawSync(text)
    expect(body.length).toBeGreaterThan(4 * 1024 * 1024)
    await configuration.saveTexts([{ hash, body }])
    await a.activate('large', [{ file: 'large.yaml', hash }])
    await alike([a, b])
    expect((await b.database.configuration.loadTexts([hash]))[0]?.body).toEqual(body)

    const wrong = '0'.repeat(32)
    await configuration.saveTexts([{ hash: wrong, body: deflateRawSync('something else') }])
    await a.activate('wrong', [{ file: 'wrong.yaml', hash: wrong }])
    await expect
      .poll(() => log.warnings.map(({ fields }) => String(fields['error'])))
      .toEqual([expect.stringContaining(`the text ${wrong} came as`)])
    expect(await activeOf(b)).toBe('large')
    await a.intents.put(wish('i1', 'it does not hold up others'))
    await a.activate('after')
    await expect.poll(() => activeOf(b), { timeout: 15_000 }).toBe('after')
    expect(await b.intents.find('i1')).toBeDefined()
    expect(log.warnings).toHaveLength(1)
  })

  test('[RP10] two hubs with one name are told of, and do not listen to each other', async () => {
    const log = createTestLog()
    const [a] = (await hubs(['hub-a', 'hub-b'], { log })) as [TestHub, TestHub]
    const news = { ...(await newsOf(a)), boot: 'another', newest: 99 }
    const { replicaNewsOf } = await import('../../src/wire/replication.ts')
    await a.bus.publish(replicaNewsOf('hub-a'), news)
    expect(log.errors).toMatchObject([{ fields: { hub: 'hub-a' } }])
    expect(
      a
        .replication()
        .hubs()
        .map(({ name }) => name),
    ).not.toContain('hub-a')
  })
})

async function newsOf(hub: TestHub) {
  const { bus, name } = hub
  const { replicaNewsOf } = await import('../../src/wire/replication.ts')
  const { promise, resolve } =
    Promise.withResolvers<import('../../src/wire/replication.ts').ReplicaNews>()
  const heard = bus.subscribe(replicaNewsOf(name), resolve)
  hub.replication().nudge()
  const news = await promise
  heard.close()
  return news
}

test('[RP8] the configuration that comes with the program is overtaken by any other', async () => {
  const editionOf = async (path: string) => {
    const database = await freshDatabase(server.url)
    const surroundings = { hub: 'hub-z', cut: wholePlan, log: silentLog }
    const compiler = { path, url: 'http://hub-z', environment: {} }
    const { active } = await startConfiguration(database.configuration, compiler, surroundings)
    await database.close()
    return active.book.edition
  }
  expect(await editionOf(STARTER_PATH)).toMatchObject({ epoch: 0, hub: 'hub-z' })
  const place = makePlace('hosts: { web-01: { address: 127.0.0.1 } }')
  expect(await editionOf(place.config)).toMatchObject({ epoch: 1, hub: 'hub-z' })
  place.remove()
})
