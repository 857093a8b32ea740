import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { AccountStore } from '../ports.ts'
import type { Caller } from './caller.ts'
import { isSameSecret, sha256 } from './secrets.ts'
import { IDLE_MS, TOKEN_FORM } from './credentials.ts'

/**
 * Who stands behind a cookie or a token. Answers are kept for a few seconds, so that a busy sender or 500 consoles do not ask the
 * database at every request; while the database is away, known callers stay known until their credential ends.
 */
export interface Identities {
  ofSession(cookie: string): Promise<Caller | undefined>
  ofToken(token: string): Promise<Caller | undefined>
  /** Forgets at once what was revoked here. */
  forget(key: string): void
}

const FRESH_MS = 10_000
const TOUCH_EVERY_MS = 60_000
const KNOWN_MAX = 10_000

interface Known {
  readonly caller: Caller
  readonly checkedAt: number
  seenAt: number
}

export interface IdentitySources {
  readonly accounts: AccountStore
  readonly clock: Clock
  readonly log: Log
}

export function createIdentities(sources: IdentitySources): Identities {
  const known = new Map<string, Known>()
  const { clock, log } = sources
  let isDatabaseDown = false

  const remember = (cacheKey: string, entry: Known): void => {
    known.delete(cacheKey)
    known.set(cacheKey, entry)
    if (known.size <= KNOWN_MAX) return
    const oldest = known.keys().next().value
    if (oldest !== undefined) known.delete(oldest)
  }
  const lookUp = async (cacheKey: string, read: () => Promise<Known | undefined>) => {
    const entry = known.get(cacheKey)
    const now = clock.now()
    if (entry !== undefined && now - entry.checkedAt < FRESH_MS) return useOf(entry, now)
    try {
      const found = await read()
      isDatabaseDown = false
      if (found === undefined) {
        known.delete(cacheKey)
        return undefined
      }
      remember(cacheKey, found)
      return useOf(found, now)
    } catch (error) {
      if (entry === undefined) throw error
      if (!isDatabaseDown)
        log.warn('accounts cannot be read, known callers stay known', { error: String(error) })
      isDatabaseDown = true
      return useOf(entry, now)
    }
  }
  return {
    ofSession: async (cookie) => {
      const idHash = sha256(cookie)
      return lookUp(idHash, () => readSession(sources, idHash, known.get(idHash)?.seenAt ?? 0))
    },
    ofToken: async (token) => {
      const form = TOKEN_FORM.exec(token)
      if (form === null) return undefined
      const [, id = '', secret = ''] = form
      return lookUp(`${id} ${sha256(secret)}`, () => readToken(sources, id, secret))
    },
    forget: (key) => {
      for (const [cacheKey, entry] of known) if (entry.caller.key === key) known.delete(cacheKey)
    },
  }
}

/** The caller, unless its credential ended meanwhile. */
function useOf(entry: Known, now: number): Caller | undefined {
  const { caller } = entry
  if (caller.expiresAt !== null && caller.expiresAt <= now) return undefined
  if (caller.kind === 'session' && now - entry.seenAt >= IDLE_MS) return undefined
  entry.seenAt = now
  return caller
}

async function readSession(
  { accounts, clock }: IdentitySources,
  idHash: string,
  seenHere: number,
): Promise<Known | undefined> {
  const session = await accounts.findSession(idHash)
  if (session === undefined) return undefined
  const now = clock.now()
  const seenAt = Math.max(session.lastSeenAt, seenHere)
  if (session.expiresAt <= now || now - seenAt >= IDLE_MS) {
    await accounts.deleteSession(idHash)
    return undefined
  }
  const account = await accounts.findAccount(session.username)
  if (account === undefined) return undefined
  if (now - session.lastSeenAt >= TOUCH_EVERY_MS) await accounts.touchSession(idHash, now)
  const { username, csrf, expiresAt } = session
  return {
    caller: { kind: 'session', key: idHash, username, role: account.role, csrf, expiresAt },
    checkedAt: now,
    seenAt,
  }
}

async function readToken(
  { accounts, clock }: IdentitySources,
  id: string,
  secret: string,
): Promise<Known | undefined> {
  const token = await accounts.findToken(id)
  // The comparison is made either way: whether an id exists shows in no time.
  const isRight = isSameSecret(token?.secretHash ?? '', sha256(secret))
  if (token === undefined || !isRight) return undefined
  const now = clock.now()
  if (token.expiresAt !== null && token.expiresAt <= now) return undefined
  if (now - (token.lastUsedAt ?? 0) >= TOUCH_EVERY_MS) await accounts.touchToken(id, now)
  const { role, expiresAt } = token
  return {
    caller: { kind: 'token', key: `token:${id}`, username: `token:${id}`, role, expiresAt },
    checkedAt: now,
    seenAt: now,
  }
}
