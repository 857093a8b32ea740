import type { Clock } from '../../base/clock.ts'
import { instant } from '../../base/instant.ts'
import {
  TextsMissing,
  type HeldActivation,
  type PeerMark,
  type ReplicaStore,
  type ReplicatedActivation,
} from '../../orchestrator/replication/ports.ts'
import type { ManifestEntry } from '../../orchestrator/ports.ts'
import type { Sharing } from '../../orchestrator/plan.ts'
import type { ActivationBody, ActivationHead, Intent } from '../../wire/replication.ts'
import { adoptObjects } from './adopted-objects.ts'
import { inTransaction, repeatably, type Client, type Pool } from './connection.ts'
import { INTENT } from './intent-store.ts'
import { NEWEST_FIRST } from './newest-first.ts'

const HEAD = `job AS id, epoch, hub, edits, origin, parent, revision, kind, author, message, activated_at AS at, hosts, services, changed`

/** Characters of intents in one page: with their heads far below what a message may hold. */
const PAGE_TEXT_MAX = 512 * 1024

/** What hubs tell each other of this database. @throws StoreUnavailable while it is away */
export function createReplicaStore(pool: Pool, clock: Clock): ReplicaStore {
  const rows = async <T extends object>(sql: string, values: readonly unknown[] = []) =>
    (await repeatably(pool, clock, (client) => client.query<T>(sql, [...values]))).rows
  return {
    async identity() {
      const [row] = await rows<{ store: string; newest: number }>(
        'SELECT store, newest FROM replica',
      )
      return row ?? { store: '', newest: 0 }
    },
    changesAfter: (after, limit) => changesAfter(rows, after, limit),
    bodyOf: (id, ownUrl) => bodyOf(rows, id, ownUrl),
    heldActivations: () =>
      rows<HeldActivation>(
        `SELECT ${HEAD}, fault FROM configuration_activation ORDER BY ${NEWEST_FIRST}`,
      ),
    keepActivation: (activation, fault) =>
      inTransaction(pool, (client) => keep(client, activation, { fault, isPinned: true })),
    adoptActivation: (activation, objects, { isPinned, at }) =>
      inTransaction(pool, async (client) => {
        await client.query(
          'UPDATE configuration_activation SET sharing = NULL WHERE sharing IS NOT NULL',
        )
        await keep(client, activation, { fault: null, isPinned })
        const { head, body } = activation
        await adoptObjects(client, { objects, drifted: body.drifted, author: head.author, at })
      }),
    async peer(hub) {
      const [row] = await rows<PeerMark>(
        'SELECT hub, store, boot, taken, taken_at AS "takenAt" FROM replica_peer WHERE hub = $1',
        [hub],
      )
      return row === undefined ? undefined : { ...row, takenAt: instant(row.takenAt) }
    },
    async savePeer({ hub, store, boot, taken, takenAt }) {
      await rows(
        `INSERT INTO replica_peer (hub, store, boot, taken, taken_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (hub) DO UPDATE SET store = excluded.store, boot = excluded.boot, taken = excluded.taken, taken_at = excluded.taken_at`,
        [hub, store, boot, taken, takenAt],
      )
    },
  }
}

type Rows = <T extends object>(sql: string, values?: readonly unknown[]) => Promise<T[]>
interface Numbered<T> {
  readonly number: number
  readonly change: T
}

async function numbered<T extends object>(
  rows: Promise<(T & { readonly number: number })[]>,
): Promise<readonly Numbered<T>[]> {
  return (await rows).map(({ number, ...change }) => ({ number, change: change as unknown as T }))
}

/** Numbers become visible in their order, so nothing below the newest is still to come. */
async function changesAfter(rows: Rows, after: number, limit: number) {
  const [replica] = await rows<{ newest: number }>('SELECT newest FROM replica')
  const newest = replica?.newest ?? 0
  const page = 'WHERE change_no > $1 AND change_no <= $2 ORDER BY change_no LIMIT $3'
  const bounds = [after, newest, limit + 1]
  const activations = await numbered<ActivationHead>(
    rows(`SELECT ${HEAD}, change_no AS number FROM configuration_activation ${page}`, bounds),
  )
  const intents = await numbered<Intent>(
    rows(`SELECT ${INTENT}, change_no AS number FROM operator_intent ${page}`, bounds),
  )
  const end = endOf([...activations, ...intents], limit)
  const isIn = ({ number }: { readonly number: number }): boolean =>
    end === undefined || number <= end
  return {
    activations: activations.filter(isIn).map(({ change }) => change),
    intents: intents.filter(isIn).map(({ change }) => change),
    through: end ?? newest,
    isLast: end === undefined,
  }
}

