import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BACKED_UP, LEFT_OUT, type BackupRow } from '../../src/adapters/postgres/backup.ts'
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts'
import { migrationsIn } from '../../src/adapters/postgres/migrate.ts'
import { restoreDatabase, type BackupOrigin } from '../../src/adapters/postgres/restore.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { calm, freshDatabase, startMesh, type TestHub } from './hub-mesh.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'

let server: TestDatabase
beforeAll(async () => {
  server = await startTestDatabase()
}, 60_000)
afterAll(async () => server?.close())

async function emptyDatabase(name: string): Promise<string> {
  const client = new Client({ connectionString: server.url })
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return server.url.replace(/\/[^/]*$/, `/${name}`)
}

function open(url: string): Promise<Database> {
  const retention = { resultsDays: 1, seriesDays: 1 }
  return openDatabase({ url, folder: '', retention, clock: systemClock, log: silentLog })
}

async function* rowsOf(rows: readonly BackupRow[]): AsyncGenerator<BackupRow> {
  yield* rows
}

const origin = (rows: readonly BackupRow[]): BackupOrigin => ({
  migrations: migrationsIn().filter(({ version }) =>
    rows.some(({ table, row }) => table === 'schema_migration' && row['version'] === version),
  ),
  store: 'the-store-of-a',
  hub: 'hub-a',
  url: 'http://hub-a',
  takenAt: 1_000,
})

test('[BR1] every table of the schema is in the backup, or has a reason why it is not', async () => {
  const database = await freshDatabase(server.url)
  const rows = await Array.fromAsync(database.backup())
  await database.close()
  const url = await emptyDatabase('tables')
  await (await open(url)).close()
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace`,
  )
  await client.end()
  const known = [...BACKED_UP, ...Object.keys(LEFT_OUT)]
  expect(tables.map(({ name }) => name).sort()).toEqual(known.toSorted())
  expect(new Set(rows.map(({ table }) => table))).toEqual(new Set(['schema_migration', 'replica']))
})

test('[BR6] a backup of an older Parallax is stored in its own schema, and brought up to date by the start', async () => {
  const mesh = await startMesh({ names: ['hub-a'], server: server.url, weather: calm() })
  const [hub] = mesh.hubs as [TestHub]
  await hub.activate('r1')
  await hub.activate('r2')
  await hub.intents.put({ id: 'i1', kind: 'comment', subject: 'web-01', body: '{}', author: 'ann' })
  const all = await Array.fromAsync(hub.database.backup())
  await mesh.close()
  // As it was before activations were counted.
  const older = all
    .filter(({ table, row }) => table !== 'schema_migration' || Number(row['version']) < 8)
    .map(({ table, row }) => ({ table, row: { ...row } as Record<string, unknown> }))
  for (const { table, row } of older) {
    if (table !== 'configuration_activation') continue
    for (const later of ['epoch', 'hub', 'sharing']) Reflect.deleteProperty(row, later)
  }
  const url = await emptyDatabase('older')
  const options = { url, folder: '', clock: systemClock, log: silentLog }
  await restoreDatabase(options, 'hub-b', origin(older), () => rowsOf(older))
  const restored = await open(url)
  try {
    expect(restored.describe().migrated).toContain('0008-epoch.sql')
    expect(await restored.replica.heldActivations()).toMatchObject([
      { revision: 'r2', epoch: 2, origin: 'hub-a' },
      { revision: 'r1', epoch: 1 },
    ])
    expect(await restored.configuration.newest()).toMatchObject({
      isPinned: true,
      url: 'http://hub-a',
    })
    expect(await restored.intents.intent('i1')).toMatchObject({ hub: 'hub-a', version: 1 })
    expect(await restored.replica.peer('hub-a')).toMatchObject({
      store: 'the-store-of-a',
      taken: 0,
    })
    const { store } = await restored.replica.identity()
    expect(store).not.toBe(all.find(({ table }) => table === 'replica')?.row['store'])
  } finally {
    await restored.close()
  }
})

test('[BR5] a restore that broke off may be repeated', async () => {
  const database = await freshDatabase(server.url)
  const rows = await Array.fromAsync(database.backup())
  await database.close()
  const url = await emptyDatabase('broken')
  const options = { url, folder: '', clock: systemClock, log: silentLog }
  const bad = [...rows, { table: 'account', row: { username: 'ann' } }]
  await expect(restoreDatabase(options, 'hub-b', origin(bad), () => rowsOf(bad))).rejects.toThrow(
    'password_hash',
  )
  await restoreDatabase(options, 'hub-b', origin(rows), () => rowsOf(rows))
  const again = await open(url)
  expect((await again.replica.peer('hub-a'))?.takenAt).toBe(1_000)
  await again.close()
  await expect(restoreDatabase(options, 'hub-b', origin(rows), () => rowsOf(rows))).rejects.toThrow(
    'the database is not empty',
  )
})
