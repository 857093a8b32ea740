import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DatabaseInUse } from '../../src/adapters/postgres/database-lock.ts'
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { startTestDatabase } from './postgres.ts'

const folder = mkdtempSync(join(tmpdir(), 'lock-'))
let server: Awaited<ReturnType<typeof startTestDatabase>>
beforeAll(async () => {
  server = await startTestDatabase()
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const open = async (): Promise<Database> =>
  openDatabase({
    url: server.url,
    folder,
    retention: { resultsDays: 30, seriesDays: 400 },
    clock: systemClock,
    log: silentLog,
  })

test('[MG6] a database belongs to one hub: a second is refused, and takes it once the first has ended', async () => {
  const first = await open()
  await expect(open()).rejects.toThrow(DatabaseInUse)
  await first.close()
  const second = await open()
  await second.close()
}, 60_000)