/** Number of the last change of a page; `undefined`: all that there are fit. */
function endOf(
  changes: readonly Numbered<ActivationHead | Intent>[],
  limit: number,
): number | undefined {
  let room = PAGE_TEXT_MAX
  let end: number | undefined
  const sorted = [...changes].sort((a, b) => a.number - b.number)
  for (const [at, { number, change }] of sorted.entries()) {
    if ('body' in change) room -= change.body.length
    if (at >= limit || (room < 0 && at > 0)) return end
    end = number
  }
  return undefined
}

async function bodyOf(rows: Rows, id: string, ownUrl: string) {
  const [row] = await rows<{
    epoch: number
    hub: string
    edits: number
    manifest: string
    sharing: string | null
    url: string | null
    isActive: boolean
  }>(
    `SELECT epoch, hub, edits, manifest, sharing, url, activation_no = (SELECT activation_no FROM configuration_activation
       WHERE fault IS NULL ORDER BY ${NEWEST_FIRST} LIMIT 1) AS "isActive" FROM configuration_activation WHERE job = $1`,
    [id],
  )
  if (row === undefined) return undefined
  const { epoch, hub, edits, manifest, sharing, url, isActive } = row
  const drifted = isActive
    ? await rows<ActivationBody['drifted'][number]>(
        `SELECT kind, name, managed_by AS "managedBy", owner_hash AS "ownerHash" FROM configuration_object
         WHERE active_hash IS DISTINCT FROM owner_hash`,
      )
    : []
  const body: ActivationBody = {
    url: url ?? ownUrl,
    manifest: JSON.parse(manifest) as ActivationBody['manifest'],
    sharing: sharing === null ? null : sharingOf(JSON.parse(sharing) as Sharing),
    drifted,
  }
  return { form: { epoch, hub, edits }, body }
}

function sharingOf({ costs, revoked }: Sharing): NonNullable<ActivationBody['sharing']> {
  return { costs: { ...costs }, revoked: [...revoked] }
}

async function keep(
  client: Client,
  { head, body }: ReplicatedActivation,
  { fault, isPinned }: { readonly fault: string | null; readonly isPinned: boolean },
): Promise<void> {
  const hashes = [...new Set(body.manifest.map(({ hash }) => hash))]
  const { rowCount } = await client.query(
    'SELECT FROM configuration_text WHERE hash = ANY ($1::text[])',
    [hashes],
  )
  if (rowCount !== hashes.length)
    throw new TextsMissing(`texts of ${head.revision} went meanwhile, they are fetched again`)
  const manifest: readonly ManifestEntry[] = body.manifest.map(({ object, ...entry }) =>
    object === undefined ? entry : { ...entry, object },
  )
  await client.query(
    `INSERT INTO configuration_activation AS a (job, epoch, hub, edits, origin, parent, revision, kind, author, message, activated_at,
       hosts, services, changed, is_pinned, manifest, texts, sharing, fault, url)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
     ON CONFLICT (job) DO UPDATE SET epoch = excluded.epoch, hub = excluded.hub, edits = excluded.edits, manifest = excluded.manifest,
       texts = excluded.texts, sharing = excluded.sharing, fault = excluded.fault
     WHERE (a.epoch, a.hub COLLATE "C", a.edits, a.fault) IS DISTINCT FROM (excluded.epoch, excluded.hub COLLATE "C", excluded.edits, excluded.fault)`,
    [
      head.id,
      head.epoch,
      head.hub,
      head.edits,
      head.origin,
      head.parent,
      head.revision,
      head.kind,
      head.author,
      head.message,
      head.at,
      head.hosts,
      head.services,
      head.changed,
      isPinned,
      JSON.stringify(manifest),
      hashes,
      body.sharing === null ? null : JSON.stringify(body.sharing),
      fault,
      body.url,
    ],
  )
}
