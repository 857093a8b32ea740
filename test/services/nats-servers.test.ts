import { spawn, type ChildProcess } from 'node:child_process'
import { on, once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openClusterInterest } from '../../src/adapters/nats/cluster-interest.ts'
import { startBusServer } from '../../src/adapters/nats/server/bus-server.ts'
import { BusServerUnavailable, findServer } from '../../src/adapters/nats/server/child.ts'
import {
  clusterRecipe,
  hubRecipe,
  type RecipeFile,
  type RecipePorts,
} from '../../src/adapters/nats/server/recipes.ts'
import { authenticatorOf, credentialsText } from '../../src/adapters/nats/trust/credentials.ts'
import { pushAccount } from '../../src/adapters/nats/trust/push.ts'
import { publicKeyOf } from '../../src/adapters/nats/trust/signing.ts'
import { isAlive } from '../../src/adapters/process/processes.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { beatsOf, helloTo, orderTo } from '../../src/wire/cluster.ts'
import { hubInboxPrefix, peerInboxPrefix } from '../../src/wire/permissions.ts'
import { plan, results, watermark } from '../../src/wire/subjects.ts'
import { createBusWorld, type BusWorld, type TestConnection } from './bus-world.ts'
import { freePort } from './nats-server.ts'

let world: BusWorld
beforeEach(async () => {
  world = await createBusWorld()
})
afterEach(() => world.end())

