import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGround, type Ground } from './ground.ts'
import { startNetwork, type Network } from './network.ts'
import { HTTP_PORT, TCP_PORTS } from './target-ports.ts'

/** Three clusters in three sites, two hubs, and real servers in two other sites that all three clusters watch with the real plugins. */
export interface ThreeClusters {
  readonly ground: Ground
  readonly network: Network
  /** Ends the process of the target with the long interval; its machine goes on. */
  killServer(): Promise<void>
  startServer(): Promise<void>
  /** A machine that gets nothing done: every plugin of the cluster hangs. */
  overload(cluster: string): void
  relieve(cluster: string): void
  /** Sets the clock of the cluster with a clock that can be set. */
  stepClock(seconds: number): void
  /** Undoes whatever was done to it. */
  mend(): Promise<void>
  stop(): Promise<void>
}

export const CLUSTERS = ['east', 'north', 'west'] as const
/** Whose clock can be set. */
export const STEPPED = 'north'
/** Checked every `QUICK_MS`, in two sites. */
export const QUICK = { plain: ['web', 'db', 'app'], hill: ['mail', 'dns'] } as const
export const QUICK_MS = 6_000
/** Checked every minute, by more services than the others have. */
export const SLOW = 'shop'
export const SLOW_SERVICES = ['basket', 'ledger', 'search', 'stock', 'login', 'pages'] as const

const PLUGINS = '/usr/lib/nagios/plugins'
const TIMEOUT_S = 4
const TARGETS = [...QUICK.plain, ...QUICK.hill, SLOW]

/** The folder of a cluster says at which addresses it finds the targets, and whether its machine gets anything done. */
const line = (plugin: string, more: string): string =>
  `"test ! -e busy || sleep 30; exec ${PLUGINS}/${plugin} -H $(cat net).$ARG1$ -p $ARG2$ -t ${TIMEOUT_S}${more}"`

const tcp = (ground: Ground, host: string, n: number): string =>
  `tcp!${ground.numberOf(host)}!${TCP_PORTS[n % TCP_PORTS.length]}`
const http = (ground: Ground, host: string): string => `http!${ground.numberOf(host)}!${HTTP_PORT}`

function quickHost(ground: Ground, host: string, site: string): string {
  return `  ${host}:
    use: [seen]
    site: ${site}
    checkCommand: ${tcp(ground, host, 0)}
    services: { http: { use: [often], checkCommand: ${http(ground, host)} } }`
}

function slowHost(ground: Ground): string {
  const services = SLOW_SERVICES.map((service, n) => {
    const command = service === 'pages' ? http(ground, SLOW) : tcp(ground, SLOW, n)
    return `      ${service}: { checkCommand: ${command}, checkInterval: 60s, checkTimeout: 6s }`
  })
  return `  ${SLOW}:
    observers: [${CLUSTERS.join(', ')}]
    site: hill
    checkInterval: 60s
    checkTimeout: 6s
    checkCommand: ${tcp(ground, SLOW, 1)}
    services:
${services.join('\n')}`
}

const yamlOf = (ground: Ground): string => `selfMonitoring: false
commands:
  tcp: { line: ${line('check_tcp', ' -e READY')} }
  http: { line: ${line('check_http', '')} }
clusters: { ${CLUSTERS.map((cluster) => `${cluster}: {}`).join(', ')} }
templates:
  hosts:
    seen: { observers: [${CLUSTERS.join(', ')}], checkInterval: ${QUICK_MS / 1000}s, checkTimeout: 6s }
  services:
    often: { checkInterval: ${QUICK_MS / 1000}s, checkTimeout: 6s }
hosts:
${Object.entries(QUICK)
  .flatMap(([site, hosts]) => hosts.map((host) => quickHost(ground, host, site)))
  .join('\n')}
${slowHost(ground)}
`

/** Programs of ours end with the process of the test, however that ends. */
const WITH_US = ['setpriv', '--pdeathsig', 'KILL']
/** Where Debian puts it on the machines it runs on. */
const FAKETIME = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`,
)

function clockOf(file: string): Record<string, string> {
  const library = FAKETIME.find((path) => existsSync(path))
  if (library === undefined) throw new Error('libfaketime is missing: scripts/test-packages.sh')
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    DONT_FAKE_MONOTONIC: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  }
}

export async function startThreeClusters(): Promise<ThreeClusters> {
  const folder = mkdtempSync(join(tmpdir(), 'parallax-clusters-'))
  const clockFile = join(folder, 'clock')
  writeFileSync(clockFile, '+0\n')
  const sights = new Map<string, string>()
  const busy = (cluster: string): string => join(sights.get(cluster) ?? '', 'busy')
  const ground = await startGround({ clusters: CLUSTERS, targets: TARGETS })
  const targets: ChildProcess[] = []
  let server: ChildProcess | undefined
  let network: Network | undefined
  async function stop(): Promise<void> {
    await network?.stop()
    await Promise.all([...targets, ...(server === undefined ? [] : [server])].map(ended))
    await ground.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const quick = [...QUICK.plain, ...QUICK.hill].map((host) => ground.listenAddress(host))
    targets.push(await startTargets(quick))
    server = await startTargets([ground.listenAddress(SLOW)])
    network = await startNetwork({
      yaml: yamlOf(ground),
      hubs: ['hub-a', 'hub-b'],
      arePeers: true,
      collectors: CLUSTERS.map((cluster) => `${cluster}.c1`),
      way: (collector, _, port) => ground.reach(clusterOf(collector), port),
      before: (program) =>
        program.startsWith('hub') ? WITH_US : [...ground.before(clusterOf(program)), ...WITH_US],
      environmentOf: { [`${STEPPED}.c1`]: clockOf(clockFile) },
      prepare(collector, data) {
        const cluster = clusterOf(collector)
        const sight = join(data, 'sight')
        mkdirSync(sight)
        writeFileSync(join(sight, 'net'), ground.prefixOf(cluster))
        sights.set(cluster, sight)
      },
      workIn: 'sight',
    })
  } catch (error) {
    await stop()
    throw error
  }
  const collectors = network.collectors
  const world: ThreeClusters = {
    ground,
    network,
    async killServer() {
      if (server !== undefined) await ended(server)
      server = undefined
    },
    async startServer() {
      server ??= await startTargets([ground.listenAddress(SLOW)])
    },
    overload: (cluster) => writeFileSync(busy(cluster), ''),
    relieve: (cluster) => rmSync(busy(cluster), { force: true }),
    stepClock: (seconds) => writeFileSync(clockFile, `${seconds < 0 ? '' : '+'}${seconds}\n`),
    async mend() {
      ground.mend()
      world.stepClock(0)
      for (const cluster of CLUSTERS) world.relieve(cluster)
      await Promise.all(collectors.map(({ process }) => process.signal('SIGCONT')))
      await world.startServer()
    },
    stop,
  }
  return world
}

const clusterOf = (collector: string): string => collector.split('.')[0] ?? ''

/** Resolves when they listen. They end with us: their standard input does. */
async function startTargets(addresses: readonly string[]): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'target-child.ts'), ...addresses],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const [said] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [
    unknown,
  ]
  if (!Buffer.isBuffer(said)) throw new Error('the watched servers did not start')
  return child
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
