import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../../src/adapters/postgres/embedded.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { silentLog } from '../../src/base/log.ts'

export interface TestDatabase {
  /** An empty database of a server of its own; a `postgres://` URL that also works as `--database-url`. */
  readonly url: string
  /** Process id of the server, for tests that hurt it. */
  readonly pid: () => number
  readonly folder: string
  /** Stops the server and keeps its folder. */
  readonly stop: () => Promise<void>
  /** Stops the server and removes its folder. */
  readonly close: () => Promise<void>
}

/** A real PostgreSQL in a temporary folder, one per test file: about a second to start. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'parallax-pg-'))
  const server = await startEmbedded({ folder, clock: systemClock, log: silentLog })
  return {
    url: server.url,
    pid: server.pid,
    folder,
    stop: () => server.stop(),
    close: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
