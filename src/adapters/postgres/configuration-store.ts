import type { Clock } from '../../base/clock.ts'
import { instant, isoOf } from '../../base/instant.ts'
import {
  ACTIVATIONS_KEPT,
  JOBS_KEPT,
  type Activation,
  type ConfigurationStore,
  type ManifestEntry,
  type NewActivation,
} from '../../orchestrator/ports.ts'
import type { ApplyJob } from '../../wire/api/configuration.ts'
import { createObjectRows, saveWrites } from './configuration-objects.ts'
import { inTransaction, repeatably, type Client, type Pool } from './connection.ts'

/** Jobs, revisions with their texts, and objects of the API. @throws StoreUnavailable while the database is away */
export function createConfigurationStore(pool: Pool, clock: Clock): ConfigurationStore {
  const rows: Rows = async (sql, values = []) =>
    (await repeatably(pool, clock, (client) => client.query(sql, [...values]))).rows as never
  return {
    ...jobs(rows),
    ...texts(rows),
    ...activations(pool, rows),
    ...createObjectRows(pool, rows),
  }
}

/** Runs a statement that may run twice. */
export type Rows = <T extends object>(sql: string, values?: readonly unknown[]) => Promise<T[]>

const SAVE_JOB = `INSERT INTO configuration_job (id, started_at, is_over, job) VALUES ($1, $2, $3, $4)
  ON CONFLICT (id) DO UPDATE SET is_over = excluded.is_over, job = excluded.job`

function valuesOf(job: ApplyJob): unknown[] {
  const isOver = job.state !== 'compiling' && job.state !== 'staging'
  return [job.id, Date.parse(job.startedAt), isOver, JSON.stringify(job)]
}

function jobs(rows: Rows): Pick<ConfigurationStore, 'saveJob' | 'loadJobs' | 'loadJob'> {
  return {
    async saveJob(job) {
      await rows(SAVE_JOB, valuesOf(job))
      await rows(
        `DELETE FROM configuration_job WHERE is_over AND started_at <
           (SELECT started_at FROM configuration_job ORDER BY started_at DESC OFFSET ${JOBS_KEPT - 1} LIMIT 1)`,
      )
    },
    async loadJobs() {
      const found = await rows<{ job: string }>(
        'SELECT job FROM configuration_job ORDER BY started_at DESC, id DESC LIMIT $1',
        [JOBS_KEPT],
      )
      return found.map(({ job }) => JSON.parse(job) as ApplyJob)
    },
    async loadJob(id) {
      const [found] = await rows<{ job: string }>(
        'SELECT job FROM configuration_job WHERE id = $1',
        [id],
      )
      return found === undefined ? undefined : (JSON.parse(found.job) as ApplyJob)
    },
  }
}

function texts(rows: Rows): Pick<ConfigurationStore, 'missingTexts' | 'saveTexts' | 'loadTexts'> {
  return {
    async missingTexts(hashes) {
      const known = await rows<{ hash: string }>(
        'SELECT hash FROM configuration_text WHERE hash = ANY ($1::text[])',
        [hashes],
      )
      const there = new Set(known.map(({ hash }) => hash))
      return hashes.filter((hash) => !there.has(hash))
    },
    async saveTexts(stored) {
      await rows(
        `INSERT INTO configuration_text (hash, body) SELECT * FROM unnest($1::text[], $2::bytea[]) ON CONFLICT DO NOTHING`,
        [stored.map(({ hash }) => hash), stored.map(({ body }) => Buffer.from(body))],
      )
    },
    loadTexts: (hashes) =>
      rows('SELECT hash, body FROM configuration_text WHERE hash = ANY ($1::text[])', [hashes]),
  }
}

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
}

const SUMMARY = `activation_no AS number, revision, kind, author, message, activated_at AS at, hosts, services, changed, is_pinned AS "isPinned"`

function activations(
  pool: Pool,
  rows: Rows,
): Pick<
  ConfigurationStore,
  'activate' | 'trim' | 'activeActivation' | 'findRevisions' | 'revisions'
> {
  return {
    activate: (activation) =>
      inTransaction(pool, async (client) => {
        await saveActivation(client, activation)
        await saveWrites(client, activation)
        await client.query(SAVE_JOB, valuesOf(activation.job))
      }),
    async trim() {
      const dropped = await rows(
        `DELETE FROM configuration_activation WHERE activation_no <=
           (SELECT activation_no FROM configuration_activation ORDER BY activation_no DESC OFFSET ${ACTIVATIONS_KEPT} LIMIT 1)
         RETURNING activation_no`,
      )
      if (dropped.length === 0) return
      await rows(
        'DELETE FROM configuration_text t WHERE NOT EXISTS (SELECT FROM (SELECT DISTINCT unnest(texts) AS hash FROM configuration_activation) used WHERE used.hash = t.hash)',
      )
    },
    async activeActivation() {
      const [row] = await rows<ActivationRow>(
        `SELECT ${SUMMARY}, manifest FROM configuration_activation ORDER BY activation_no DESC LIMIT 1`,
      )
      return row === undefined ? undefined : activationOf(row)
    },
    async findRevisions(prefix) {
      const found = await rows<ActivationRow>(
        `SELECT DISTINCT ON (revision) ${SUMMARY}, manifest FROM configuration_activation
         WHERE starts_with(revision, $1) ORDER BY revision, activation_no DESC LIMIT 2`,
        [prefix],
      )
      return found.map(activationOf)
    },
    async revisions(limit, before) {
      const found = await rows<Omit<ActivationRow, 'manifest'>>(
        `SELECT ${SUMMARY} FROM configuration_activation WHERE activation_no < $2 ORDER BY activation_no DESC LIMIT $1`,
        [limit, before ?? Number.MAX_SAFE_INTEGER],
      )
      return found.map(summaryOf)
    },
  }
}

function summaryOf({ at, ...row }: Omit<ActivationRow, 'manifest'>): Omit<Activation, 'manifest'> {
  return { ...row, activatedAt: isoOf(instant(at)) }
}

function activationOf({ manifest, ...row }: ActivationRow): Activation {
  return { ...summaryOf(row), manifest: JSON.parse(manifest) as ManifestEntry[] }
}

async function saveActivation(client: Client, of: NewActivation): Promise<void> {
  const { job, manifest } = of
  const hashes = [...new Set(manifest.map(({ hash }) => hash))]
  if (of.isSame) {
    await client.query(
      `UPDATE configuration_activation SET manifest = $1, texts = $2
       WHERE activation_no = (SELECT max(activation_no) FROM configuration_activation)`,
      [JSON.stringify(manifest), hashes],
    )
    return
  }
  await client.query(
    `INSERT INTO configuration_activation
       (revision, job, kind, author, message, activated_at, hosts, services, changed, is_pinned, manifest, texts)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
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
      JSON.stringify(manifest),
      hashes,
    ],
  )
}
