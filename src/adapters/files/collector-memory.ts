import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '../../base/log.ts'
import type { CollectorMemory } from '../../collector/assignment/memory.ts'

/** A few bytes of JSON: what a collector knows of its place in the cluster survives a restart and the loss of power. */
export function openCollectorMemory(path: string, log: Log): CollectorMemory {
  let isFailing = false
  return {
    load() {
      try {
        return JSON.parse(readFileSync(path, 'utf8')) as unknown
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
          log.warn('the place in the cluster cannot be read: it is as at the first start', {
            path,
            error,
          })
        return undefined
      }
    },
    save(remembered) {
      try {
        replace(path, JSON.stringify(remembered))
        isFailing = false
      } catch (error) {
        if (!isFailing) log.warn('the place in the cluster cannot be kept', { path, error })
        isFailing = true
      }
    },
  }
}

/** Either the old text or the new one stands there, whatever happens. */
function replace(path: string, text: string): void {
  const fresh = `${path}.new`
  const file = openSync(fresh, 'w', 0o600)
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(fresh, path)
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
