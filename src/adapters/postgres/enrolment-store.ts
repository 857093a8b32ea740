import type { Clock } from '../../base/clock.ts'
import type {
  EnrolledCollector,
  EnrolmentStore,
  StoredJoinToken,
} from '../../orchestrator/enrolment/ports.ts'
import { inTransaction, repeatably, type Pool } from './connection.ts'
import { storable } from './texts.ts'

const TEXT_MAX = 1_024
const TOKENS_MAX = 1_000
/** Tokens that ended so long ago tell nobody anything any more. */
const KEPT_MS = 90 * 86_400_000

const TOKEN = `id, secret_hash AS "secretHash", cluster, name, created_by AS "createdBy", created_at AS "createdAt",
  expires_at AS "expiresAt", used_by AS "usedBy", used_at AS "usedAt"`
const COLLECTOR = `id, cluster, name, public_key AS "publicKey", joined_at AS "joinedAt", joined_by AS "joinedBy",
  revoked_at AS "revokedAt"`

/** What is absent is NULL there. */
type Row<T> = { readonly [K in keyof T]: undefined extends T[K] ? T[K] | null : T[K] }

/** Join tokens and who joined with them. @throws StoreUnavailable while the database is away */
export function createEnrolmentStore(pool: Pool, clock: Clock): EnrolmentStore {
  const rows = async <T extends object>(sql: string, values: readonly unknown[]): Promise<T[]> =>
    (await repeatably(pool, clock, (client) => client.query<T>(sql, [...values]))).rows
  const change = async (sql: string, values: readonly unknown[]): Promise<number> =>
    (await repeatably(pool, clock, (client) => client.query(sql, [...values]))).rowCount ?? 0

  return {
    async saveToken({ id, secretHash, cluster, name, createdBy, createdAt, expiresAt }) {
      await change('DELETE FROM join_token WHERE expires_at < $1', [createdAt - KEPT_MS])
      await change(
        `INSERT INTO join_token (id, secret_hash, cluster, name, created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
        [id, secretHash, cluster, name, storable(createdBy, TEXT_MAX), createdAt, expiresAt],
      )
    },
    async findToken(id) {
      const [row] = await rows<Row<StoredJoinToken>>(
        `SELECT ${TOKEN} FROM join_token WHERE id = $1`,
        [storable(id, TEXT_MAX)],
      )
      return row && tokenOf(row)
    },
    async tokens() {
      const sql = `SELECT ${TOKEN} FROM join_token ORDER BY created_at DESC, id LIMIT $1`
      return (await rows<Row<StoredJoinToken>>(sql, [TOKENS_MAX])).map(tokenOf)
    },
    async deleteUnusedToken(id) {
      const sql = 'DELETE FROM join_token WHERE id = $1 AND used_by IS NULL'
      return (await change(sql, [storable(id, TEXT_MAX)])) > 0
    },
    enrol: (token, collector) => enrol(pool, token, collector),
    async collectors() {
      const sql = `SELECT ${COLLECTOR} FROM enrolled_collector ORDER BY id COLLATE "C"`
      return (await rows<Row<EnrolledCollector>>(sql, [])).map(collectorOf)
    },
    takeOver: (collectors) => takeOver(change, collectors),
    async find(id) {
      const [row] = await rows<Row<EnrolledCollector>>(
        `SELECT ${COLLECTOR} FROM enrolled_collector WHERE id = $1`,
        [storable(id, TEXT_MAX)],
      )
      return row && collectorOf(row)
    },
    async revoke(id, at) {
      const sql = `UPDATE enrolled_collector SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL`
      return (await change(sql, [storable(id, TEXT_MAX), at])) > 0
    },
  }
}

function enrol(
  pool: Pool,
  token: string,
  { id, cluster, name, publicKey, joinedAt, joinedBy }: EnrolledCollector,
): ReturnType<EnrolmentStore['enrol']> {
  return inTransaction(pool, async (client) => {
    const kept = await client.query(
      `INSERT INTO enrolled_collector (id, cluster, name, public_key, joined_at, joined_by)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE
       SET public_key = excluded.public_key, joined_at = excluded.joined_at, joined_by = excluded.joined_by, revoked_at = NULL
       WHERE enrolled_collector.revoked_at IS NOT NULL OR enrolled_collector.public_key = excluded.public_key`,
      [id, cluster, name, publicKey, joinedAt, storable(joinedBy, TEXT_MAX)],
    )
    if (kept.rowCount === 0) return 'name-taken'
    const spent = await client.query(
      'UPDATE join_token SET used_by = $2, used_at = $3 WHERE id = $1 AND used_by IS NULL',
      [token, id, joinedAt],
    )
    if (spent.rowCount === 1) return 'done'
    throw new TokenSpent()
  }).catch((error: unknown) => {
    if (error instanceof TokenSpent) return 'token-used'
    throw error
  })
}

async function takeOver(
  change: (sql: string, values: readonly unknown[]) => Promise<number>,
  collectors: readonly EnrolledCollector[],
): Promise<void> {
  const columns = collectors.map(
    ({ id, cluster, name, publicKey, joinedAt, joinedBy, revokedAt = null }) =>
      [id, cluster, name, publicKey, joinedAt, storable(joinedBy, TEXT_MAX), revokedAt] as const,
  )
  await change(
    `INSERT INTO enrolled_collector AS own (id, cluster, name, public_key, joined_at, joined_by, revoked_at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::bigint[])
     ON CONFLICT (id) DO UPDATE SET public_key = excluded.public_key, joined_at = excluded.joined_at,
       joined_by = excluded.joined_by, revoked_at = excluded.revoked_at
     WHERE excluded.joined_at > own.joined_at OR (excluded.joined_at = own.joined_at
       AND (excluded.public_key COLLATE "C" > own.public_key COLLATE "C" OR (excluded.public_key = own.public_key AND own.revoked_at IS NULL)))`,
    [0, 1, 2, 3, 4, 5, 6].map((n) => columns.map((row) => row[n])),
  )
}

/** Undoes the transaction. */
class TokenSpent extends Error {
  override readonly name = 'TokenSpent'
}

function tokenOf(row: Row<StoredJoinToken>): StoredJoinToken {
  const { name, usedBy, usedAt } = row
  return {
    ...row,
    name: name ?? undefined,
    usedBy: usedBy ?? undefined,
    usedAt: usedAt ?? undefined,
  }
}

function collectorOf(row: Row<EnrolledCollector>): EnrolledCollector {
  return { ...row, revokedAt: row.revokedAt ?? undefined }
}
