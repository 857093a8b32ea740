import { readdir, readFile, stat } from 'node:fs/promises'
import type { Clock } from '../../../base/clock.ts'

export interface ProcessRow {
  readonly pid: number
  /** The kernel's name, at most 15 characters. */
  readonly name: string
  /** A letter: R, S, D, Z, T, I ... */
  readonly state: string
  readonly uid: number
  /** The command line, its parts joined by spaces; the name in brackets for kernel threads. */
  readonly args: string
  readonly rssKib: number
  /** Share of one processor since the process began, as ps counts it. */
  readonly cpuPercent: number
}

/** Ticks per second that Linux shows to programs, on every machine. */
const TICKS = 100
const PAGE_KIB = 4
const FRESH_MS = 1000
/** Read at a time, so that a machine with thousands of processes does not fill the pool of file threads. */
const AT_ONCE = 16

/** All processes. Checks that ask within a second share one reading. */
export function createProcessTable(clock: Clock): () => Promise<readonly ProcessRow[]> {
  let reading: Promise<readonly ProcessRow[]> | undefined
  let startedMs = -Infinity
  return () => {
    if (reading === undefined || clock.monotonicMs() - startedMs > FRESH_MS) {
      startedMs = clock.monotonicMs()
      reading = readAll()
    }
    return reading
  }
}

async function readAll(): Promise<readonly ProcessRow[]> {
  const uptime = Number.parseFloat(await readFile('/proc/uptime', 'latin1'))
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const rows: ProcessRow[] = []
  for (let at = 0; at < pids.length; at += AT_ONCE) {
    const some = await Promise.all(pids.slice(at, at + AT_ONCE).map((pid) => readOne(pid, uptime)))
    for (const row of some) if (row !== undefined) rows.push(row)
  }
  return rows
}

/** `undefined` when it ended meanwhile. */
async function readOne(pid: string, uptime: number): Promise<ProcessRow | undefined> {
  try {
    const [text, cmdline, { uid }] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'latin1'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      stat(`/proc/${pid}`),
    ])
    return parseProcess(text, cmdline, uid, uptime)
  } catch {
    return undefined
  }
}

/** The name stands in brackets and may itself hold brackets and spaces. */
export function parseProcess(
  text: string,
  cmdline: string,
  uid: number,
  uptime: number,
): ProcessRow {
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  const name = text.slice(open + 1, close)
  const fields = text.slice(close + 2).split(' ')
  const field = (index: number): number => Number(fields[index] ?? 0)
  const ageSeconds = Math.max(0.01, uptime - field(19) / TICKS)
  const args = cmdline.replaceAll('\0', ' ').trim()
  return {
    pid: Number.parseInt(text, 10),
    name,
    state: fields[0] ?? '?',
    uid,
    args: args === '' ? `[${name}]` : args,
    rssKib: field(21) * PAGE_KIB,
    cpuPercent: ((field(11) + field(12)) / TICKS / ageSeconds) * 100,
  }
}
