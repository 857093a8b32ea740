import { Client } from 'pg'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'

/** Another hub works on this database. Two would number and store over each other. */
export class DatabaseInUse extends Error {
  override readonly name = 'DatabaseInUse'
}

/** Any number, the same for every hub: advisory locks are per database. */
const KEY = 7_272_559_817
/** The server needs some time to notice that a killed hub is gone. */
const WAIT_MAX_MS = 10_000
const PAUSE_MS = 500
const RETAKE_MS = 5_000

/**
 * Takes the database for this hub, for as long as its connection lives. When the server was away, the lock is taken again as soon as it is
 * back; if another hub was quicker, that is an error that a person must mend.
 * @returns what gives it back
 * @throws DatabaseInUse
 */
export async function lockDatabase(
  url: string,
  clock: Clock,
  log: Log,
): Promise<() => Promise<void>> {
  const first = await take(url, clock, WAIT_MAX_MS)
  if (first === undefined) {
    throw new DatabaseInUse(
      'another hub works on this database: give each hub a database of its own, or stop the other one',
    )
  }
  const stop = new AbortController()
  let held: Client | undefined = first
  const watch = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      if (held !== undefined) await ended(held)
      held = undefined
      await clock.sleep(RETAKE_MS, stop.signal)
      if (stop.signal.aborted) return
      const retaken = await take(url, clock, 0).catch(() => null) // the server is still away
      if (retaken === undefined) log.error('another hub took the database while it was away')
      held = retaken ?? undefined
      if (stop.signal.aborted) await held?.end()
    }
  }
  const watching = watch()
  return async () => {
    stop.abort()
    await held?.end()
    await watching
  }
}

/** `undefined`: somebody else has it. */
async function take(url: string, clock: Clock, patienceMs: number): Promise<Client | undefined> {
  const client = new Client({
    connectionString: url,
    application_name: 'parallax-lock',
    keepAlive: true,
  })
  client.on('error', () => undefined) // 'end' follows, and that is watched
  await client.connect()
  const until = clock.monotonicMs() + patienceMs
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_lock($1) AS taken',
      [KEY],
    )
    if (rows[0]?.taken === true) return client
    if (clock.monotonicMs() >= until) break
    await clock.sleep(PAUSE_MS)
  }
  await client.end()
  return undefined
}

async function ended(client: Client): Promise<void> {
  await new Promise<void>((resolve) => client.once('end', () => resolve()))
}
