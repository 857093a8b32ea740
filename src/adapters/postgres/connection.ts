import { Pool as PgPool, types as pgTypes, type PoolClient } from 'pg'
import type { Clock } from '../../base/clock.ts'
import { StoreUnavailable } from '../../results/ports.ts'

export type Pool = PgPool
export type Client = PoolClient

export interface PoolPurpose {
  /** Shown by PostgreSQL as `application_name`, after `parallax-`. */
  readonly name: string
  readonly max: number
  readonly statementTimeoutMs: number
  readonly isReadOnly: boolean
}

const CONNECT_MAX_MS = 5_000
const NETWORK_MAX_MS = 5_000
const INT8 = 20

/** int8 as a number: instants and counts stay below 2^53. */
const types: typeof pgTypes = {
  ...pgTypes,
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === INT8 ? Number : pgTypes.getTypeParser(oid, format)) as typeof pgTypes.getTypeParser,
}

/** A pool that survives the server: a connection that breaks leaves it, the next query makes a new one. */
export function createPool(url: string, purpose: PoolPurpose): Pool {
  const pool = new PgPool({
    connectionString: url,
    application_name: `parallax-${purpose.name}`,
    max: purpose.max,
    statement_timeout: purpose.statementTimeoutMs,
    query_timeout: purpose.statementTimeoutMs + NETWORK_MAX_MS, // for a server that fell silent
    idle_in_transaction_session_timeout: 60_000,
    connectionTimeoutMillis: CONNECT_MAX_MS,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    types,
    ...(purpose.isReadOnly ? { options: '-c default_transaction_read_only=on' } : {}),
  })
  pool.on('error', () => undefined) // an idle connection broke; whoever asks next hears of it
  return pool
}

/** The world's fault, not ours: the server is away, full, read-only or shutting down. Trying again may help. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = (error as { code?: unknown }).code
  if (typeof code !== 'string') return CLIENT_OUTAGE.test(error.message)
  return SOCKET_OUTAGE.has(code) || SERVER_OUTAGE.test(code)
}

/**
 * SQLSTATE classes: connection, rolled back by the server (deadlock), out of resources (disk, memory, connections), operator
 * intervention (shutdown, timeout), system error; and a server that became a read-only standby.
 */
const SERVER_OUTAGE = /^((08|40|53|57|58)[0-9A-Z]{3}|25006|55P03)$/
const SOCKET_OUTAGE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
])
const CLIENT_OUTAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Query read timeout)/

/** Borrows a connection; a broken one does not return to the pool. @throws StoreUnavailable for an outage, with its cause */
export async function withClient<T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> {
  let client: Client | undefined
  let isBroken = false
  const onBreak = (): void => void (isBroken = true)
  try {
    client = await pool.connect()
    client.on('error', onBreak)
    return await work(client)
  } catch (error) {
    const isAway = isOutage(error)
    isBroken ||= isAway
    throw isAway ? new StoreUnavailable((error as Error).message, { cause: error }) : error
  } finally {
    client?.removeListener('error', onBreak)
    client?.release(isBroken)
  }
}

/** All or nothing. @throws StoreUnavailable for an outage; whether COMMIT still reached the server is then unknown */
export function inTransaction<T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> {
  return withClient(pool, async (client) => {
    await client.query('BEGIN')
    try {
      const value = await work(client)
      await client.query('COMMIT')
      return value
    } catch (error) {
      if (!isOutage(error)) await client.query('ROLLBACK')
      throw error
    }
  })
}

const REPEAT_PAUSES_MS = [50, 150, 400, 1_000] as const

/**
 * For work that may run twice: survives a restart of the server without its caller noticing. A statement that was cancelled for
 * taking too long is not tried again.
 * @throws StoreUnavailable when the server stays away
 */
export async function repeatably<T>(
  pool: Pool,
  clock: Clock,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  for (const pauseMs of REPEAT_PAUSES_MS) {
    try {
      return await withClient(pool, work)
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || isTooSlow(error.cause)) throw error
      await clock.sleep(pauseMs)
    }
  }
  return withClient(pool, work)
}

function isTooSlow(cause: unknown): boolean {
  return (
    (cause as { code?: unknown }).code === '57014' ||
    (cause as Error).message === 'Query read timeout'
  )
}
