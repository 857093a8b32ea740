import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { CommandFailed, EXIT } from '../exit.ts'

/** A program of ours on this machine. */
export interface Victim {
  readonly pid: number
  /** The process that would start it again at once, and so end the failure; 0 for none. */
  readonly watchdog: number
  /** Its data folder; `undefined` where that cannot be seen. */
  readonly folder: string | undefined
}

/** Every program that takes part has it open, in its data folder. */
const OUTBOX = '/outbox.sqlite'

/** What takes the data folder: rule WD1 of docs/spec/watchdog.md. @throws CommandFailed when nothing runs there */
export function victimOfFolder(folder: string): Victim {
  let text: string
  try {
    text = readFileSync(join(folder, 'parallax.pid'), 'utf8')
  } catch {
    throw new CommandFailed(
      EXIT.notFound,
      `nothing runs on the data folder ${folder}`,
      'name the folder of a collector or hub that runs on this machine',
    )
  }
  return programAt(ours(Number(text)), folder)
}

/** Of the program, or of the watchdog above it. @throws CommandFailed when it is none of ours */
export function victimOfPid(pid: number): Victim {
  const program = childrenOf(ours(pid)).find(isOurs)
  if (program !== undefined) return { pid: program, watchdog: pid, folder: folderOf(program) }
  return programAt(pid, folderOf(pid))
}

function programAt(pid: number, folder: string | undefined): Victim {
  const parent = parentOf(pid)
  return { pid, watchdog: isOurs(parent) ? parent : 0, folder }
}

function folderOf(pid: number): string | undefined {
  try {
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => openAt(`/proc/${pid}/fd/${fd}`))
    const outbox = open.find((path) => path.endsWith(OUTBOX))
    return outbox === undefined ? undefined : dirname(outbox)
  } catch {
    return undefined // it ended, or it is somebody else's
  }
}

function openAt(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return '' // closed meanwhile
  }
}

/** @throws CommandFailed when systemd does not know the unit, or it does not run */
export function victimOfUnit(unit: string): Victim {
  let text: string
  try {
    text = execFileSync('systemctl', ['show', '--property=MainPID', '--value', '--', unit], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    throw new CommandFailed(EXIT.notFound, `systemd cannot be asked for the unit ${unit}`)
  }
  const pid = Number(text.trim())
  if (!(pid > 0)) throw new CommandFailed(EXIT.notFound, `the unit ${unit} does not run`)
  return victimOfPid(pid)
}

/** Ends it as a machine that loses its power does: what would start it again is held. */
export function kill({ pid, watchdog }: Victim): void {
  send(watchdog, 'SIGSTOP')
  send(pid, 'SIGKILL')
}

/** As a machine that swaps to death: connections stay open, and nothing comes any more. */
export function hang({ pid, watchdog }: Victim): void {
  send(watchdog, 'SIGSTOP')
  send(pid, 'SIGSTOP')
}

/** Goes on, where there is something that can. */
export function goOn({ pid, watchdog }: Victim): void {
  send(pid, 'SIGCONT')
  send(watchdog, 'SIGCONT')
}

/** @throws CommandFailed when it ends with another status than 0 */
export async function runCommand(line: string): Promise<void> {
  const child = spawn('/bin/sh', ['-c', line], { stdio: ['ignore', 'inherit', 'inherit'] })
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.once('error', reject)
  // Not `close`: what it leaves running in the background may keep the pipes.
  child.once('exit', resolve)
  const status = await promise
  if (status !== 0)
    throw new CommandFailed(EXIT.failed, `'${line}' ended with ${status ?? 'a signal'}`)
}

function send(pid: number, signal: NodeJS.Signals): void {
  if (pid === 0) return
  try {
    process.kill(pid, signal)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ESRCH') return
    if (code !== 'EPERM') throw error
    throw new CommandFailed(
      EXIT.auth,
      `process ${pid} belongs to somebody else`,
      'run the drill as its user, or as root',
    )
  }
}

function ours(pid: number): number {
  if (isOurs(pid)) return pid
  throw new CommandFailed(EXIT.notFound, `process ${pid} is no Parallax program`)
}

function isOurs(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 1 || pid === process.pid) return false
  const words = readProc(pid, 'cmdline')?.split('\0') ?? []
  return words.some((word) => /(^|\/)parallax$/.test(word))
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(readProc(pid, 'status') ?? '')?.[1] ?? 0)
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((child) => Number.isInteger(child) && child > 0 && parentOf(child) === pid)
}

function readProc(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return undefined // it ended
  }
}
