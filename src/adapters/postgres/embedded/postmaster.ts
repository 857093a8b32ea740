import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../../base/clock.ts'
import type { Binaries } from './binaries.ts'
import { cannotRun, SERVER_ENVIRONMENT, type ClusterFolder } from './cluster-folder.ts'
import type { OsUser } from './os-user.ts'
import { commandLineOf, isAlive, processesIn, signal } from '../../process/processes.ts'

export interface Postmaster {
  readonly pid: number
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>
  /** Fast shutdown: open transactions are rolled back, memory is written, the next start needs no recovery. */
  stop(): Promise<void>
}

export interface Launch {
  readonly folder: ClusterFolder
  readonly binaries: Binaries
  readonly user: OsUser | undefined
  readonly clock: Clock
  /** Where to listen; see `addressOf`. */
  readonly listen: readonly string[]
}

/** Recovery after a crash reads up to max_wal_size of log: seconds, on a slow disk minutes. */
const READY_MAX_MS = 600_000
const POLL_MS = 5
const FAST_STOP_MAX_MS = 8_000
const HARD_STOP_MAX_MS = 4_000

/**
 * Suited to a small machine that does other work too; reasons in docs/operating/database.md. The command line wins over files,
 * so an update of Parallax brings its settings along.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  shared_buffers: '128MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  max_connections: '24',
  superuser_reserved_connections: '2',
  synchronous_commit: 'on',
  wal_compression: 'pglz',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '1GB',
  min_wal_size: '128MB',
  checkpoint_timeout: '10min',
  io_method: 'sync',
  max_worker_processes: '2',
  max_logical_replication_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  autovacuum_max_workers: '2',
  autovacuum_naptime: '20s',
  jit: 'off',
  huge_pages: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
  logging_collector: 'off',
}

/** Starts the server and waits until it takes connections. @throws EmbeddedUnavailable with what it said when it ends instead */
export async function startPostmaster(launch: Launch): Promise<Postmaster> {
  const { folder, clock } = launch
  const child = spawnServer(launch)
  const pid = await pidOf(child, launch)
  let isRunning = true
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      isRunning = false
      resolve()
    }),
  )
  const patience = clock.monotonicMs() + READY_MAX_MS
  while (!isReady(folder, pid)) {
    if (isRunning && clock.monotonicMs() < patience) await clock.sleep(POLL_MS)
    else {
      await stopServer(pid, folder, clock)
      throw cannotRun(launch.binaries.postgres, lastWordsOf(folder))
    }
  }
  return {
    pid,
    ended,
    async stop() {
      child.ref() // from here on its end is waited for
      await stopServer(pid, folder, clock)
      if (isRunning) await ended
    },
  }
}

function spawnServer({ folder, binaries, user, listen }: Launch): ChildProcess {
  if (existsSync(folder.log)) renameSync(folder.log, `${folder.log}.1`)
  const log = openSync(folder.log, 'a', 0o600)
  try {
    // Its own session: Ctrl-C in our terminal must reach us alone, because our last results still have to be stored.
    const child = spawn(
      binaries.postgres,
      ['-D', folder.data, ...Object.entries(SETTINGS).flatMap(flag), ...listen],
      {
        ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
        cwd: '/',
        env: SERVER_ENVIRONMENT,
        detached: true,
        stdio: ['ignore', log, log],
      },
    )
    child.unref()
    return child
  } finally {
    closeSync(log)
  }
}

const flag = ([name, value]: readonly [string, string]): string[] => ['-c', `${name}=${value}`]

function pidOf(child: ChildProcess, { binaries }: Launch): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid as number))
    child.once('error', (cause) => reject(cannotRun(binaries.postgres, cause.message, cause)))
  })
}

/** The eighth line of postmaster.pid says it, and pg_ctl reads it there too. */
function isReady(folder: ClusterFolder, pid: number): boolean {
  const lines = pidFileOf(folder)
  return lines[0] === `${pid}` && lines[7]?.trim() === 'ready'
}

function pidFileOf(folder: ClusterFolder): string[] {
  try {
    return readFileSync(join(folder.data, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}

function lastWordsOf(folder: ClusterFolder): string {
  return existsSync(folder.log) ? readFileSync(folder.log, 'utf8').slice(-2048).trim() : ''
}

/**
 * After a `kill -9` of Parallax its server may still run, be stopping, or have left its lock behind; a `kill -9` of the server
 * leaves children. All of them end here, and a lock whose process id now belongs to a stranger is removed (in a container ids
 * repeat, and PostgreSQL would refuse to start).
 */
export async function clearTheWay(
  folder: ClusterFolder,
  clock: Clock,
): Promise<'clear' | 'stopped-orphan'> {
  const pid = Number(pidFileOf(folder)[0] ?? '0')
  const isOurs = pid > 0 && (commandLineOf(pid) ?? '').includes(folder.data)
  if (isOurs) await stopServer(pid, folder, clock)
  const children = processesIn(folder.data)
  for (const child of children) signal(child, 'SIGKILL')
  await waitUntil(clock, HARD_STOP_MAX_MS, () => processesIn(folder.data).length === 0)
  rmSync(join(folder.data, 'postmaster.pid'), { force: true })
  return isOurs || children.length > 0 ? 'stopped-orphan' : 'clear'
}

/** Fast, then immediate, then by force; each with a bound. Only while the process id is still the server's. */
async function stopServer(pid: number, folder: ClusterFolder, clock: Clock): Promise<void> {
  for (const [name, patienceMs] of [
    ['SIGINT', FAST_STOP_MAX_MS],
    ['SIGQUIT', HARD_STOP_MAX_MS],
    ['SIGKILL', HARD_STOP_MAX_MS],
  ] as const) {
    if (!isServer(pid, folder) || !signal(pid, name)) return
    if (await waitUntil(clock, patienceMs, () => !isServer(pid, folder))) return
  }
}

/** A process that has ended but was not yet reaped has no command line any more. */
function isServer(pid: number, folder: ClusterFolder): boolean {
  return isAlive(pid) && (commandLineOf(pid) ?? '').includes(folder.data)
}

async function waitUntil(
  clock: Clock,
  patienceMs: number,
  isTrue: () => boolean,
): Promise<boolean> {
  const until = clock.monotonicMs() + patienceMs
  while (!isTrue()) {
    if (clock.monotonicMs() >= until) return false
    await clock.sleep(POLL_MS)
  }
  return true
}
