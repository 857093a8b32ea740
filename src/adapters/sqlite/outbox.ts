import { assert } from '../../base/assert.ts'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import {
  OutboxUnavailable,
  type Outbox,
  type OutboxBehind,
  type OutboxEntry,
} from '../../collector/ports.ts'
import type { CheckResult } from '../../domain/check-result.ts'
import {
  identityOf,
  isDamage,
  isSqliteError,
  moved,
  numberOf,
  openFile,
  setAside,
  type BatchRow,
  type Opened,
} from './outbox-file.ts'
import { behindOf, readAfter, readBefore, type HeldUpTo, type Read } from './outbox-reading.ts'
import { drop, shortenBatch } from './outbox-rows.ts'
import { openWriteAheadSync, type WriteAheadSync } from './write-ahead-sync.ts'

export interface OutboxSettings {
  /** The file; its folder is made if need be. */
  readonly path: string
  /** Of the results in it. */
  readonly bytesMax: number
  readonly ageMaxMs: number
  readonly clock: Clock
  readonly log: Log
}

/** Free pages (4 KB) that are kept for the next batches, and how many are given back to the disk in one go. */
const FREE_PAGES_MAX = 4_096
const VACUUM_PAGES_MAX = 4_096
/** How often entries are looked at for their age. */
const AGE_CHECK_MS = 10_000
/** How often it is looked whether the file still stands where it should: SQLite goes on writing into one that was deleted. */
const FILE_CHECK_MS = 1_000
const NOTHING_HELD: HeldUpTo = () => 0

/** Batches released in one transaction: it holds up the event loop. */
const RELEASE_BATCHES_MAX = 2_000
/** Batches given up in one transaction. */
const DROP_BATCHES_MAX = 1_000

/** Rules OB2 to OB9 of docs/spec/outbox.md. @throws OutboxUnavailable when the folder or the disk does not allow it */
export function openOutbox(settings: OutboxSettings): Outbox {
  return new SqliteOutbox(settings)
}

class SqliteOutbox implements Outbox {
  readonly #settings: OutboxSettings
  readonly #openedAt: number
  readonly #openedMonotonicMs: number
  #opened: Opened
  #log: WriteAheadSync | undefined
  /** One episode in the log. */
  #isSyncFailing = false
  #ageCheckedAt = 0
  #fileCheckedMs = 0
  #identity = ''

  constructor(settings: OutboxSettings) {
    this.#settings = settings
    this.#openedAt = settings.clock.now()
    this.#openedMonotonicMs = settings.clock.monotonicMs()
    this.#opened = this.#open()
  }

  get lastCursor(): number {
    return this.#opened.tally.cursor
  }

  get waiting(): number {
    return this.#opened.tally.waiting
  }

  get bytes(): number {
    return this.#opened.tally.bytes
  }

  get lost(): number {
    return this.#opened.tally.lost
  }

