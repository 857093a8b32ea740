import { instant, isoOf } from '../../base/instant.ts'
import {
  ACTIVATIONS_KEPT,
  type Activation,
  type ConfigurationStore,
  type ManifestEntry,
  type NewActivation,
} from '../../orchestrator/ports.ts'
import { NO_SHARING, type Sharing } from '../../orchestrator/plan.ts'
import type { ApplyJob } from '../../wire/api/configuration.ts'
import { saveJob } from './apply-jobs.ts'
import { saveWrites } from './configuration-objects.ts'
import type { Rows } from './configuration-store.ts'
import { inTransaction, type Client, type Pool } from './connection.ts'
import { NEWEST_FIRST } from './newest-first.ts'

interface ActivationRow {
  readonly number: number
  readonly revision: string
  readonly kind: ApplyJob['kind']
  readonly author: string
  readonly message: string
  readonly at: number
  readonly hosts: number
  readonly services: number
  readonly changed: number
  readonly isPinned: boolean
  readonly manifest: string
  readonly epoch: number
  readonly hub: string
  readonly sharing: string | null
  readonly job: string
  readonly parent: string | null
  readonly origin: string
  readonly fault: string | null
  readonly url: string | null
}

const SUMMARY = `activation_no AS number, revision, kind, author, message, activated_at AS at, hosts, services, changed, is_pinned AS "isPinned", epoch, hub, sharing,
  job, parent, origin, fault, url`
/** Of what is active; `fault` is what another hub activated and this one cannot run. */
const NEWEST = `WHERE fault IS NULL ORDER BY ${NEWEST_FIRST} LIMIT 1`
const NEWEST_NO = `(SELECT activation_no FROM configuration_activation ${NEWEST})`

type Past = Pick<
  ConfigurationStore,
  'activeActivation' | 'newest' | 'highestEpoch' | 'findRevisions' | 'revisions' | 'lineage'
>
type Changes = Pick<ConfigurationStore, 'activate' | 'trim' | 'renewEpoch'>

/** Which revision was active when, and what it was made of. @throws StoreUnavailable */
export function createActivationRows(pool: Pool, rows: Rows): Past & Changes {
  return { ...past(rows), ...changes(pool, rows) }
}

function past(rows: Rows): Past {
  return {
    async activeActivation() {
      const [row] = await rows<ActivationRow>(
        `SELECT ${SUMMARY}, manifest FROM configuration_activation ${NEWEST}`,
      )
      return row === undefined ? undefined : activationOf(row)
    },
    async newest() {
      const [row] = await rows<Omit<ActivationRow, 'manifest'>>(
        `SELECT ${SUMMARY} FROM configuration_activation ${NEWEST}`,
      )
      return row === undefined ? undefined : summaryOf(row)
    },
    async highestEpoch() {
      const [row] = await rows<{ epoch: number | null }>(
        'SELECT max(epoch) AS epoch FROM configuration_activation',
      )
      return row?.epoch ?? 0
    },
    lineage: () =>
      rows(
        `SELECT job AS id, parent, epoch FROM configuration_activation ORDER BY ${NEWEST_FIRST}`,
      ),
    async findRevisions(prefix) {
      const found = await rows<ActivationRow>(
        `SELECT DISTINCT ON (revision) ${SUMMARY}, manifest FROM configuration_activation
         WHERE starts_with(revision, $1) ORDER BY revision, ${NEWEST_FIRST} LIMIT 2`,
        [prefix],
      )
      return found.map(activationOf)
    },
    async revisions(limit, before) {
      const found = await rows<Omit<ActivationRow, 'manifest'>>(
        `SELECT ${SUMMARY} FROM configuration_activation WHERE $2::bigint IS NULL OR (epoch, hub COLLATE "C", activation_no) <
           (SELECT epoch, hub COLLATE "C", activation_no FROM configuration_activation WHERE activation_no = $2)
         ORDER BY ${NEWEST_FIRST} LIMIT $1`,
        [limit, before ?? null],
      )
      return found.map(summaryOf)
    },
  }
}

function changes(pool: Pool, rows: Rows): Changes {
  return {
    activate: (activation) =>
      inTransaction(pool, async (client) => {
        await saveActivation(client, activation)
        await saveWrites(client, activation)
        await saveJob(client, activation.job)
      }),
    async trim() {
      const dropped = await rows(
        `DELETE FROM configuration_activation WHERE activation_no IN
           (SELECT activation_no FROM configuration_activation ORDER BY ${NEWEST_FIRST} OFFSET ${ACTIVATIONS_KEPT})
           AND activation_no <> ${NEWEST_NO}
         RETURNING activation_no`,
      )
      if (dropped.length === 0) return
      await rows(
        'DELETE FROM configuration_text t WHERE NOT EXISTS (SELECT FROM (SELECT DISTINCT unnest(texts) AS hash FROM configuration_activation) used WHERE used.hash = t.hash)',
      )
    },
    async renewEpoch({ epoch, hub, sharing }) {
      await rows(
        `UPDATE configuration_activation SET epoch = $1, hub = $2, sharing = $3, edits = 0
         WHERE activation_no = ${NEWEST_NO} AND epoch < $1`,
        [epoch, hub, JSON.stringify(sharing)],
      )
    },
  }
}

function summaryOf({
  at,
  sharing,
  ...row
}: Omit<ActivationRow, 'manifest'>): Omit<Activation, 'manifest'> {
  const shared = sharing === null ? NO_SHARING : (JSON.parse(sharing) as Sharing)
  return { ...row, activatedAt: isoOf(instant(at)), sharing: shared }
}

function activationOf({ manifest, ...row }: ActivationRow): Activation {
  return { ...summaryOf(row), manifest: JSON.parse(manifest) as ManifestEntry[] }
}

async function saveActivation(client: Client, of: NewActivation): Promise<void> {
  const { job, manifest } = of
  const hashes = [...new Set(manifest.map(({ hash }) => hash))]
  const text = JSON.stringify(manifest)
  if (of.isSame) {
    await client.query(
      `UPDATE configuration_activation SET manifest = $1, texts = $2, edits = edits + 1
       WHERE activation_no = ${NEWEST_NO} AND (manifest <> $1 OR $3)`,
      [text, hashes, of.writes.length > 0],
    )
    return
  }
  await client.query('UPDATE configuration_activation SET sharing = NULL WHERE sharing IS NOT NULL')
  await client.query(
    `INSERT INTO configuration_activation
       (epoch, hub, origin, sharing, revision, job, kind, author, message, activated_at, hosts, services, changed, is_pinned, manifest, texts, url, parent)
     VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
       (SELECT job FROM configuration_activation ${NEWEST}))`,
    [
      of.epoch,
      of.hub,
      JSON.stringify(of.sharing),
      of.revision,
      job.id,
      job.kind,
      job.author,
      job.message,
      of.at,
      of.hosts,
      of.services,
      job.changed,
      of.isPinned,
      text,
      hashes,
      of.url ?? null,
    ],
  )
}
