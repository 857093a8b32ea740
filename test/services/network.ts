import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'pg'
import type { CollectorIdentity } from '../../src/settings/collector-identity.ts'
import type { CollectorRow } from '../../src/wire/api/network.ts'
import { startEdgeServer, startNatsServer, type TestNatsServer } from './nats-server.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'
import { eventually } from './program.ts'

/** Hubs and collectors as real processes on the loopback, each hub with a nats-server and a database of its own. */
export interface Network {
  readonly folder: string
  hub(name: string): TestHub
  collector(id: string): TestCollector
  readonly hubs: readonly TestHub[]
  readonly collectors: readonly TestCollector[]
  /** Ends everything at once and removes the folder. */
  stop(): Promise<void>
}

export interface NetworkShape {
  readonly yaml: string
  readonly hubs: readonly string[]
  /** `cluster.name`. */
  readonly collectors: readonly string[]
  readonly hubFlags?: readonly string[]
  /** Each hub knows the others. */
  readonly arePeers?: boolean
  readonly collectorFlags?: readonly string[]
  /** For one collector, after those of all. */
  readonly flagsOf?: Readonly<Record<string, readonly string[]>>
  /** Between a collector and the server of a hub, as a port of the loopback or `address:port`; the server's own when absent. */
  readonly way?: (collector: string, hub: string, port: number) => Promise<number | string>
  /** What stands before the command line of a hub or collector: `ip netns exec NAME`. */
  readonly before?: (program: string) => readonly string[]
  /** The program's environment on top of ours, of one collector. */
  readonly environmentOf?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Collectors are started in this folder of their data: plugins that are no absolute paths see it. */
  readonly workIn?: string
  /** Called with the empty data folder of each collector. */
  readonly prepare?: (collector: string, data: string) => void
  /** The collectors of each cluster connect to a server of their own, which leads to all hubs. */
  readonly hasEdges?: boolean
}

interface ProcessPlace {
  readonly before?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly folder?: string
}

/** A process of ours that tests start, hurt and end. */
export class TestProcess {
  readonly #arguments: readonly string[]
  readonly #environment: Readonly<Record<string, string>>
  readonly #folder: string | undefined
  readonly #before: readonly string[]
  #child: ChildProcess | undefined
  text = ''