  append(results: readonly CheckResult[]): number {
    const [first, last] = [results[0], results.at(-1)]
    if (first === undefined || last === undefined) return this.#opened.tally.cursor
    assert(first.boot === last.boot, 'a batch of the outbox is of one boot')
    this.#replaceWhenGone()
    const text = JSON.stringify(results)
    const bytes = Buffer.byteLength(text)
    this.#attempt(({ tally, statements }) => {
      const now = this.#now()
      tally.cursor += results.length
      tally.waiting += results.length
      tally.bytes += bytes
      const sequence = [first.seq, last.seq] as const
      statements.insert.run(tally.cursor, results.length, last.boot, ...sequence, now, bytes, text)
      this.#dropBeyondBounds(this.#opened, now)
      statements.saveTally.run(tally.cursor, tally.lost)
    })
    this.#log ??= openWriteAheadSync(this.#settings.path)
    this.#log.sync().then(this.#synced, this.#notSynced)
    return this.#opened.tally.cursor
  }

  readonly #synced = (): void => void (this.#isSyncFailing = false)

  readonly #notSynced = (cause: unknown): void => {
    if (!this.#isSyncFailing)
      this.#settings.log.error('the disk did not take the outbox', { cause: String(cause) })
    this.#isSyncFailing = true
  }

  async sync(): Promise<void> {
    try {
      await this.#log?.sync()
    } catch (error) {
      throw unavailable(this.#settings.path, error)
    }
  }

  read(cursor: number, max: number, heldUpTo: HeldUpTo = NOTHING_HELD): readonly OutboxEntry[] {
    let read: Read = { entries: [], unreadable: [] }
    this.#guard((opened) => {
      read = readAfter(opened, cursor, max, heldUpTo)
    })
    if (read.unreadable.length > 0) this.#giveUp(read.unreadable)
    return read.entries
  }

  readBack(cursor: number, max: number): readonly OutboxEntry[] {
    let entries: readonly OutboxEntry[] = []
    this.#guard((opened) => {
      entries = readBefore(opened, cursor, max)
    })
    return entries
  }

  behind(heldUpTo: HeldUpTo): OutboxBehind {
    let found: ReturnType<typeof behindOf> = { waiting: 0, from: 0, oldestAt: undefined }
    this.#guard((opened) => {
      found = behindOf(opened, heldUpTo)
    })
    const { waiting, from, oldestAt } = found
    const oldestAgeMs = oldestAt === undefined ? 0 : Math.max(0, this.#now() - oldestAt)
    return { waiting, from, oldestAgeMs }
  }

  release(boot: string, seq: number): boolean {
    let isDone = true
    this.#attempt((opened) => {
      const { tally, statements } = opened
      const released = statements.deleteReleased.all(boot, seq, RELEASE_BATCHES_MAX)
      for (const { count, bytes } of released) {
        tally.waiting -= Number(count)
        tally.bytes -= Number(bytes)
      }
      isDone = released.length < RELEASE_BATCHES_MAX
      if (isDone) shortenBatch(opened, boot, seq)
    })
    this.#giveBackSpace()
    return isDone
  }

  close(): void {
    this.#closeFile()
  }

  #closeFile(): void {
    this.#log?.close()
    this.#log = undefined
    this.#opened.database.close()
  }

  /** Wall clock as of opening, continued by one that does not step. */
  #now(): number {
    const elapsed = this.#settings.clock.monotonicMs() - this.#openedMonotonicMs
    return Math.round(this.#openedAt + elapsed)
  }

  /** Inside of a transaction: the oldest batches go until both bounds hold. */
  #dropBeyondBounds({ tally, statements }: Opened, now: number): void {
    const { bytesMax, ageMaxMs, log } = this.#settings
    let isAgeDue = now - this.#ageCheckedAt >= AGE_CHECK_MS
    if (isAgeDue) this.#ageCheckedAt = now
    const lostBefore = tally.lost
    for (let batches = 0; batches < DROP_BATCHES_MAX; batches++) {
      const isTooBig = tally.bytes > bytesMax
      if (!isTooBig && !isAgeDue) break
      const oldest = statements.oldest.get() as unknown as BatchRow | undefined
      if (oldest === undefined) break
      isAgeDue = oldest.appended_at < now - ageMaxMs
      if (isTooBig || isAgeDue) drop({ tally, statements }, oldest)
    }
    const dropped = tally.lost - lostBefore
    if (dropped > 0 && !tally.isDropping)
      log.error('the outbox is full: its oldest results are given up', { dropped })
    tally.isDropping = dropped > 0 || (tally.isDropping && tally.bytes > bytesMax / 2)
  }

  /** Rows whose text the disk has changed: SQLite does not notice, JSON does. */
  #giveUp(cursors: readonly number[]): void {
    this.#attempt(({ tally, statements }) => {
      for (const cursor of cursors) {
        const row = statements.batchAt.get(cursor) as unknown as BatchRow | undefined
        if (row !== undefined) drop({ tally, statements }, row)
      }
      statements.saveTally.run(tally.cursor, tally.lost)
    })
    this.#settings.log.error('results in the outbox are damaged and given up', {
      batches: cursors.length,
    })
  }

  #giveBackSpace(): void {
    this.#guard(({ database }) => {
      const free = numberOf(database, 'pragma freelist_count', 'freelist_count')
      if (free <= FREE_PAGES_MAX) return
      const pages = Math.min(VACUUM_PAGES_MAX, free - FREE_PAGES_MAX / 2)
      database.exec(`pragma incremental_vacuum(${pages})`)
    })
  }

  /** One transaction. On failure the tally is as before. */
  #attempt(change: (opened: Opened) => void): void {
    this.#guard((opened) => {
      const { database, tally } = opened
      const before = { ...tally }
      database.exec('begin immediate')
      try {
        change(opened)
        database.exec('commit')
      } catch (error) {
        Object.assign(tally, before)
        if (database.isTransaction) database.exec('rollback')
        throw error
      }
    })
  }

  /** A damaged file is replaced by a fresh one and the work is done there; other failures are the caller's to wait out. */
  #guard(work: (opened: Opened) => void, isRepeated = false): void {
    try {
      if (!this.#opened.database.isOpen) this.#opened = this.#open()
      work(this.#opened)
    } catch (error) {
      if (!isSqliteError(error)) throw error
      if (isRepeated || !isDamage(error))
        throw new OutboxUnavailable(`the outbox is unavailable: ${error.message}`, { cause: error })
      this.#startAfresh(error)
      this.#guard(work, true)
    }
  }

  /** What was in a file that somebody deleted is still readable: it moves into a new one. */
  #replaceWhenGone(): void {
    const { path, clock, log } = this.#settings
    const nowMs = clock.monotonicMs()
    if (nowMs - this.#fileCheckedMs < FILE_CHECK_MS) return
    this.#fileCheckedMs = nowMs
    if (identityOf(path) === this.#identity) return
    const gone = this.#opened
    try {
      this.#opened = moved(gone, path)
    } catch (error) {
      throw unavailable(path, error)
    }
    this.#identity = identityOf(path)
    this.#log?.close()
    this.#log = undefined
    gone.database.close()
    log.error('the outbox was deleted: what was in it is in a new file', { path })
  }

  #startAfresh(cause: Error): void {
    const { cursor, waiting, lost } = this.#opened.tally
    this.#closeFile()
    this.#setAside(cause, { lost: waiting })
    // Cursors go on, so that no reader mistakes new entries for ones it has seen.
    this.#opened = this.#open()
    this.#opened.tally.cursor = cursor
    this.#opened.tally.lost = lost + waiting
    this.#opened.statements.saveTally.run(cursor, lost + waiting)
  }

  #setAside(cause: unknown, facts: Readonly<Record<string, number>>): void {
    const { path, log } = this.#settings
    try {
      const aside = setAside(path)
      log.error('the outbox was damaged and set aside; a fresh one is begun', {
        ...facts,
        aside,
        cause: String(cause),
      })
    } catch (error) {
      throw unavailable(path, error)
    }
  }

  #open(): Opened {
    const { path } = this.#settings
    const opened = this.#openOrSetAside(path)
    this.#identity = identityOf(path)
    return opened
  }

  #openOrSetAside(path: string): Opened {
    try {
      return openFile(path)
    } catch (error) {
      if (!isDamage(error)) throw unavailable(path, error)
      this.#setAside(error, {})
    }
    try {
      return openFile(path)
    } catch (error) {
      throw unavailable(path, error)
    }
  }
}

function unavailable(path: string, cause: unknown): OutboxUnavailable {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new OutboxUnavailable(`the outbox ${path} is unavailable: ${why}`, { cause })
}
