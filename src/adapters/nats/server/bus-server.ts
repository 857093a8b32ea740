import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '../../../base/clock.ts'
import type { Log } from '../../../base/log.ts'
import { privateFolder, writePrivate } from '../trust/private-files.ts'
import type { Trust } from '../trust/trust.ts'
import { clearTheWay, findServer, startChild, type ChildParts, type ServerChild } from './child.ts'
import { authority, configurationText, type Endpoint } from './configuration.ts'

export interface BusServerParts {
  /** Belongs to this server alone: its configuration, streams and accounts. Made when missing. */
  readonly folder: string
  /** Of the hub. */
  readonly name: string
  /** Port 0 takes a free one, and keeps it. */
  readonly listen: Endpoint
  readonly leafListen: Endpoint | undefined
  /** Names and addresses under which others reach it; those of this machine's loopback are added. */
  readonly names: readonly string[]
  /** Bound of what its streams may take on the disk. */
  readonly storeBytesMax?: number
  readonly trust: Trust
  /** PATH of the environment. */
  readonly path: string | undefined
  readonly clock: Clock
  readonly log: Log
}

export interface BusServer {
  /** For ourselves, on this machine; stays the same while the server is started again. */
  readonly url: string
  readonly port: number
  readonly leafPort: number | undefined
  /** Its own figures over HTTP, on the loopback. */
  readonly monitorUrl: string
  /** Process id of the running server; changes when it had to be started again. */
  readonly pid: () => number
  /** Settles only by rejecting: the server died and cannot be started again. */
  readonly failed: Promise<never>
  close(): Promise<void>
}

const STORE_BYTES_MAX = 1024 * 1024 * 1024
const RESTART_MIN_MS = 100
const RESTART_MAX_MS = 5_000
/** After so many attempts in a row the whole program may have more luck. */
const RESTARTS_MAX = 20
const LOOPBACK = ['localhost', '127.0.0.1', '::1']
const RENEW_CHECK_MS = 12 * 3_600_000

/**
 * Runs a nats-server of our own: it lets in who has credentials of this trust, over TLS only. One that dies is started again; when our
 * process dies, it ends too.
 * @throws BusServerUnavailable when it cannot run here (not installed, address in use)
 */
export async function startBusServer(parts: BusServerParts): Promise<BusServer> {
  const program = findServer(parts.path)
  const [listen, leafListen, monitor] = await Promise.all([
    settled(parts.listen),
    parts.leafListen === undefined ? undefined : settled(parts.leafListen),
    settled({ host: '127.0.0.1', port: 0 }),
  ])
  const launch: ChildParts = {
    program,
    configurationPath: join(parts.folder, 'nats-server.conf'),
    pidPath: join(parts.folder, 'nats-server.pid'),
    clock: parts.clock,
    log: parts.log,
  }
  const configure = (): Promise<boolean> =>
    writeFiles(parts, launch, { listen, leafListen, monitor })
  await clearTheWay(launch)
  const keeper = await keepRunning(launch, configure)
  const reached = ['0.0.0.0', '::'].includes(listen.host) ? '127.0.0.1' : listen.host
  return {
    url: `tls://${authority({ host: reached, port: listen.port })}`,
    port: listen.port,
    leafPort: leafListen?.port,
    monitorUrl: `http://${authority(monitor)}`,
    pid: keeper.pid,
    failed: keeper.failed,
    close: () => keeper.close(),
  }
}

interface Endpoints {
  readonly listen: Endpoint
  readonly leafListen: Endpoint | undefined
  readonly monitor: Endpoint
}

/** @returns whether there is a new certificate */
async function writeFiles(
  { folder, name, names, trust, storeBytesMax = STORE_BYTES_MAX }: BusServerParts,
  { configurationPath, pidPath }: ChildParts,
  { listen, leafListen, monitor }: Endpoints,
): Promise<boolean> {
  await privateFolder(folder)
  const caPath = join(folder, 'ca.crt')
  await writePrivate(caPath, trust.ca)
  const reached = [...new Set([...names, ...LOOPBACK, ...namesOf(listen)])]
  const { certificatePath, keyPath, isNew } = await trust.certificate(name, reached)
  const text = configurationText({
    name,
    listen,
    monitor,
    pidFile: pidPath,
    tls: { certificatePath, keyPath, caPath },
    anchors: trust.anchors,
    account: await trust.account(),
    resolverFolder: join(folder, 'accounts'),
    streams: { folder: join(folder, 'streams'), bytesMax: storeBytesMax, domain: name },
    ...(leafListen !== undefined && { leafListen }),
  })
  await writePrivate(configurationPath, `# Parallax writes this at every start.\n${text}`)
  return isNew
}

/** What it listens on is a name for it too, except for "everywhere". */
function namesOf({ host }: Endpoint): string[] {
  return ['0.0.0.0', '::'].includes(host) ? [] : [host]
}

async function settled({ host, port }: Endpoint): Promise<Endpoint> {
  if (port !== 0) return { host, port }
  const probe = createServer().listen(0, host)
  await once(probe, 'listening')
  const address = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return { host, port: address.port }
}

interface Keeper {
  readonly pid: () => number
  readonly failed: Promise<never>
  close(): Promise<void>
}

/** Holds one server up until it is told to stop. */
async function keepRunning(launch: ChildParts, configure: () => Promise<boolean>): Promise<Keeper> {
  const { clock, log } = launch
  await configure()
  let server = await startChild(launch)
  const stopping = new AbortController()
  const { signal } = stopping

  const holdUp = async (): Promise<void> => {
    for (;;) {
      const lastWords = await server.ended
      if (signal.aborted) return
      log.warn('the nats-server ended, starting it again', { lastWords })
      const again = await startAgain(launch, configure, signal)
      if (again === undefined) return
      server = again
    }
  }
  const renew = async (): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(RENEW_CHECK_MS, signal)
      if (!signal.aborted && (await configure())) server.reload()
    }
  }
  const held = Promise.all([holdUp(), renew()])
  const failed = held.then(() => new Promise<never>(() => undefined))
  failed.catch(() => undefined) // who runs it looks at `failed`
  return {
    pid: () => server.pid,
    failed,
    async close() {
      stopping.abort()
      await server.stop()
      await held.catch(() => undefined)
    },
  }
}

/** With growing pauses; `undefined` when told to stop meanwhile. @throws BusServerUnavailable after the last attempt */
async function startAgain(
  launch: ChildParts,
  configure: () => Promise<boolean>,
  stopping: AbortSignal,
): Promise<ServerChild | undefined> {
  let pauseMs = RESTART_MIN_MS
  for (let attempt = 1; !stopping.aborted; attempt++) {
    try {
      await configure()
      const server = await startChild(launch)
      if (!stopping.aborted) return server
      await server.stop()
    } catch (error) {
      if (attempt >= RESTARTS_MAX) throw error
      await launch.clock.sleep(pauseMs, stopping) // its own last words are in the log
      pauseMs = Math.min(pauseMs * 2, RESTART_MAX_MS)
    }
  }
  return undefined
}
