import { randomBytes } from 'node:crypto'
import type { Instant } from '../../base/instant.ts'
import type { AccountStore, Role, StoredSession, StoredToken } from '../ports.ts'
import { randomSecret, sha256 } from './secrets.ts'

/** A session ends after so long without use, and after so long in any case. */
export const IDLE_MS = 12 * 3_600_000
export const SESSION_MS = 7 * 24 * 3_600_000

/** `plx_<id>_<secret>`: what secret scanners can find. */
export const TOKEN_FORM = /^plx_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/

export interface OpenedSession {
  /** The cookie's value; the database has only its SHA-256. */
  readonly cookie: string
  readonly session: StoredSession
}

/** Always a new id: one that somebody planted before sign-in is worth nothing after it. */
export async function openSession(
  accounts: AccountStore,
  username: string,
  now: Instant,
): Promise<OpenedSession> {
  const cookie = randomSecret()
  const session: StoredSession = {
    idHash: sha256(cookie),
    username,
    csrf: randomSecret(),
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + SESSION_MS,
  }
  await accounts.saveSession(session)
  return { cookie, session }
}

export interface TokenWish {
  readonly name: string
  readonly role: Role
  readonly createdBy: string
  /** ms since the epoch; `null`: never. */
  readonly expiresAt: number | null
}

export interface CreatedToken {
  /** Shown once; the database has only the SHA-256 of its secret. */
  readonly token: string
  readonly stored: StoredToken
}

/** Makes and stores an API token. The role uses it too, for the command line of the hub's own user. */
export async function createToken(
  accounts: AccountStore,
  wish: TokenWish,
  now: Instant,
): Promise<CreatedToken> {
  const id = randomBytes(8).toString('hex')
  const secret = randomSecret()
  const stored: StoredToken = {
    ...wish,
    id,
    secretHash: sha256(secret),
    createdAt: now,
    lastUsedAt: null,
  }
  await accounts.saveToken(stored)
  return { token: `plx_${id}_${secret}`, stored }
}

/**
 * The first-run token, when no account exists yet: only its hash is stored, so every start makes a new one unless the role kept
 * the old one and brings it as `kept`.
 * @returns what the operator must be shown; `undefined` once there is an account
 */
export async function prepareSetup(
  accounts: AccountStore,
  kept: string | undefined,
): Promise<string | undefined> {
  if ((await accounts.countAccounts()) > 0) {
    await accounts.setSetupTokenHash(undefined)
    return undefined
  }
  const token = kept ?? randomSecret()
  await accounts.setSetupTokenHash(sha256(token))
  return token
}
