import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Access, Caller } from './auth/caller.ts'
import type { Attempts } from './auth/attempts.ts'
import type { Identities } from './auth/identities.ts'
import { ApiFailure } from './errors.ts'
import type { AuditEntry, HubFacade } from './ports.ts'
import type { Snapshots } from './snapshot.ts'
import type { Feed } from './stream/feed.ts'
import type { Readers } from './stream/readers.ts'

export interface WebSettings {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** The built console; may be missing, then a page says how to build it. */
  readonly consoleFolder: string
  /** A proxy in front ends TLS: cookies are `Secure`, and the proxy's word for the client's address counts. */
  readonly isBehindTls: boolean
}

export type Web = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** What routes share. */
export interface WebContext {
  readonly hub: HubFacade
  readonly settings: WebSettings
  readonly version: string
  /** JSON Schema of the configuration, for editors. */
  readonly configurationSchema: unknown
  readonly identities: Identities
  /** Failed sign-ins per user name, wherever they came from. */
  readonly signInFailures: Attempts
  readonly feed: Feed
  readonly readers: Readers
  readonly snapshots: Snapshots
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route asks of its caller. Every route below /api must say. */
    access?: Access
  }
  interface FastifyRequest {
    /** Set on every route that is not open, and on open ones when the credential is good. */
    caller: Caller | undefined
  }
}

/** The caller of a route that is not open. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === undefined) throw new ApiFailure('not_signed_in')
  return request.caller
}

/** Who asks, as people know him: the name of a user or of a token. The audit log has the token's id besides. */
export function authorOf(request: FastifyRequest): string {
  const caller = callerOf(request)
  return caller.kind === 'token' ? caller.name : caller.username
}

/** Who did what, for ever. While the database is away the log of the hub has to keep it: the action itself goes on. */
export async function audit(
  { hub }: WebContext,
  request: FastifyRequest,
  entry: Omit<AuditEntry, 'at' | 'actor'> & { readonly actor?: string },
): Promise<void> {
  const actor = entry.actor ?? callerOf(request).username
  const detail = `${entry.detail === '' ? '' : `${entry.detail}, `}from ${request.ip}`
  const full: AuditEntry = { ...entry, actor, detail, at: hub.clock.now() }
  try {
    await hub.accounts.audit(full)
  } catch (error) {
    hub.log.warn('audit entry could not be stored', { ...full, error: String(error) })
  }
}
