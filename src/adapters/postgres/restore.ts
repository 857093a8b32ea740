import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { BACKED_UP, type BackupRow } from './backup.ts'
import { createPool, inTransaction, withClient, type Client, type Pool } from './connection.ts'
import { lockDatabase } from './database-lock.ts'
import { startEmbedded } from './embedded.ts'
import { migrate, migrationsIn, SchemaRefused, type Migration } from './migrate.ts'

export interface RestoreOptions {
  /** A PostgreSQL server with an empty database; `undefined` makes the embedded one in `folder`. */
  readonly url: string | undefined
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
}

/** What a backup says of the database that it was taken of. */
export interface BackupOrigin {
  readonly migrations: readonly Pick<Migration, 'version' | 'name' | 'checksum'>[]
  /** Of the database. */
  readonly store: string
  readonly hub: string
  /** Address of its console. */
  readonly url: string
  /** When it was taken, ms. */
  readonly takenAt: number
}

/** The database is not empty: a restore would mix two hubs. */
export class DatabaseNotEmpty extends Error {
  override readonly name = 'DatabaseNotEmpty'
}

/** Tables that describe the database itself. */
const OWN = new Set(['schema_migration', 'replica'])
const ROWS_AT_ONCE = 20

/**
 * Fills an empty database from a backup: in the schema that the backup was taken in, which the first start then brings up to date.
 * @param name of the hub whose database it will be
 * @throws SchemaRefused when the backup is of a newer Parallax, DatabaseNotEmpty, DatabaseInUse, EmbeddedUnavailable, StoreUnavailable
 */
export async function restoreDatabase(
  options: RestoreOptions,
  name: string,
  origin: BackupOrigin,
  rows: () => AsyncIterable<BackupRow>,
): Promise<void> {
  const migrations = migrationsOf(origin)
  const embedded =
    options.url === undefined
      ? await startEmbedded({ ...options, folder: options.folder })
      : undefined
  const url = options.url ?? embedded?.url ?? ''
  const pool = createPool(url, {
    name: 'restore',
    max: 2,
    statementTimeoutMs: 3_600_000,
    isReadOnly: false,
  })
  let unlock = async (): Promise<void> => undefined
  try {
    unlock = await lockDatabase(url, options.clock, options.log)
    await assertEmpty(pool)
    await migrate(pool, options.clock, migrations)
    await inTransaction(pool, async (client) => {
      await fill(client, rows())
      await becomeOther(client, name, origin)
    })
  } finally {
    await unlock()
    await pool.end()
    await embedded?.stop()
  }
}

/** @throws SchemaRefused */
function migrationsOf({ migrations }: BackupOrigin): readonly Migration[] {
  const ours = migrationsIn()
  return migrations.map((theirs) => {
    const known = ours.find(({ version }) => version === theirs.version)
    if (known?.checksum === theirs.checksum) return known
    throw new SchemaRefused(
      `the backup was taken by ${known === undefined ? 'a newer' : 'another build of'} Parallax: this one does not know its ${theirs.name}`,
    )
  })
}

/** A restore that broke off may be repeated: its tables are there, and empty. @throws DatabaseNotEmpty */
async function assertEmpty(pool: Pool): Promise<void> {
  await withClient(pool, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1`,
    )
    const isOurs = rows.some(({ name }) => name === 'schema_migration')
    for (const { name } of rows) {
      const isLooked = isOurs && (BACKED_UP as readonly string[]).includes(name) && !OWN.has(name)
      if (isOurs && !isLooked) continue
      const found = await client.query(`SELECT FROM ${quoted(name)} LIMIT 1`)
      if (!isOurs || found.rowCount !== 0)
        throw new DatabaseNotEmpty(`the database is not empty: it has a table ${name}`)
    }
  })
}

async function fill(client: Client, rows: AsyncIterable<BackupRow>): Promise<void> {
  let batch: BackupRow[] = []
  for await (const one of rows) {
    if (OWN.has(one.table)) continue
    const [first] = batch
    if (first !== undefined && (first.table !== one.table || batch.length >= ROWS_AT_ONCE)) {
      await insert(client, batch)
      batch = []
    }
    batch.push(one)
  }
  if (batch.length > 0) await insert(client, batch)
  await client.query(
    `SELECT setval(pg_get_serial_sequence('configuration_activation', 'activation_no'),
       (SELECT coalesce(max(activation_no), 0) + 1 FROM configuration_activation), false)`,
  )
}

async function insert(client: Client, rows: readonly BackupRow[]): Promise<void> {
  const [first] = rows
  if (first === undefined) return
  if (!(BACKED_UP as readonly string[]).includes(first.table))
    throw new SchemaRefused(
      `the backup has a table that this Parallax does not know: ${first.table}`,
    )
  const table = quoted(first.table)
  const columns = Object.keys(first.row).map(quoted).join(', ')
  await client.query(
    `INSERT INTO ${table} (${columns}) OVERRIDING SYSTEM VALUE
     SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1::json)`,
    [JSON.stringify(rows.map(({ row }) => row))],
  )
}

/** From now on these are the rows of another database: its files may be elsewhere, and others have not heard of it. */
async function becomeOther(client: Client, name: string, origin: BackupOrigin): Promise<void> {
  await client.query(
    'UPDATE configuration_activation SET is_pinned = true, url = coalesce(url, $1)',
    [origin.url],
  )
  await client.query('DELETE FROM replica_peer WHERE hub = $1', [name])
  if (name === origin.hub) return
  await client.query(
    `INSERT INTO replica_peer (hub, store, boot, taken, taken_at) VALUES ($1, $2, '', 0, $3)
     ON CONFLICT (hub) DO UPDATE SET store = excluded.store, boot = excluded.boot, taken = excluded.taken, taken_at = excluded.taken_at`,
    [origin.hub, origin.store, origin.takenAt],
  )
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
