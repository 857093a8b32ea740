import type { Clock } from '../../base/clock.ts'
import type { Account, AccountStore, StoredSession, StoredToken } from '../../web/ports.ts'
import { inTransaction, repeatably, withClient, type Pool } from './connection.ts'
import { storable } from './texts.ts'

const AUDIT_TEXT_MAX = 4_096

const SESSION = `id_hash AS "idHash", username, csrf, created_at AS "createdAt", last_seen_at AS "lastSeenAt", expires_at AS "expiresAt"`
const TOKEN = `id, secret_hash AS "secretHash", name, role, created_by AS "createdBy", created_at AS "createdAt",
  expires_at AS "expiresAt", last_used_at AS "lastUsedAt"`

/**
 * Accounts, sessions, API tokens and the audit log. Names are clean by the time they come here; what a stranger typed (a name that
 * does not exist, say) may hold anything, so every text is made storable. @throws StoreUnavailable while the database is away
 */
export function createAccountStore(pool: Pool, clock: Clock): AccountStore {
  const rows = async <T extends object>(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<T[]> =>
    (await repeatably(pool, clock, (client) => client.query<T>(sql, [...values]))).rows
  const change = async (sql: string, values: readonly unknown[]): Promise<number> =>
    (await repeatably(pool, clock, (client) => client.query(sql, [...values]))).rowCount ?? 0

  return {
    ...accounts(pool, rows),
    ...sessions(rows, change),
    ...tokens(rows, change),
    async audit({ at, actor, action, subject, detail }) {
      const texts = [actor, action, subject, detail].map((text) => storable(text, AUDIT_TEXT_MAX))
      await withClient(pool, (client) =>
        client.query(
          'INSERT INTO audit (at, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)',
          [at, ...texts],
        ),
      )
    },
    async getSetupTokenHash() {
      return (await rows<{ hash: string }>('SELECT hash FROM setup_token'))[0]?.hash
    },
    async setSetupTokenHash(hash) {
      if (hash === undefined) await change('DELETE FROM setup_token', [])
      else {
        await change(
          'INSERT INTO setup_token (hash) VALUES ($1) ON CONFLICT (is_only) DO UPDATE SET hash = excluded.hash',
          [hash],
        )
      }
    },
  }
}

type Rows = <T extends object>(sql: string, values?: readonly unknown[]) => Promise<T[]>
type Change = (sql: string, values: readonly unknown[]) => Promise<number>

function accounts(
  pool: Pool,
  rows: Rows,
): Pick<AccountStore, 'countAccounts' | 'createAccount' | 'findAccount'> {
  return {
    async countAccounts() {
      return (await rows<{ count: number }>('SELECT count(*) FROM account'))[0]?.count ?? 0
    },
    createAccount({ username, passwordHash, role }, onlyWhenEmpty) {
      return inTransaction(pool, async (client) => {
        await client.query('LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE')
        const { rowCount } = await client.query(
          `INSERT INTO account (username, password_hash, role)
           SELECT $1, $2, $3 WHERE NOT ($4 AND EXISTS (SELECT FROM account)) ON CONFLICT DO NOTHING`,
          [username, passwordHash, role, onlyWhenEmpty],
        )
        return rowCount === 1
      })
    },
    async findAccount(username) {
      const found = await rows<Account>(
        'SELECT username, password_hash AS "passwordHash", role FROM account WHERE username = $1',
        [storable(username, AUDIT_TEXT_MAX)],
      )
      return found[0]
    },
  }
}

function sessions(
  rows: Rows,
  change: Change,
): Pick<AccountStore, 'saveSession' | 'findSession' | 'touchSession' | 'deleteSession'> {
  return {
    async saveSession({ idHash, username, csrf, createdAt, lastSeenAt, expiresAt }) {
      await change(
        `INSERT INTO session (id_hash, username, csrf, created_at, last_seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id_hash) DO UPDATE
         SET csrf = excluded.csrf, last_seen_at = excluded.last_seen_at, expires_at = excluded.expires_at`,
        [idHash, username, csrf, createdAt, lastSeenAt, expiresAt],
      )
    },
    async findSession(idHash) {
      return (
        await rows<StoredSession>(`SELECT ${SESSION} FROM session WHERE id_hash = $1`, [idHash])
      )[0]
    },
    async touchSession(idHash, lastSeenAt) {
      await change('UPDATE session SET last_seen_at = $2 WHERE id_hash = $1', [idHash, lastSeenAt])
    },
    async deleteSession(idHash) {
      await change('DELETE FROM session WHERE id_hash = $1', [idHash])
    },
  }
}

function tokens(
  rows: Rows,
  change: Change,
): Pick<AccountStore, 'saveToken' | 'findToken' | 'listTokens' | 'touchToken' | 'deleteToken'> {
  return {
    async saveToken(token) {
      const { id, secretHash, name, role, createdBy, createdAt, expiresAt, lastUsedAt } = token
      await change(
        `INSERT INTO api_token (id, secret_hash, name, role, created_by, created_at, expires_at, last_used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`,
        [id, secretHash, name, role, createdBy, createdAt, expiresAt, lastUsedAt],
      )
    },
    async findToken(id) {
      return (
        await rows<StoredToken>(`SELECT ${TOKEN} FROM api_token WHERE id = $1`, [
          storable(id, AUDIT_TEXT_MAX),
        ])
      )[0]
    },
    listTokens: () => rows<StoredToken>(`SELECT ${TOKEN} FROM api_token ORDER BY created_at, id`),
    async touchToken(id, lastUsedAt) {
      await change('UPDATE api_token SET last_used_at = $2 WHERE id = $1', [id, lastUsedAt])
    },
    async deleteToken(id) {
      return (
        (await change('DELETE FROM api_token WHERE id = $1', [storable(id, AUDIT_TEXT_MAX)])) > 0
      )
    },
  }
}
