import { instant, isoOf } from '../../base/instant.ts'
import type {
  ConfigurationStore,
  DriftedObject,
  NewActivation,
  ObjectFilter,
  ObjectWrite,
  StoredObject,
} from '../../orchestrator/ports.ts'
import type { ConfigurationKind, ConfigurationObject } from '../../wire/api/configuration.ts'
import type { Rows } from './configuration-store.ts'
import { inTransaction, type Client, type Pool } from './connection.ts'

interface ObjectRow {
  readonly kind: ConfigurationKind
  readonly name: string
  readonly managedBy: string
  readonly value: string | null
  readonly pending: ConfigurationObject['pending']
  readonly changedBy: string
  readonly at: number
}

const PENDING = `CASE WHEN hash IS NOT DISTINCT FROM active_hash THEN NULL WHEN active_hash IS NULL THEN 'created'
  WHEN hash IS NULL THEN 'deleted' ELSE 'changed' END`
const OBJECT = `kind, name, managed_by AS "managedBy", value, ${PENDING} AS pending, changed_by AS "changedBy", changed_at AS at`
/** Deleted ones whose deletion was applied are only kept because their owner left something else. */
const IS_THERE = '(hash IS NOT NULL OR active_hash IS NOT NULL)'

export function createObjectRows(
  pool: Pool,
  rows: Rows,
): Pick<
  ConfigurationStore,
  'storedObjects' | 'objects' | 'object' | 'write' | 'countPending' | 'drift'
> {
  return {
    storedObjects: () =>
      rows<StoredObject>(
        `SELECT kind, name, managed_by AS "managedBy", hash, body AS text, owner_hash AS "ownerHash"
         FROM configuration_object ORDER BY kind COLLATE "C", name COLLATE "C"`,
      ),
    async objects(filter) {
      const { where, values } = conditionOf(filter)
      const found = await rows<ObjectRow>(
        `SELECT ${OBJECT} FROM configuration_object WHERE ${where}
         ORDER BY kind COLLATE "C", name COLLATE "C" LIMIT $1`,
        values,
      )
      return found.map(objectOf)
    },
    async object(kind, name) {
      const [row] = await rows<ObjectRow>(
        `SELECT ${OBJECT} FROM configuration_object WHERE kind = $1 AND name = $2 AND ${IS_THERE}`,
        [kind, name],
      )
      return row === undefined ? undefined : objectOf(row)
    },
    write: ({ write, author, at, expectedOwner }) =>
      inTransaction(pool, async (client) => {
        const { rows: before } = await client.query<{ managedBy: string }>(
          `SELECT managed_by AS "managedBy" FROM configuration_object WHERE kind = $1 AND name = $2 AND ${IS_THERE} FOR UPDATE`,
          [write.kind, write.name],
        )
        const owner = before[0]?.managedBy
        if (owner !== undefined && expectedOwner !== undefined && owner !== expectedOwner)
          return undefined
        await saveObjects(client, [write], { author, at })
        const { rows: after } = await client.query<ObjectRow>(
          `SELECT ${OBJECT} FROM configuration_object WHERE kind = $1 AND name = $2`,
          [write.kind, write.name],
        )
        return objectOf(after[0] as ObjectRow)
      }),
    async countPending() {
      const [row] = await rows<{ count: number }>(
        'SELECT count(*) FROM configuration_object WHERE hash IS DISTINCT FROM active_hash',
      )
      return row?.count ?? 0
    },
    async drift() {
      const found = await rows<Omit<DriftedObject, 'changedAt'> & { at: number }>(
        `SELECT kind, name, managed_by AS "managedBy", changed_by AS "changedBy", changed_at AS at,
           CASE WHEN owner_hash IS NULL THEN 'created' WHEN hash IS NULL THEN 'deleted' ELSE 'changed' END AS change
         FROM configuration_object WHERE hash IS DISTINCT FROM owner_hash
         ORDER BY kind COLLATE "C", name COLLATE "C" LIMIT 1000`,
      )
      return found.map(({ at, ...row }) => ({ ...row, changedAt: isoOf(instant(at)) }))
    },
  }
}

function objectOf({ at, value, ...row }: ObjectRow): ConfigurationObject {
  return {
    ...row,
    value: value === null ? null : (JSON.parse(value) as unknown),
    changedAt: isoOf(instant(at)),
  }
}

