import type { AdoptedObject } from '../../orchestrator/replication/ports.ts'
import type { ActivationBody } from '../../wire/replication.ts'
import type { Client } from './connection.ts'

export interface Adoption {
  /** Objects of the API that are in the activation. */
  readonly objects: readonly AdoptedObject[]
  readonly drifted: ActivationBody['drifted']
  readonly author: string
  readonly at: number
}

/** So many objects go in one statement. */
const ROWS_AT_ONCE = 1_000

/** Objects become what they are in an activation of another hub. One that waits for an apply here goes on waiting. Rule RP5. */
export async function adoptObjects(
  client: Client,
  { objects, drifted, author, at }: Adoption,
): Promise<void> {
  const names = [objects.map(({ kind }) => kind), objects.map(({ name }) => name)]
  await client.query(
    `UPDATE configuration_object o SET active_hash = NULL, hash = CASE WHEN hash IS DISTINCT FROM active_hash THEN hash END,
       body = CASE WHEN hash IS DISTINCT FROM active_hash THEN body END, value = CASE WHEN hash IS DISTINCT FROM active_hash THEN value END
     WHERE active_hash IS NOT NULL AND NOT EXISTS
       (SELECT FROM unnest($1::text[], $2::text[]) AS m (kind, name) WHERE o.kind = m.kind AND o.name = m.name)`,
    names,
  )
  for (let from = 0; from < objects.length; from += ROWS_AT_ONCE)
    await putObjects(client, objects.slice(from, from + ROWS_AT_ONCE), { author, at })
  await client.query(
    `UPDATE configuration_object SET owner_hash = NULL WHERE active_hash IS NULL AND hash IS NULL`,
  )
  const there = new Set(objects.map(({ kind, name }) => `${kind}/${name}`))
  const gone = drifted.filter(({ kind, name }) => !there.has(`${kind}/${name}`))
  await client.query(
    `INSERT INTO configuration_object (kind, name, managed_by, owner_hash, changed_by, changed_at)
     SELECT kind, name, managed_by, owner_hash, $5, $6 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS d (kind, name, managed_by, owner_hash)
     ON CONFLICT (kind, name) DO UPDATE SET owner_hash = excluded.owner_hash`,
    [
      gone.map(({ kind }) => kind),
      gone.map(({ name }) => name),
      gone.map(({ managedBy }) => managedBy),
      gone.map(({ ownerHash }) => ownerHash),
      author,
      at,
    ],
  )
  await client.query(
    'DELETE FROM configuration_object WHERE hash IS NULL AND active_hash IS NULL AND owner_hash IS NULL',
  )
}

async function putObjects(
  client: Client,
  objects: readonly AdoptedObject[],
  { author, at }: { readonly author: string; readonly at: number },
): Promise<void> {
  const column = <T>(valueOf: (object: AdoptedObject) => T): readonly T[] => objects.map(valueOf)
  const unlessWaiting = (name: string): string =>
    `${name} = CASE WHEN o.hash IS DISTINCT FROM o.active_hash THEN o.${name} ELSE excluded.${name} END`
  await client.query(
    `INSERT INTO configuration_object AS o (kind, name, managed_by, hash, body, value, active_hash, owner_hash, changed_by, changed_at)
     SELECT kind, name, managed_by, hash, body, value, hash, owner_hash, $8, $9
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
       AS w (kind, name, managed_by, hash, body, value, owner_hash)
     ON CONFLICT (kind, name) DO UPDATE SET ${['managed_by', 'hash', 'body', 'value', 'changed_by', 'changed_at'].map(unlessWaiting).join(', ')},
       active_hash = excluded.active_hash, owner_hash = excluded.owner_hash`,
    [
      column(({ kind }) => kind),
      column(({ name }) => name),
      column(({ managedBy }) => managedBy),
      column(({ hash }) => hash),
      column(({ text }) => text),
      column(({ value }) => JSON.stringify(value)),
      column(({ ownerHash }) => ownerHash),
      author,
      at,
    ],
  )
}
