import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** Of the file's layout; a file with a higher one was written by a newer program. */
const LAYOUT = 1

/**
 * One row per batch: a row per result would cost ten times as much. `cursor` is the number of the last result in the batch since
 * the file was made, so each result has a number: `cursor - count + 1` to `cursor`.
 */
const TABLES = `
  create table batch (
    cursor integer primary key,
    count integer not null,
    boot text not null,
    first_seq integer not null,
    last_seq integer not null,
    appended_at integer not null,
    bytes integer not null,
    results text not null
  ) strict;
  create index batch_by_boot on batch (boot, last_seq);
  create table tally (one integer primary key check (one = 1), cursor integer not null, lost integer not null) strict;
  insert into tally values (1, 0, 0);
`

/** The file is not ours, damaged, or of a newer program. */
export class OutboxDamaged extends Error {
  override readonly name = 'OutboxDamaged'
}

/** Numbers of SQLite: the file is no database, or a damaged one. */
const DAMAGED_CODES: readonly number[] = [11, 26]

interface SqliteError extends Error {
  readonly code: 'ERR_SQLITE_ERROR'
  readonly errcode: number
}

export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR'
}

/** Extended codes keep the plain one in their low byte. */
export function isDamage(error: unknown): boolean {
  if (error instanceof OutboxDamaged) return true
  return isSqliteError(error) && DAMAGED_CODES.includes(error.errcode & 0xff)
}

function openDatabase(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true })
  closeSync(openSync(path, 'a', 0o600)) // what plugins print is nobody else's business
  const database = new DatabaseSync(path)
  try {
    // Vacuum has to be chosen before the first table: the space of a long outage is given back.
    database.exec(`
      pragma auto_vacuum = incremental;
      pragma journal_mode = wal;
      pragma synchronous = normal;
      pragma wal_autocheckpoint = 2000;
      pragma journal_size_limit = 16777216;
      pragma busy_timeout = 50;
    `)
    const layout = numberOf(database, 'pragma user_version', 'user_version')
    if (layout > LAYOUT) throw new OutboxDamaged(`layout ${layout} is newer than ${LAYOUT}`)
    if (layout < LAYOUT) database.exec(`begin; ${TABLES} pragma user_version = ${LAYOUT}; commit`)
    return database
  } catch (error) {
    database.close()
    if (isDamage(error) && !(error instanceof OutboxDamaged))
      throw new OutboxDamaged('the file is damaged', { cause: error })
    throw error
  }
}

export function numberOf(database: DatabaseSync, query: string, column: string): number {
  return Number(database.prepare(query).get()?.[column] ?? 0)
}