function conditionOf({ kind, managedBy, isPending, after, limit }: ObjectFilter): {
  readonly where: string
  readonly values: readonly unknown[]
} {
  const values: unknown[] = [limit]
  const conditions = [IS_THERE]
  if (kind !== undefined) conditions.push(`kind = $${values.push(kind)}`)
  if (managedBy !== undefined) conditions.push(`managed_by = $${values.push(managedBy)}`)
  if (isPending !== undefined)
    conditions.push(`hash IS ${isPending ? '' : 'NOT '}DISTINCT FROM active_hash`)
  if (after !== undefined) {
    const slash = after.indexOf('/')
    const [kindAfter, nameAfter] = [after.slice(0, Math.max(0, slash)), after.slice(slash + 1)]
    conditions.push(
      `(kind COLLATE "C", name COLLATE "C") > ($${values.push(kindAfter)}, $${values.push(nameAfter)})`,
    )
  }
  return { where: conditions.join(' AND '), values }
}

/** What the job wrote, and what of it all is active now. */
export async function saveWrites(client: Client, activation: NewActivation): Promise<void> {
  const { job, writes, manifest, at } = activation
  await saveObjects(client, writes, { author: job.author, at })
  const active = manifest.flatMap(({ hash, object }) =>
    object === undefined ? [] : [{ ...object, hash }],
  )
  const columns = [
    active.map(({ kind }) => kind),
    active.map(({ name }) => name),
    active.map(({ hash }) => hash),
  ]
  await client.query(
    `UPDATE configuration_object o SET active_hash = m.hash
     FROM unnest($1::text[], $2::text[], $3::text[]) AS m (kind, name, hash)
     WHERE o.kind = m.kind AND o.name = m.name AND o.active_hash IS DISTINCT FROM m.hash`,
    columns,
  )
  await client.query(
    `UPDATE configuration_object o SET active_hash = NULL WHERE active_hash IS NOT NULL AND NOT EXISTS
       (SELECT FROM unnest($1::text[], $2::text[]) AS m (kind, name) WHERE o.kind = m.kind AND o.name = m.name)`,
    columns.slice(0, 2),
  )
  // Objects of an earlier revision that were deleted since: active again, and the next apply deletes them.
  await client.query(
    `INSERT INTO configuration_object (kind, name, managed_by, active_hash, changed_by, changed_at)
     SELECT kind, name, managed_by, hash, $5, $6 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS m (kind, name, hash, managed_by)
     ON CONFLICT DO NOTHING`,
    [...columns, active.map(({ managedBy }) => managedBy), job.author, at],
  )
  await client.query(
    'DELETE FROM configuration_object WHERE hash IS NULL AND active_hash IS NULL AND owner_hash IS NULL',
  )
}

/** So many objects go in one statement. */
const ROWS_AT_ONCE = 1_000

async function saveObjects(
  client: Client,
  writes: readonly ObjectWrite[],
  { author, at }: { readonly author: string; readonly at: number },
): Promise<void> {
  for (let from = 0; from < writes.length; from += ROWS_AT_ONCE) {
    const rows = writes.slice(from, from + ROWS_AT_ONCE)
    const column = <T>(valueOf: (write: ObjectWrite) => T): readonly T[] => rows.map(valueOf)
    await client.query(
      `INSERT INTO configuration_object AS o (kind, name, managed_by, hash, body, value, owner_hash, changed_by, changed_at)
       SELECT kind, name, managed_by, hash, body, value, CASE WHEN is_of_owner THEN hash END, $8, $9
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
         AS w (kind, name, managed_by, hash, body, value, is_of_owner)
       ON CONFLICT (kind, name) DO UPDATE SET managed_by = excluded.managed_by, hash = excluded.hash, body = excluded.body,
         value = excluded.value, changed_by = excluded.changed_by, changed_at = excluded.changed_at,
         owner_hash = coalesce(excluded.owner_hash, o.owner_hash)`,
      [
        column(({ kind }) => kind),
        column(({ name }) => name),
        column(({ managedBy }) => managedBy),
        column(({ written }) => written?.hash ?? null),
        column(({ written }) => written?.text ?? null),
        column(({ written }) => (written === undefined ? null : JSON.stringify(written.value))),
        column(({ isOfOwner }) => isOfOwner),
        author,
        at,
      ],
    )
    const gone = rows.filter(({ written, isOfOwner }) => written === undefined && isOfOwner)
    if (gone.length === 0) continue
    await client.query(
      `UPDATE configuration_object o SET owner_hash = NULL FROM unnest($1::text[], $2::text[]) AS w (kind, name)
       WHERE o.kind = w.kind AND o.name = w.name`,
      [gone.map(({ kind }) => kind), gone.map(({ name }) => name)],
    )
  }
}
