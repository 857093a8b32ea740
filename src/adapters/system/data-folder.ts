import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Another process of this program works in the folder. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse'
}

export interface DataFolder {
  readonly path: string
  release(): void
}

/** One number and no more: people write `kill -HUP $(cat parallax.pid)`. */
const LOCK = 'parallax.pid'
/** The process that watches over that one; not there when none does. */
const WATCHDOG = 'parallax.watchdog.pid'

/**
 * Makes the folder if need be and takes it for this process: two programs on one outbox or one database folder would destroy each other.
 * The lock of a process that was killed is taken over. One whose watchdog was killed is about to end, and is helped to.
 * @throws DataFolderInUse
 */
export function takeDataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true, mode: 0o755 })
  const [lock, watchdog] = [join(path, LOCK), join(path, WATCHDOG)]
  const remove = (): void => [watchdog, lock].forEach((file) => rmSync(file, { force: true }))
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lock, `${process.pid}\n`, { flag: 'wx', mode: 0o644 })
      rmSync(watchdog, { force: true })
      if (process.connected) writeFileSync(watchdog, `${process.ppid}\n`, { mode: 0o644 })
      return { path, release: remove }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const holder = numberIn(lock)
      const isOrphan = existsSync(watchdog) && !isParallax(numberIn(watchdog))
      if (isParallax(holder) && !(isOrphan && hasEnded(holder)))
        throw new DataFolderInUse(`the data folder ${path} is in use by process ${holder}`)
      remove()
    }
  }
  throw new DataFolderInUse(`the data folder ${path} is being taken by another process`)
}

function numberIn(file: string): number {
  return Number.parseInt(readFileSync(file, 'utf8'), 10)
}

const END_MAX_MS = 2_000
const LOOK_MS = 10

/** Ends it by force, and waits: this is a start, nothing else goes on. `false`: it cannot be ended. */
function hasEnded(pid: number): boolean {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (let waited = 0; waited < END_MAX_MS; waited += LOOK_MS) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      return !isParallax(pid)
    }
    if (!isParallax(pid)) return true
    Atomics.wait(pause, 0, 0, LOOK_MS)
  }
  return false
}

/** After a restart of the machine the number may belong to anybody. */
function isParallax(pid: number): boolean {
  if (!Number.isInteger(pid) || pid === process.pid) return false
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('parallax')
  } catch {
    return false
  }
}
