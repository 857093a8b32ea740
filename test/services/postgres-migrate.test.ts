import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createPool, type Pool } from '../../src/adapters/postgres/connection.ts'
import { migrate, migrationsIn, SchemaRefused } from '../../src/adapters/postgres/migrate.ts'
import { systemClock as clock } from '../../src/adapters/system/clock.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'

let server: TestDatabase
let pool: Pool
let folder: string
beforeAll(async () => {
  server = await startTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'parallax-migrations-'))
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  pool = poolOf()
  await pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
})
afterEach(() => pool.end())

const poolOf = (): Pool =>
  createPool(server.url, { name: 'test', max: 2, statementTimeoutMs: 20_000, isReadOnly: false })

const tables = async (): Promise<string[]> =>
  (
    await pool.query<{
      name: string
    }>(`SELECT relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = 'public' AND relkind IN ('r', 'p') ORDER BY 1`)
  ).rows.map(({ name }) => name)

async function migrationsOf(files: Readonly<Record<string, string>>) {
  await rm(folder, { recursive: true, force: true })
  folder = await mkdtemp(join(tmpdir(), 'parallax-migrations-'))
  for (const [name, sql] of Object.entries(files)) await writeFile(join(folder, name), sql)
  return migrationsIn(folder)
}

test('[MG1] an empty database gets every migration in the order of their numbers, once', async () => {
  const names = migrationsIn().map(({ name }) => name)
  expect(names[0]).toBe('0001-results.sql')
  expect(await migrate(pool, clock)).toEqual(names)
  expect(await tables()).toContain('object_record')
  expect(await migrate(pool, clock)).toEqual([])
})

test('[MG2] two hubs that start at once do not race', async () => {
  const other = poolOf()
  const applied = await Promise.all([
    migrate(pool, clock),
    migrate(other, clock),
    migrate(pool, clock),
  ])
  expect(applied.flat().sort()).toEqual(migrationsIn().map(({ name }) => name))
  await other.end()
})

test('[MG3] a migration that fails leaves nothing of itself, and those before it stay', async () => {
  const broken = await migrationsOf({
    '0001-good.sql': 'CREATE TABLE good (a integer);',
    '0002-bad.sql': 'CREATE TABLE half (a integer); SELECT no_such_function();',
  })
  await expect(migrate(pool, clock, broken)).rejects.toThrow(/no_such_function/)
  expect(await tables()).toEqual(['good', 'schema_migration'])
  const repaired = await migrationsOf({
    '0001-good.sql': 'CREATE TABLE good (a integer);',
    '0002-bad.sql': 'CREATE TABLE whole (a integer);',
  })
  expect(await migrate(pool, clock, repaired)).toEqual(['0002-bad.sql'])
})

test('[MG4] a database of a newer Parallax is refused and not touched', async () => {
  await migrate(
    pool,
    clock,
    await migrationsOf({ '0001-a.sql': 'SELECT 1', '0002-future.sql': 'CREATE TABLE future ()' }),
  )
  const older = await migrationsOf({ '0001-a.sql': 'SELECT 1' })
  await expect(migrate(pool, clock, older)).rejects.toThrow(SchemaRefused)
  await expect(migrate(pool, clock, older)).rejects.toThrow(/newer Parallax \(0002-future.sql\)/)
  expect(await tables()).toEqual(['future', 'schema_migration'])
})

test('[MG5] a migration that was edited after it was applied is refused', async () => {
  await migrate(pool, clock, await migrationsOf({ '0001-a.sql': 'SELECT 1' }))
  await expect(
    migrate(pool, clock, await migrationsOf({ '0001-a.sql': 'SELECT 2' })),
  ).rejects.toThrow(/another form of migration 0001-a.sql/)
})