/** A process of its own that runs a server; resolves with both process ids. */
async function startInChild(port: number): Promise<{ child: ChildProcess; pid: number }> {
  const script = join(import.meta.dirname, 'nats-child.ts')
  const child = spawn(process.execPath, [script, world.folder, `${port}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  world.onEnd(() => void child.kill('SIGKILL'))
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { child, pid: Number(line) }
}

test('[TR20] the server ends with us at kill -9, and the next one gets the port at once', async () => {
  const port = await freePort()
  const first = await startInChild(port)
  expect(isAlive(first.pid)).toBe(true)
  first.child.kill('SIGKILL')
  const second = await startInChild(port)
  expect(isAlive(first.pid)).toBe(false)
  expect(isAlive(second.pid)).toBe(true)
  second.child.kill('SIGKILL')
  await vi.waitFor(() => expect(isAlive(second.pid)).toBe(false), { timeout: 10_000 })
})

test('[TR20] a server that dies is there again, at the same address, with what its streams kept', async () => {
  const trust = await world.trust('own')
  const server = await world.server(trust)
  const credentials = await trust.hubCredentials('hub-a')
  const before = await world.connect(server.url, trust.ca, credentials)
  const manager = await jetstreamManager(before.nats)
  await manager.streams.add({ name: 'kept', subjects: ['kept.>'] })
  await manager.jetstream().publish('kept.x', 'one')
  const pid = server.pid()
  process.kill(pid, 'SIGKILL')
  await vi.waitFor(() => expect(server.pid()).not.toBe(pid), { timeout: 10_000 })
  const after = await world.connect(server.url, trust.ca, credentials)
  const { state } = await (await jetstreamManager(after.nats)).streams.info('kept')
  expect(state.messages).toBe(1)
  await server.close()
  expect(isAlive(server.pid())).toBe(false)
})

test('[TR21] without nats-server the error names the package', () => {
  expect(findServer(process.env['PATH'])).toMatch(/nats-server$/)
  expect(() => findServer(world.folder, [])).toThrow(BusServerUnavailable)
  expect(() => findServer(undefined, [])).toThrow(/apt-get install nats-server/)
})

test('[TR21] an address that is in use is said, with what was in the way', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  world.onEnd(() => void other.close())
  const address = other.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const starting = startBusServer({
    folder: join(world.folder, 'taken'),
    name: 'hub-a',
    listen: { host: '127.0.0.1', port: address.port },
    leafListen: undefined,
    names: [],
    trust: await world.trust('own'),
    path: process.env['PATH'],
    clock: systemClock,
    log: world.log,
  })
  await expect(starting).rejects.toThrow(BusServerUnavailable)
  await expect(starting).rejects.toThrow(`127.0.0.1:${address.port} is in use`)
})

/** Runs what `nats-config` wrote, as its comments say. */
async function startRecipe(files: readonly RecipeFile[]): Promise<Map<string, ChildProcess>> {
  const running = new Map<string, ChildProcess>()
  for (const { path, text, isSecret } of files) {
    const target = join(world.folder, 'recipe', path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, text, { mode: isSecret ? 0o600 : 0o644 })
    if (!path.endsWith('nats-server.conf')) continue
    const child = spawn(findServer(process.env['PATH']), ['-c', target], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    world.onEnd(() => void child.kill('SIGKILL'))
    running.set(dirname(path), child)
  }
  await Promise.all([...running.values()].map(isReady))
  return running
}

async function isReady(child: ChildProcess): Promise<void> {
  const { stderr } = child
  if (stderr === null) throw new Error('no stderr')
  for await (const [line] of on(createInterface({ input: stderr }), 'line')) {
    if (String(line).includes('Server is ready')) break
    if (String(line).includes('[FTL]')) throw new Error(String(line))
  }
  stderr.resume()
}

/** Each server on an address of its own, as on machines of their own. */
async function portsForAll(): Promise<RecipePorts> {
  return { clients: await freePort(), leafs: await freePort(), routes: await freePort() }
}

test('[TR23] three servers of `nats-config hub` keep results on three, and take them while one is dead', async () => {
  const trust = await world.trust('own')
  const servers = [1, 2, 3].map((n) => ({ name: `n${n}`, host: `127.0.7.${n}` }))
  const ports = await portsForAll()
  const folder = join(world.folder, 'recipe')
  const running = await startRecipe(await hubRecipe({ trust, servers, ports, folder }, 'hub-a'))
  const url = `tls://127.0.7.1:${ports.clients}`
  const hub = await world.connect(url, trust.ca, await trust.hubCredentials('hub-a'))
  const manager = await jetstreamManager(hub.nats, { checkAPI: false })
  const made = await vi.waitFor(
    () => manager.streams.add({ name: 'kept', subjects: ['kept.>'], num_replicas: 3 }),
    { timeout: 20_000, interval: 250 },
  )
  expect(made.cluster?.replicas).toHaveLength(2)
  running.get('n3')?.kill('SIGKILL')
  await vi.waitFor(() => manager.jetstream().publish('kept.x', 'one', { timeout: 1_000 }), {
    timeout: 20_000,
    interval: 250,
  })
})

test('[TR22] servers of a cluster carry all between collectors and two hubs, and nothing of others', async () => {
  const trust = await world.trust('own')
  const folder = join(world.folder, 'recipe')
  const hubs = new Map(
    await Promise.all(
      ['hub-a', 'hub-b'].map(async (name) => {
        const server = await world.server(trust, { name, withLeafs: true })
        const credentials = await trust.hubCredentials(name)
        const connection = await world.connect(
          server.url,
          trust.ca,
          credentials,
          hubInboxPrefix(name),
        )
        const link = {
          servers: [server.url],
          hubs: [name],
          ca: trust.ca,
          authenticator: authenticatorOf(credentials),
          inboxPrefix: hubInboxPrefix(name),
        }
        const interest = openClusterInterest({ hub: name, link, log: world.log })
        interest.setClusters(['east'])
        world.onEnd(() => interest.close())
        return [name, { server, nats: connection.nats }] as const
      }),
    ),
  )
  const ports = await portsForAll()
  const servers = [1, 2].map((n) => ({ name: `e${n}`, host: `127.0.8.${n}` }))
  const places = [...hubs].map(([hub, { server }]) => ({
    hub,
    leafs: [{ host: '127.0.0.1', port: server.leafPort ?? 0 }],
  }))
  await startRecipe(await clusterRecipe({ trust, servers, ports, folder }, 'east', places))
  const [c1, c2] = await Promise.all(
    servers.map(({ host }, n) =>
      world.collector(trust, `tls://${host}:${ports.clients}`, 'east', `c${n + 1}`),
    ),
  )
  if (c1 === undefined || c2 === undefined) throw new Error('no collectors')

  for (const [name, { nats }] of hubs) {
    const manager = await jetstreamManager(nats)
    const stream = `results_${name}`
    await manager.streams.add({ name: stream, subjects: [`results.${name}.>`] })
    nats.subscribe(helloTo(name, '>').name, {
      callback: (_, message) => void message.respond(name),
    })
    await nats.flush()
    const ask = (subject: string): Promise<string> =>
      c1.nats.request(subject, 'x', { timeout: 1_000 }).then((reply) => reply.string())
    const patient = { timeout: 10_000, interval: 200 }
    expect(await vi.waitFor(() => ask(helloTo(name, 'east.c1').name), patient)).toBe(name)
    expect(await vi.waitFor(() => ask(results(name, 'east.c1').name), patient)).toContain(stream)

    c2.nats.subscribe(orderTo('east.c2').name, {
      callback: (_, message) => void message.respond('ok'),
    })
    await c2.nats.flush()
    const order = (): Promise<string> =>
      nats.request(orderTo('east.c2').name, 'x', { timeout: 1_000 }).then((reply) => reply.string())
    expect(await vi.waitFor(order, patient)).toBe('ok')
  }

  const heard: string[] = []
  const hear = (of: TestConnection, subject: { readonly name: string }): void =>
    void of.nats.subscribe(subject.name, {
      callback: (_, { subject: name }) => void heard.push(name),
    })
  hear(c1, beatsOf('east'))
  hear(c2, beatsOf('east'))
  hear(c1, watermark('*', 'east.c1'))
  await Promise.all([c1.nats.flush(), c2.nats.flush()])
  c2.nats.publish('beat.east.c2', 'x')
  await vi.waitFor(() => expect(heard).toEqual(['beat.east.c2', 'beat.east.c2']))
  const hubB = hubs.get('hub-b')
  const hubA = hubs.get('hub-a')
  if (hubA === undefined || hubB === undefined) throw new Error('no hubs')
  await vi.waitFor(() => {
    hubB.nats.publish(watermark('hub-b', 'east.c1').name, 'x')
    expect(heard).toContain('watermark.hub-b.east.c1')
  })

  await trust.revoke([publicKeyOf(c2.credentials.seed)])
  await pushAccount(trust, [hubA.server.url])
  expect(await c2.ended).toMatch(/revoked/i)

  await hubB.server.close()
  const still = await c1.nats.request(helloTo('hub-a', 'east.c1').name, 'x', { timeout: 5_000 })
  expect(still.string()).toBe('hub-a')
})

test('[TR22] a machine with the credentials of a cluster that was taken over is that cluster, and no other', async () => {
  const trust = await world.trust('own')
  const server = await world.server(trust, { withLeafs: true })
  const { account } = await trust.leafCredentials('east')
  const asClient = world.connect(server.url, trust.ca, account)
  await expect(asClient).rejects.toThrow(/Authorization/)

  const place = join(world.folder, 'rogue')
  const port = await freePort()
  await mkdir(place)
  await writeFile(join(place, 'hub.creds'), credentialsText(account))
  await writeFile(join(place, 'ca.crt'), trust.ca)
  const config = join(place, 'rogue.conf')
  await writeFile(
    config,
    `listen: "127.0.0.1:${port}"
leafnodes { remotes: [ { urls: ["tls://127.0.0.1:${server.leafPort}"], credentials: "${place}/hub.creds", tls { ca_file: "${place}/ca.crt" } } ] }
`,
  )
  const rogue = spawn(findServer(process.env['PATH']), ['-c', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  world.onEnd(() => void rogue.kill('SIGKILL'))
  await isReady(rogue)
  const inside = await connect({ servers: `nats://127.0.0.1:${port}`, tls: null })
  world.onEnd(() => inside.close())
  const hub = await world.connect(server.url, trust.ca, await trust.hubCredentials('hub-a'))

  const heardInside: string[] = []
  inside.subscribe('>', { callback: (_, { subject }) => void heardInside.push(subject) })
  for (const subject of [
    'plan.west.c1',
    'plan.>',
    '_INBOX.west.c1.x',
    '_PEER.>',
    'watermark.hub-a.west.c1',
  ])
    inside.subscribe(subject, { callback: (_, message) => void heardInside.push(message.subject) })
  const heardByHub: string[] = []
  hub.nats.subscribe('results.hub-a.east.*', {
    callback: (_, { subject }) => void heardByHub.push(subject),
  })
  hub.nats.subscribe('>', { callback: (_, { subject }) => void heardByHub.push(subject) })
  await Promise.all([inside.flush(), hub.nats.flush()])

  const peer = `${peerInboxPrefix('hub-a')}.x`
  const forbidden = ['results.hub-a.west.c1', 'beat.west.c1', 'plan.east.c1', '$JS.API.INFO', peer]
  await vi.waitFor(
    async () => {
      for (const name of forbidden) inside.publish(name, 'x')
      inside.publish(results('hub-a', 'east.c1').name, 'x')
      hub.nats.publish('plan.west.c1', 'x')
      hub.nats.publish('watermark.hub-a.west.c1', 'x')
      hub.nats.publish('_INBOX.west.c1.x', 'x')
      hub.nats.publish('_PEER.hub-b.x', 'x')
      hub.nats.publish(plan('east.c1').name, 'x')
      await Promise.all([inside.flush(), hub.nats.flush()])
      expect(heardByHub).toContain('results.hub-a.east.c1')
      expect(heardInside.filter((name) => name === 'plan.east.c1').length).toBeGreaterThan(1)
    },
    { timeout: 10_000, interval: 200 },
  )
  const own = new Set(['results.hub-a.east.c1', 'plan.east.c1'])
  const published = new Set([...forbidden, 'results.hub-a.east.c1'])
  expect(heardInside.filter((name) => !own.has(name) && !published.has(name))).toEqual([])
  const fromHub = [
    'plan.west.c1',
    'watermark.hub-a.west.c1',
    '_INBOX.west.c1.x',
    '_PEER.hub-b.x',
    'plan.east.c1',
  ]
  expect(heardByHub.filter((name) => !own.has(name) && !fromHub.includes(name))).toEqual([])
})
