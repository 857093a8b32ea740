import { chmod, mkdir } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { findBinaries } from './embedded/binaries.ts'
import {
  claim,
  clusterFolder,
  DATABASE_USER,
  prepare,
  type ClusterFolder,
} from './embedded/cluster-folder.ts'
import { serverUser } from './embedded/os-user.ts'
import {
  clearTheWay,
  startPostmaster,
  type Launch,
  type Postmaster,
} from './embedded/postmaster.ts'
import { signal } from '../process/processes.ts'
import { clearUnfinished } from './embedded/unfinished.ts'
import { watchOver } from '../process/watchdog.ts'

export interface EmbeddedOptions {
  /** Belongs to this server alone; made when missing. */
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
}

export interface EmbeddedServer {
  /** Names the user, the password and the database `postgres`. Stays the same while the server is restarted. */
  readonly url: string
  /** Such as '18.4.0-beta.17'. */
  readonly version: string
  /** Process id of the running server; changes when it had to be started again. */
  readonly pid: () => number
  stop(): Promise<void>
}

/** A path of a Unix socket holds 107 bytes at most, `/.s.PGSQL.5432` included. */
const SOCKET_FOLDER_BYTES_MAX = 90
const RESTART_MIN_MS = 100
const RESTART_MAX_MS = 5_000

/**
 * Starts the PostgreSQL that npm brought, in a folder of ours, reachable only from this machine and only with the folder's
 * password. A server that dies is started again; when our process dies, the server ends too.
 * @throws EmbeddedUnavailable when it cannot run here (no package, another version's data, folder in use, missing library)
 */
export async function startEmbedded({
  folder: root,
  clock,
  log,
}: EmbeddedOptions): Promise<EmbeddedServer> {
  const folder = clusterFolder(root)
  await mkdir(root, { recursive: true, mode: 0o711 })
  const release = await claim(folder)
  try {
    const user = serverUser(existsSync(folder.data) ? folder.data : undefined)
    if (user !== undefined) await chmod(root, 0o711)
    const binaries = await findBinaries(root, user)
    await clearUnfinished(folder, clock)
    const password = await prepare(folder, binaries, user)
    if ((await clearTheWay(folder, clock)) === 'stopped-orphan') {
      log.warn('embedded database of an earlier run was still there, stopped it')
    }
    const address = await addressOf(folder)
    const launch: Launch = { folder, binaries, user, clock, listen: address.flags }
    const keeper = await keepRunning(launch, log)
    let stopped: Promise<void> | undefined
    return {
      url: `postgres://${DATABASE_USER}:${password}@${address.authority}/postgres`,
      version: binaries.version,
      pid: keeper.pid,
      stop: () => (stopped ??= keeper.stop().then(release)),
    }
  } catch (error) {
    await release()
    throw error
  }
}

interface Address {
  readonly flags: readonly string[]
  readonly authority: string
}

/** A Unix socket in the folder where its path is short enough, else a free port of the loopback. */
async function addressOf(folder: ClusterFolder): Promise<Address> {
  if (Buffer.byteLength(folder.socketFolder) <= SOCKET_FOLDER_BYTES_MAX) {
    return {
      flags: ['-k', folder.socketFolder, '-c', 'listen_addresses=', '-p', '5432'],
      authority: encodeURIComponent(folder.socketFolder),
    }
  }
  const port = await freePort()
  return {
    flags: ['-c', 'unix_socket_directories=', '-c', 'listen_addresses=127.0.0.1', '-p', `${port}`],
    authority: `127.0.0.1:${port}`,
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

interface Keeper {
  readonly pid: () => number
  stop(): Promise<void>
}

/** Holds one server up until it is told to stop. */
async function keepRunning(launch: Launch, log: Log): Promise<Keeper> {
  let server = await startPostmaster(launch)
  const stopping = new AbortController()
  const endWithUs = (): void => void signal(server.pid, 'SIGINT')
  process.once('exit', endWithUs)

  const holdUp = async (): Promise<void> => {
    for (;;) {
      const dismiss = watchOver(server.pid)
      await server.ended
      dismiss()
      if (stopping.signal.aborted) return
      log.warn('embedded database ended, starting it again', { log: launch.folder.log })
      const again = await startAgain(launch, stopping.signal)
      if (again === undefined) return
      server = again
    }
  }
  const held = holdUp()
  return {
    pid: () => server.pid,
    stop: async () => {
      stopping.abort()
      process.removeListener('exit', endWithUs)
      await server.stop()
      await held
    },
  }
}

/** Tries for as long as it takes, with growing pauses; `undefined` when told to stop meanwhile. */
async function startAgain(launch: Launch, stopping: AbortSignal): Promise<Postmaster | undefined> {
  let pauseMs = RESTART_MIN_MS
  while (!stopping.aborted) {
    await clearTheWay(launch.folder, launch.clock)
    try {
      const server = await startPostmaster(launch)
      if (!stopping.aborted) return server
      await server.stop()
    } catch {
      await launch.clock.sleep(pauseMs, stopping) // its own log says why; the pools report the outage
      pauseMs = Math.min(pauseMs * 2, RESTART_MAX_MS)
    }
  }
  return undefined
}
