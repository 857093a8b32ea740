import type { Clock } from '../../base/clock.ts'
import type { IntentStore } from '../../orchestrator/replication/ports.ts'
import type { Intent } from '../../wire/replication.ts'
import { inTransaction, repeatably, type Client, type Pool } from './connection.ts'

export const INTENT = `id, kind, subject, body, version, hub, changed_by AS "changedBy", changed_at AS "changedAt", is_withdrawn AS "isWithdrawn"`

/** What people want of checks. @throws StoreUnavailable while the database is away */
export function createIntentStore(pool: Pool, clock: Clock): IntentStore {
  const rows = async (sql: string, values: readonly unknown[]): Promise<Intent[]> =>
    (await repeatably(pool, clock, (client) => client.query<Intent>(sql, [...values]))).rows
  return {
    async intent(id) {
      return (await rows(`SELECT ${INTENT} FROM operator_intent WHERE id = $1`, [id]))[0]
    },
    intents: ({ subject, after = '', limit }) =>
      rows(
        `SELECT ${INTENT} FROM operator_intent WHERE NOT is_withdrawn AND id COLLATE "C" > $1 AND ($2::text IS NULL OR subject = $2)
         ORDER BY id COLLATE "C" LIMIT $3`,
        [after, subject ?? null, limit],
      ),
    change: (id, next) =>
      inTransaction(pool, async (client) => {
        const before = (await lockAll(client, [id])).get(id)
        const changed = next(before)
        if (changed !== undefined) await save(client, [changed])
        return changed
      }),
    receive: (received, newerOf) =>
      inTransaction(pool, async (client) => {
        const ids = [...new Set(received.map(({ id }) => id))]
        const newer = newerOf(await lockAll(client, ids))
        if (newer.length > 0) await save(client, newer)
        return newer
      }),
    forgetWithdrawn: (before) =>
      inTransaction(pool, async (client) => {
        const { rowCount } = await client.query(
          'DELETE FROM operator_intent WHERE is_withdrawn AND changed_at < $1',
          [before],
        )
        return rowCount ?? 0
      }),
  }
}

/** Two changes of one intent come one after the other, those of one that is not there yet, too: numbers are taken by one writer at a time. */
async function lockAll(
  client: Client,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Intent>> {
  await client.query('SELECT FROM replica FOR UPDATE')
  const { rows } = await client.query<Intent>(
    `SELECT ${INTENT} FROM operator_intent WHERE id = ANY ($1::text[])`,
    [ids],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

async function save(client: Client, intents: readonly Intent[]): Promise<void> {
  const column = <T>(valueOf: (intent: Intent) => T): readonly T[] => intents.map(valueOf)
  await client.query(
    `INSERT INTO operator_intent (id, kind, subject, body, version, hub, changed_by, changed_at, is_withdrawn)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::bigint[], $9::boolean[])
     ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, subject = excluded.subject, body = excluded.body, version = excluded.version,
       hub = excluded.hub, changed_by = excluded.changed_by, changed_at = excluded.changed_at, is_withdrawn = excluded.is_withdrawn`,
    [
      column(({ id }) => id),
      column(({ kind }) => kind),
      column(({ subject }) => subject),
      column(({ body }) => body),
      column(({ version }) => version),
      column(({ hub }) => hub),
      column(({ changedBy }) => changedBy),
      column(({ changedAt }) => changedAt),
      column(({ isWithdrawn }) => isWithdrawn),
    ],
  )
}
