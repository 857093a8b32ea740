import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { withClient, type Client, type Pool } from './connection.ts'

/** One numbered file: `0001-results.sql`. Forward only; a file that was released is never edited. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
  /** SHA-256 of `sql`, hex. */
  readonly checksum: string
}

/** The database is not one that this program may touch; a person must act. */
export class SchemaRefused extends Error {
  override readonly name = 'SchemaRefused'
}

const LOCK = 7_090_814_702 // one number for all Parallax programs: two hubs must not migrate at once

export function migrationsIn(folder = join(import.meta.dirname, 'migrations')): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name), 'utf8')
      const checksum = createHash('sha256').update(sql).digest('hex')
      return { version: Number.parseInt(name, 10), name, sql, checksum }
    })
}

/**
 * Brings the database up to the newest migration, each in a transaction of its own.
 * @returns names of those applied now
 * @throws SchemaRefused for a database of a newer Parallax, or one whose applied migrations are not ours
 */
export function migrate(
  pool: Pool,
  clock: Clock,
  migrations: readonly Migration[] = migrationsIn(),
): Promise<string[]> {
  return withClient(pool, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    try {
      await client.query(`CREATE TABLE IF NOT EXISTS schema_migration (
        version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at bigint NOT NULL)`)
      const done = await client.query<Migration>(
        'SELECT version, name, checksum FROM schema_migration',
      )
      assertOurs(done.rows, migrations)
      const applied: string[] = []
      for (const migration of migrations) {
        if (done.rows.some((row) => row.version === migration.version)) continue
        await apply(client, migration, clock)
        applied.push(migration.name)
      }
      return applied
    } finally {
      await client.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => undefined) // gone with the connection
    }
  })
}

function assertOurs(
  applied: readonly Pick<Migration, 'version' | 'name' | 'checksum'>[],
  ours: readonly Migration[],
): void {
  for (const row of applied) {
    const known = ours.find((migration) => migration.version === row.version)
    if (known === undefined) {
      throw new SchemaRefused(
        `the database was migrated by a newer Parallax (${row.name}); this one knows up to ${ours.at(-1)?.name ?? 'nothing'}. Start the newer version.`,
      )
    }
    if (known.checksum !== row.checksum) {
      throw new SchemaRefused(
        `the database holds another form of migration ${row.name} than this Parallax; it was made by a different build.`,
      )
    }
  }
}

async function apply(
  client: Client,
  { version, name, sql, checksum }: Migration,
  clock: Clock,
): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(sql)
    await client.query('INSERT INTO schema_migration VALUES ($1, $2, $3, $4)', [
      version,
      name,
      checksum,
      clock.now(),
    ])
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined) // the first error is the one to report
    throw error
  }
}