/** Renames the file to `<path>.damaged`, in place of an earlier one of that name: disks are finite. Returns the new name. */
export function setAside(path: string): string {
  const aside = `${path}.damaged`
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(`${aside}${suffix}`, { force: true })
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${aside}${suffix}`)
  }
  return aside
}

/** Names the file that stands there now and its log; another text when somebody has replaced or deleted one. */
export function identityOf(path: string): string {
  const numbers = ['', '-wal'].map((suffix) => {
    const found = statSync(`${path}${suffix}`, { bigint: true, throwIfNoEntry: false })
    return found === undefined ? 'none' : `${found.dev}:${found.ino}`
  })
  return numbers.join(' ')
}

/** All that is in `gone`, whose file was deleted, in a new file; cursors stay. `gone` is left open. */
export function moved(gone: Opened, path: string): Opened {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
  const fresh = openFile(path)
  try {
    fresh.database.exec('begin immediate')
    for (const row of gone.statements.all.iterate())
      fresh.statements.insert.run(...Object.values(row))
    Object.assign(fresh.tally, gone.tally)
    fresh.statements.saveTally.run(gone.tally.cursor, gone.tally.lost)
    fresh.database.exec('commit')
    return fresh
  } catch (error) {
    fresh.database.close()
    throw error
  }
}

export interface BatchRow {
  readonly cursor: number
  readonly count: number
  readonly boot: string
  readonly last_seq: number
  readonly first_seq: number
  readonly appended_at: number
  readonly bytes: number
  readonly results: string
}

export interface Tally {
  cursor: number
  waiting: number
  bytes: number
  lost: number
  /** Within an episode of giving up; logged once. */
  isDropping: boolean
}

export interface Opened {
  readonly database: DatabaseSync
  readonly statements: Statements
  readonly tally: Tally
}

/** Opens or makes the file and counts what is in it. @throws OutboxDamaged, or SQLite's error when it cannot be opened */
export function openFile(path: string): Opened {
  const database = openDatabase(path)
  try {
    const sums = database
      .prepare(
        'select sum(count) as waiting, sum(bytes) as bytes, max(cursor) as cursor from batch',
      )
      .get()
    const kept = database.prepare('select cursor, lost from tally').get()
    const tally = {
      cursor: Math.max(Number(sums?.['cursor'] ?? 0), Number(kept?.['cursor'] ?? 0)),
      waiting: Number(sums?.['waiting'] ?? 0),
      bytes: Number(sums?.['bytes'] ?? 0),
      lost: Number(kept?.['lost'] ?? 0),
      isDropping: false,
    }
    return { database, statements: prepare(database), tally }
  } catch (error) {
    database.close()
    throw error
  }
}

export interface Statements {
  readonly insert: StatementSync
  readonly saveTally: StatementSync
  readonly after: StatementSync
  /** Newest first. */
  readonly before: StatementSync
  readonly boots: StatementSync
  /** The batch of a boot that holds the first result after a sequence number, without its text. */
  readonly firstOf: StatementSync
  readonly lastOf: StatementSync
  /** Every column, in the order of `insert`. */
  readonly all: StatementSync
  readonly oldest: StatementSync
  readonly batchAt: StatementSync
  readonly deleteBatch: StatementSync
  readonly deleteReleased: StatementSync
  /** The batch of a boot that holds the first result after a sequence number. */
  readonly splitAt: StatementSync
  readonly shorten: StatementSync
}

function prepare(database: DatabaseSync): Statements {
  return {
    insert: database.prepare(
      'insert into batch (cursor, count, boot, first_seq, last_seq, appended_at, bytes, results) values (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    saveTally: database.prepare('update tally set cursor = ?, lost = ?'),
    after: database.prepare(
      'select cursor, count, boot, last_seq, results from batch where cursor > ? order by cursor',
    ),
    before: database.prepare(
      'select cursor, count, results from batch where cursor - count + 1 < ? and cursor < ? order by cursor desc',
    ),
    // One look into the index for each boot, however many batches there are.
    boots: database.prepare(
      'with recursive each (boot) as (select min(boot) from batch union all ' +
        'select (select min(boot) from batch where batch.boot > each.boot) from each where each.boot is not null) ' +
        'select boot from each where boot is not null',
    ),
    firstOf: database.prepare(
      'select cursor, count, first_seq, appended_at from batch where boot = ? and last_seq > ? order by last_seq limit 1',
    ),
    lastOf: database.prepare(
      'select last_seq from batch where boot = ? order by last_seq desc limit 1',
    ),
    all: database.prepare(
      'select cursor, count, boot, first_seq, last_seq, appended_at, bytes, results from batch order by cursor',
    ),
    oldest: database.prepare(
      'select cursor, count, appended_at, bytes from batch order by cursor limit 1',
    ),
    batchAt: database.prepare('select cursor, count, bytes from batch where cursor = ?'),
    deleteBatch: database.prepare('delete from batch where cursor = ?'),
    deleteReleased: database.prepare(
      'delete from batch where cursor in (select cursor from batch where boot = ? and last_seq <= ? order by last_seq limit ?) ' +
        'returning count, bytes',
    ),
    splitAt: database.prepare(
      'select cursor, count, first_seq, bytes, results from batch where boot = ? and last_seq > ? order by last_seq limit 1',
    ),
    shorten: database.prepare(
      'update batch set count = ?, first_seq = ?, bytes = ?, results = ? where cursor = ?',
    ),
  }
}