  constructor(parameters: readonly string[], place: ProcessPlace = {}) {
    const { environment = {}, folder, before = [] } = place
    this.#arguments = parameters
    this.#environment = environment
    this.#folder = folder
    this.#before = before
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get isRunning(): boolean {
    const child = this.#child
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  /** Resolves when it has said what `sign` looks for. */
  async start(sign: RegExp): Promise<RegExpExecArray> {
    const bin = join(import.meta.dirname, '..', '..', 'bin', 'parallax')
    this.text = ''
    const [command = '', ...rest] = [...this.#before, process.execPath, bin, ...this.#arguments]
    const child = spawn(command, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.#environment },
      cwd: this.#folder,
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.text += chunk.toString()))
    return eventually(
      async () => {
        const found = sign.exec(this.text)
        if (found !== null) return found
        if (!this.isRunning) throw new Error(`the program ended:\n${this.text}`)
        return undefined
      },
      60_000,
      `${this.#arguments.join(' ')}: ${sign}`,
    )
  }

  /** Resolves when it is gone; at once for signals that do not end it. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === undefined || !this.isRunning) return
    if (signal === 'SIGSTOP' || signal === 'SIGCONT' || signal === 'SIGHUP') {
      child.kill(signal)
      return
    }
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }

  kill(): Promise<void> {
    return this.signal('SIGKILL')
  }
}

export interface TestHub {
  readonly name: string
  readonly process: TestProcess
  readonly server: TestNatsServer
  readonly database: TestDatabase
  /** Where it answers, and the token of its local user. */
  access(): { readonly url: string; readonly token: string }
  start(): Promise<void>
  api<T>(path: string, init?: RequestInit): Promise<T>
  /** An answer that is no JSON. */
  text(path: string): Promise<string>
  sql<T>(text: string, values?: readonly unknown[]): Promise<readonly T[]>
  /** Waits until it sees so many live collectors of these standings: those that share hosts. */
  sees(
    live: number,
    standings?: readonly CollectorRow['standing'][],
  ): Promise<readonly CollectorRow[]>
}

export interface TestCollector {
  readonly id: string
  readonly process: TestProcess
  readonly data: string
  start(): Promise<void>
}

export async function startNetwork(shape: NetworkShape): Promise<Network> {
  const folder = mkdtempSync(join(tmpdir(), 'parallax-network-'))
  chmodSync(folder, 0o755)
  const config = join(folder, 'parallax.yaml')
  writeFileSync(config, shape.yaml)
  const hubs = new Map<string, TestHub>()
  const collectors = new Map<string, TestCollector>()
  const edges = new Map<string, TestNatsServer>()
  const stop = async (): Promise<void> => {
    await Promise.all([...collectors.values()].map(({ process }) => process.kill()))
    await Promise.all([...hubs.values()].map(endHub))
    await Promise.all([...edges.values()].map((edge) => edge.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
  const network: Network = {
    folder,
    hub: (name) => known(hubs, name),
    collector: (id) => known(collectors, id),
    get hubs() {
      return [...hubs.values()]
    },
    get collectors() {
      return [...collectors.values()]
    },
    stop,
  }
  try {
    const servers = await Promise.all(shape.hubs.map(() => startNatsServer()))
    await Promise.all(
      shape.hubs.map(async (name, index) => {
        const before = shape.before?.(name) ?? []
        const flags = [...(shape.hubFlags ?? []), ...peersOf(name, shape, servers)]
        const server = servers[index] as TestNatsServer
        const hub = await makeHub(name, { folder, config, flags, before, server })
        hubs.set(name, hub)
        await hub.start()
      }),
    )
    for (const id of shape.collectors)
      collectors.set(id, await makeCollector(id, { folder, hubs, edges, shape }))
    await Promise.all([...collectors.values()].map((collector) => collector.start()))
    return network
  } catch (error) {
    await stop()
    throw error
  }
}

function known<T>(all: ReadonlyMap<string, T>, name: string): T {
  const found = all.get(name)
  if (found === undefined) throw new Error(`there is no ${name}`)
  return found
}

async function endHub(hub: TestHub): Promise<void> {
  await hub.process.signal('SIGCONT')
  await hub.process.kill()
  await hub.server.stop()
  await hub.database.close()
}

interface HubPlace {
  readonly folder: string
  readonly config: string
  readonly flags: readonly string[]
  readonly before: readonly string[]
  readonly server: TestNatsServer
}

function peersOf(
  name: string,
  { hubs, arePeers = false }: NetworkShape,
  servers: readonly TestNatsServer[],
): readonly string[] {
  if (!arePeers) return []
  return hubs.flatMap((hub, n) => (hub === name ? [] : ['--peer', `${hub}=${servers[n]?.url}`]))
}

async function makeHub(name: string, place: HubPlace): Promise<TestHub> {
  const { folder, config, flags, before, server } = place
  const database = await startTestDatabase()
  const data = join(folder, name)
  const process = new TestProcess(
    [
      'hub',
      `--name=${name}`,
      `--config=${config}`,
      `--data=${data}`,
      '--listen=127.0.0.1:0',
      `--database-url=${database.url}`,
      `--bus-url=${server.url}`,
      ...flags,
    ],
    { before },
  )
  const pool = new Pool({ connectionString: database.url, max: 2 })
  pool.on('error', () => undefined)
  let url = ''
  let token = ''
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await fetch(url + path, { ...init, headers })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response
  }
  const api = async <T>(path: string, init?: RequestInit): Promise<T> =>
    (await (await ask(path, init)).json()) as T
  return {
    name,
    process,
    server,
    database: {
      ...database,
      async close() {
        await pool.end()
        await database.close()
      },
    },
    async start() {
      url = (await process.start(/Console: (http:\/\/\S+?)\/?\s/))[1] ?? ''
      const access = readFileSync(join(data, 'local-access.json'), 'utf8')
      token = (JSON.parse(access) as { token: string }).token
    },
    access: () => ({ url, token }),
    api,
    text: async (path) => (await ask(path)).text(),
    async sql<T>(text: string, values: readonly unknown[] = []) {
      return (await pool.query(text, [...values])).rows as T[]
    },
    async sees(live, standings = ['active']) {
      let seen: readonly CollectorRow[] = []
      try {
        return await eventually(
          async () => {
            seen = (await api<{ items: CollectorRow[] }>('/api/v1/collectors')).items
            const ready = seen.filter(
              ({ health, standing }) => health === 'live' && standings.includes(standing),
            )
            return ready.length === live ? seen : undefined
          },
          30_000,
          `${name} sees ${live} collectors`,
        )
      } catch (error) {
        const rows = seen.map(({ id, health, standing }) => `${id} ${health} ${standing}`)
        throw new Error(`${(error as Error).message}; it sees ${rows.join(', ')}`, { cause: error })
      }
    },
  }
}

interface CollectorPlace {
  readonly folder: string
  readonly hubs: ReadonlyMap<string, TestHub>
  readonly edges: Map<string, TestNatsServer>
  readonly shape: NetworkShape
}

async function makeCollector(
  id: string,
  { folder, hubs, edges, shape }: CollectorPlace,
): Promise<TestCollector> {
  const [cluster = '', name = ''] = id.split('.')
  const data = join(folder, id)
  const way = shape.way ?? ((_, __, port) => Promise.resolve(port))
  const direct = await Promise.all(
    [...hubs.values()].map(async (hub) => {
      const found = await way(id, hub.name, hub.server.port)
      const address = typeof found === 'number' ? `127.0.0.1:${found}` : found
      return { hubs: [hub.name], servers: [`nats://${address}`] }
    }),
  )
  const edge = shape.hasEdges === true ? await edgeOf(cluster, hubs, edges) : undefined
  const links = edge === undefined ? direct : [{ hubs: [...hubs.keys()], servers: [edge.url] }]
  mkdirSync(data, { recursive: true })
  shape.prepare?.(id, data)
  const identity: CollectorIdentity = { version: 1, cluster, name, links }
  writeFileSync(join(data, 'collector.json'), JSON.stringify(identity), { mode: 0o600 })
  const flags = [...(shape.collectorFlags ?? []), ...(shape.flagsOf?.[id] ?? [])]
  const environment = shape.environmentOf?.[id] ?? {}
  const place = shape.workIn === undefined ? {} : { folder: join(data, shape.workIn) }
  const process = new TestProcess(['collector', '--data', data, ...flags], {
    environment,
    before: shape.before?.(id) ?? [],
    ...place,
  })
  return {
    id,
    process,
    data,
    start: async () => void (await process.start(/Collector \S+ for/)),
  }
}

async function edgeOf(
  cluster: string,
  hubs: ReadonlyMap<string, TestHub>,
  edges: Map<string, TestNatsServer>,
): Promise<TestNatsServer> {
  const running = edges.get(cluster)
  if (running !== undefined) return running
  const made = await startEdgeServer([...hubs.values()].map(({ server }) => server.leafPort))
  edges.set(cluster, made)
  return made
}
