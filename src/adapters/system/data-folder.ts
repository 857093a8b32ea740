import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Another process of this program works in the folder. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse'
}

export interface DataFolder {
  readonly path: string
  release(): void
}

const LOCK = 'parallax.pid'

/**
 * Makes the folder if need be and takes it for this process: two programs on one outbox or one database folder would destroy each other.
 * The lock of a process that was killed is taken over. @throws DataFolderInUse
 */
export function takeDataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true, mode: 0o755 })
  const lock = join(path, LOCK)
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lock, `${process.pid}\n`, { flag: 'wx', mode: 0o644 })
      return { path, release: () => rmSync(lock, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const holder = Number.parseInt(readFileSync(lock, 'utf8'), 10)
      if (isParallax(holder))
        throw new DataFolderInUse(`the data folder ${path} is in use by process ${holder}`)
      rmSync(lock, { force: true })
    }
  }
  throw new DataFolderInUse(`the data folder ${path} is being taken by another process`)
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
