import { readFileSync, readdirSync } from 'node:fs'

/** CPU and memory of a process and all below it, from /proc. */
interface Entry {
  readonly pid: number
  readonly parent: number
  readonly ownTicks: number
  readonly reapedTicks: number
}

const TICKS_PER_SECOND = 100

function entries(): Map<number, Entry> {
  const all = new Map<number, Entry>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number)
      const at = (index: number): number => fields[index] ?? 0
      all.set(Number(name), {
        pid: Number(name),
        parent: at(1),
        ownTicks: at(11) + at(12),
        reapedTicks: at(13) + at(14),
      })
    } catch {
      // It ended while we looked.
    }
  }
  return all
}

export function treeOf(root: number): number[] {
  return below(root).map((entry) => entry.pid)
}

function below(root: number): Entry[] {
  const all = entries()
  const found: Entry[] = []
  const queue = [root]
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    const entry = all.get(pid)
    if (entry !== undefined) found.push(entry)
    for (const child of all.values()) if (child.parent === pid) queue.push(child.pid)
  }
  return found
}

export interface CpuSeconds {
  /** Of the processes that are there: the daemon, its workers, its shells, its database. */
  readonly own: number
  /** Of children that ended and were waited for: the plugins. */
  readonly reaped: number
}

export function cpuOf(root: number): CpuSeconds {
  const tree = below(root)
  const sum = (key: 'ownTicks' | 'reapedTicks'): number =>
    tree.reduce((total, entry) => total + entry[key], 0) / TICKS_PER_SECOND
  return { own: sum('ownTicks'), reaped: sum('reapedTicks') }
}

/** Forks since boot, of the whole system: what an outsider can count of everybody alike. */
export function forksOfSystem(): number {
  return Number(/^processes (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? Number.NaN)
}

export function rssMbOf(pid: number): number {
  return (
    Number(
      /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN,
    ) / 1024
  )
}

export function killTree(root: number): void {
  for (const pid of treeOf(root).reverse()) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
}
