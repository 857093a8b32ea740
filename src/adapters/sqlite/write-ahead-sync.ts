import { closeSync, fdatasync, openSync } from 'node:fs'

/**
 * Brings SQLite's write-ahead log to the disk from a thread of its own: a commit with `synchronous=FULL` does the same on the event
 * loop and was seen to hold it up for 240 ms on a busy disk. The log has no locks of its own, so a second descriptor is harmless.
 */
export interface WriteAheadSync {
  /** Resolves when all that was written before the call is on the disk. Calls while one is under way share the next. */
  sync(): Promise<void>
  close(): void
}

/** `path` is the database's; its log has to exist. */
export function openWriteAheadSync(path: string): WriteAheadSync {
  const descriptor = openSync(`${path}-wal`, 'r+')
  let running: Promise<void> | undefined
  let following: Promise<void> | undefined

  const begin = (): Promise<void> => {
    const synced = Promise.withResolvers<void>()
    fdatasync(descriptor, (error) => {
      running = undefined
      if (error === null) synced.resolve()
      else synced.reject(error)
    })
    running = synced.promise
    return running
  }
  /** What was written while one sync was under way may not be in it. */
  const beginAfter = async (earlier: Promise<void>): Promise<void> => {
    await Promise.allSettled([earlier])
    following = undefined
    await begin()
  }
  return {
    sync() {
      if (following !== undefined) return following
      if (running === undefined) return begin()
      following = beginAfter(running)
      return following
    },
    close() {
      const free = (): void => closeSync(descriptor)
      if (running === undefined) free()
      else void Promise.allSettled([following ?? running]).then(free)
    },
  }
}
