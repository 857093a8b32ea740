import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Looks at other processes of this machine, to tell a server of ours from a stranger with a reused process id. */

/** One that has ended but that nobody has asked after yet (a zombie) does not count. */
export function isAlive(pid: number): boolean {
  if (fieldsOf(pid)?.[0] === 'Z') return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Changes when the process id is reused; `undefined` when there is no such process. */
export function birthOf(pid: number): string | undefined {
  const fields = fieldsOf(pid)
  if (fields !== undefined) return fields[0] === 'Z' ? undefined : fields[19]
  return existsSync('/proc/self') ? undefined : ps(pid, 'lstart=')
}

/** Of /proc/<pid>/stat, from the third on: state first, start time at 19 (see proc(5)). */
function fieldsOf(pid: number): string[] | undefined {
  const stat = read(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
}

export function commandLineOf(pid: number): string | undefined {
  const line = read(`/proc/${pid}/cmdline`)
  if (line !== undefined) return line.replaceAll('\0', ' ').trim()
  return existsSync('/proc/self') ? undefined : ps(pid, 'command=')
}

/** Processes that work in this folder. Only Linux tells; elsewhere the list is empty. */
export function processesIn(folder: string): number[] {
  if (!existsSync('/proc/self')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder
      } catch {
        return false // ended meanwhile, or another user's
      }
    })
}

/** Processes that were started with exactly this argument. Only Linux tells; elsewhere the list is empty. */
export function processesWith(argument: string): number[] {
  if (!existsSync('/proc/self')) return []
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && read(`/proc/${pid}/cmdline`)?.split('\0').includes(argument))
}

/** `false` when it was gone already. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name)
    return true
  } catch {
    return false
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function ps(pid: number, column: string): string | undefined {
  try {
    return execFileSync('ps', ['-o', column, '-p', `${pid}`], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}
