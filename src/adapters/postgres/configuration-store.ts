import type { Clock } from '../../base/clock.ts'
import type { ConfigurationStore } from '../../orchestrator/ports.ts'
import { createActivationRows } from './activation-rows.ts'
import { createJobRows } from './apply-jobs.ts'
import { createObjectRows } from './configuration-objects.ts'
import { repeatably, type Pool } from './connection.ts'

/** Jobs, revisions with their texts, and objects of the API. @throws StoreUnavailable while the database is away */
export function createConfigurationStore(pool: Pool, clock: Clock): ConfigurationStore {
  const rows: Rows = async (sql, values = []) =>
    (await repeatably(pool, clock, (client) => client.query(sql, [...values]))).rows as never
  return {
    ...createJobRows(rows),
    ...texts(rows),
    ...createActivationRows(pool, rows),
    ...createObjectRows(pool, rows),
  }
}

/** Runs a statement that may run twice. */
export type Rows = <T extends object>(sql: string, values?: readonly unknown[]) => Promise<T[]>

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
