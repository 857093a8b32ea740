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
/** A database that fell silent is not waited for longer when the caller is known. */
const PATIENCE_MS = 1_000
const TOUCH_EVERY_MS = 60_000
const KNOWN_MAX = 10_000

interface Known {
  readonly caller: Caller
  checkedAt: number
  seenAt: number
}

export interface IdentitySources {
  readonly accounts: AccountStore
  readonly clock: Clock
  readonly log: Log
}

export function createIdentities(sources: IdentitySources): Identities {
  const known = new Map<string, Known>()
  const reading = new Map<string, Promise<Known | undefined>>()
  const { clock, log } = sources
  let isDatabaseDown = false
  let forgotten = 0

  const remember = (cacheKey: string, entry: Known): void => {
    known.delete(cacheKey)
    known.set(cacheKey, entry)
    if (known.size <= KNOWN_MAX) return
    const oldest = known.keys().next().value
    if (oldest !== undefined) known.delete(oldest)
  }
  const readAndRemember = async (cacheKey: string, read: Read): Promise<Known | undefined> => {
    const before = forgotten
    try {
      const found = await read()
      isDatabaseDown = false
      if (found === undefined) known.delete(cacheKey)
      else if (before === forgotten) remember(cacheKey, found)
      return found
    } finally {
      reading.delete(cacheKey)
    }
  }
  /** Many requests of one caller ask the database once. */
  const readOnce = (cacheKey: string, read: Read): Promise<Known | undefined> => {
    const running = reading.get(cacheKey) ?? readAndRemember(cacheKey, read)
    reading.set(cacheKey, running)
    return running
  }
  const lookUp = async (cacheKey: string, read: Read): Promise<Caller | undefined> => {
    const entry = known.get(cacheKey)
    const now = clock.now()
    if (entry !== undefined && now - entry.checkedAt < FRESH_MS) return useOf(entry, now)
    const answer = readOnce(cacheKey, read)
    try {
      const found = await (entry === undefined ? answer : within(answer, PATIENCE_MS, clock))
      return found === undefined ? undefined : useOf(found, now)
    } catch (error) {
      if (entry === undefined) throw error
      if (!isDatabaseDown)
        log.warn('accounts cannot be read, known callers stay known', { error: String(error) })
      isDatabaseDown = true
      entry.checkedAt = now // so that not every request waits for a database that is away
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
      forgotten++
      for (const [cacheKey, entry] of known) if (entry.caller.key === key) known.delete(cacheKey)
    },
  }
}

type Read = () => Promise<Known | undefined>

async function within<T>(answer: Promise<T>, ms: number, clock: Clock): Promise<T> {
  const late = Promise.withResolvers<never>()
  const cancel = clock.timer(ms, () => late.reject(new Error(`no answer within ${ms} ms`)))
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    cancel()
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
  const { name, role, expiresAt } = token
  const key = `token:${id}`
  return {
    caller: { kind: 'token', key, username: key, name, role, expiresAt },
    checkedAt: now,
    seenAt: now,
  }
}
