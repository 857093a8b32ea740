import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../base/clock.ts'
import type { Log } from '../../../base/log.ts'
import { commandLineOf, isAlive, signal } from '../../process/processes.ts'
import { watchOver } from '../../process/watchdog.ts'
import { readServerLines } from './log-lines.ts'

/** No nats-server can run here; the message says why and what to do. */
export class BusServerUnavailable extends Error {
  override readonly name = 'BusServerUnavailable'
}

export interface ServerChild {
  readonly pid: number
  /** Resolves when the process has ended, for whatever reason, with what it said last. */
  readonly ended: Promise<string>
  /** Reads its configuration again: accounts and certificates, without losing a connection. */
  reload(): void
  stop(): Promise<void>
}

export interface ChildParts {
  readonly program: string
  readonly configurationPath: string
  readonly pidPath: string
  readonly clock: Clock
  readonly log: Log
}

/** Streams are read again before it is ready; a large one on a slow disk takes its time. */
const READY_MAX_MS = 60_000
const STOP_MAX_MS = 8_000
const KILL_MAX_MS = 2_000
const POLL_MS = 10
/** Debian puts it where only root's path leads. */
const MORE_FOLDERS: readonly string[] = [
  '/usr/local/bin',
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/sbin',
]

/**
 * @param path of the environment
 * @param more folders where it may be besides
 * @throws BusServerUnavailable
 */
export function findServer(path: string | undefined, more = MORE_FOLDERS): string {
  const folders = [...(path ?? '').split(':').filter((folder) => folder !== ''), ...more]
  const found = folders
    .map((folder) => join(folder, 'nats-server'))
    .find((program) => existsSync(program))
  if (found !== undefined) return found
  throw new BusServerUnavailable(
    'nats-server is not installed: a hub with collectors on other machines needs it\n' +
      '  Install it (Debian: apt-get install nats-server), or name servers that somebody else runs: --bus-url',
  )
}

/** Resolves when it takes connections. It ends with our process, however that ends. @throws BusServerUnavailable */
export async function startChild(parts: ChildParts): Promise<ServerChild> {
  const { program, configurationPath, clock, log } = parts
  const lines = readServerLines(log, clock)
  // Its own session: Ctrl-C in our terminal must reach us alone, because our last results still have to get through.
  const child = spawn(program, ['-c', configurationPath], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr.setEncoding('utf8').on('data', (piece: string) => lines.take(piece))
  const ended = new Promise<string>((resolve) => {
    child.once('close', () => resolve(lines.last()))
  })
  const pid = await pidOf(child, program)
  const dismiss = watchOver(pid)
  const endWithUs = (): void => void signal(pid, 'SIGINT')
  process.once('exit', endWithUs)
  void ended.then(() => {
    dismiss()
    process.removeListener('exit', endWithUs)
  })
  const ready = new Promise<'ready'>((resolve) =>
    lines.onText('Server is ready', () => resolve('ready')),
  )
  const stop = (): Promise<void> => stopChild(pid, ended, clock)
  const late = new AbortController()
  const first = await Promise.race([
    ready,
    ended,
    clock.sleep(READY_MAX_MS, late.signal).then(() => 'it was not ready in time'),
  ])
  late.abort()
  if (first !== 'ready') {
    await stop()
    throw new BusServerUnavailable(whyNot(first))
  }
  return { pid, ended, reload: () => void signal(pid, 'SIGHUP'), stop }
}

function whyNot(lastWords: string): string {
  const [, address] = /listen tcp (\S+): bind: address already in use/.exec(lastWords) ?? []
  if (address === undefined) return `nats-server cannot run: ${lastWords}`
  return (
    `${address} is in use by another program: the nats-server of this hub cannot listen there\n` +
    '  Choose another with --bus-listen or --leaf-listen, or name servers that somebody else runs: --bus-url'
  )
}

function pidOf(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid as number))
    child.once('error', (cause) =>
      reject(new BusServerUnavailable(`cannot start ${program}: ${cause.message}`, { cause })),
    )
  })
}

async function stopChild(pid: number, ended: Promise<unknown>, clock: Clock): Promise<void> {
  for (const [name, patienceMs] of [
    ['SIGTERM', STOP_MAX_MS],
    ['SIGKILL', KILL_MAX_MS],
  ] as const) {
    if (!signal(pid, name)) break
    const patience = new AbortController()
    const isOver = ended.then(() => true)
    const outcome = await Promise.race([isOver, clock.sleep(patienceMs, patience.signal)])
    patience.abort()
    if (outcome === true) return
  }
  await ended
}

/** After a `kill -9` of Parallax its server may still be about to end, with the port in its hands. */
export async function clearTheWay({
  configurationPath,
  pidPath,
  clock,
}: ChildParts): Promise<void> {
  const pid = Number(await readFile(pidPath, 'utf8').catch(() => '0'))
  const isOurs = (): boolean =>
    pid > 0 && isAlive(pid) && (commandLineOf(pid) ?? '').includes(configurationPath)
  for (const [name, patienceMs] of [
    ['SIGINT', STOP_MAX_MS],
    ['SIGKILL', KILL_MAX_MS],
  ] as const) {
    if (!isOurs()) break
    signal(pid, name)
    const until = clock.monotonicMs() + patienceMs
    while (isOurs() && clock.monotonicMs() < until) await clock.sleep(POLL_MS)
  }
  await rm(pidPath, { force: true })
}
