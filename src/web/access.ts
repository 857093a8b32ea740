import type { FastifyReply, FastifyRequest } from 'fastify'
import { assert } from '../base/assert.ts'
import { createAttempts } from './auth/attempts.ts'
import { reaches, type Access, type Caller } from './auth/caller.ts'
import { isSameSecret } from './auth/secrets.ts'
import { type Web, type WebContext, type WebSettings } from './context.ts'
import { ApiFailure } from './errors.ts'

/** The guards before every route, in order: host name, credential, CSRF, role. Rules WA1..WA9 of docs/spec/api.md. */
export function guard(app: Web, context: WebContext): void {
  const { settings, identities, hub } = context
  const isHostRight = hostCheckOf(settings)
  const badCredentials = createAttempts({ failuresMax: 60, windowMs: 60_000, keysMax: 10_000 })

  app.decorateRequest('caller', undefined)
  app.addHook('onRoute', (route) => {
    // The pages of the API's description are a plugin's own routes.
    if (route.url.startsWith('/api/docs')) route.config = { access: 'viewer', ...route.config }
    const isGuarded = route.url.startsWith('/api') || route.url === '/metrics'
    assert(!isGuarded || route.config?.access !== undefined, `who may call ${route.url}?`)
  })
  app.addHook('onRequest', async (request) => {
    if (!isHostRight(request.headers.host)) throw new ApiFailure('wrong_host')
    if (request.is404) return
    const access = request.routeOptions.config.access ?? 'open'
    const credential = credentialOf(request, settings)
    if (credential === undefined) {
      if (access !== 'open') throw new ApiFailure('not_signed_in')
      return
    }
    const wait = badCredentials.blockedForSeconds(request.ip, hub.clock.now())
    if (wait !== undefined && access !== 'open') {
      throw new ApiFailure('too_many_requests', undefined, { retryAfterSeconds: wait })
    }
    if (access === 'open' && !request.routeOptions.url?.startsWith('/api')) return
    const caller = await callerFor(credential, identities)
    if (caller === undefined && access !== 'open') badCredentials.fail(request.ip, hub.clock.now())
    request.caller = caller
    admit(request, caller, access)
  })
}

export type Credential =
  | { readonly kind: 'token'; readonly text: string }
  | { readonly kind: 'session'; readonly text: string }

export function callerFor(
  { kind, text }: Credential,
  identities: WebContext['identities'],
): Promise<Caller | undefined> {
  return kind === 'token' ? identities.ofToken(text) : identities.ofSession(text)
}

/** A token in the header goes before a cookie, and a bad one is not made good by it. */
export function credentialOf(
  request: FastifyRequest,
  settings: WebSettings,
): Credential | undefined {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    return { kind: 'token', text: /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '' }
  }
  const cookie = request.cookies[cookieName(settings)]
  return cookie === undefined || cookie === '' ? undefined : { kind: 'session', text: cookie }
}

export const CSRF_HEADER = 'x-parallax-csrf'
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

function admit(request: FastifyRequest, caller: Caller | undefined, access: Access): void {
  if (access === 'open') return
  if (caller === undefined) throw new ApiFailure('not_signed_in')
  if (caller.kind === 'session' && !SAFE_METHODS.has(request.method)) {
    const sent = request.headers[CSRF_HEADER]
    if (typeof sent !== 'string' || !isSameSecret(sent, caller.csrf)) {
      throw new ApiFailure('csrf_refused')
    }
  }
  if (!reaches(caller.role, access)) {
    throw new ApiFailure(
      'not_allowed',
      `the role ${caller.role} does not reach so far: ${access} is needed`,
    )
  }
}

/** `__Host-` makes browsers insist on Secure, Path=/ and no Domain: no sister site can plant it. */
export function cookieName({ isBehindTls }: WebSettings): string {
  return isBehindTls ? '__Host-parallax' : 'parallax'
}

export function setSessionCookie(
  reply: FastifyReply,
  settings: WebSettings,
  value: string | undefined,
): void {
  const options = {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: settings.isBehindTls,
  } as const
  if (value === undefined) void reply.clearCookie(cookieName(settings), options)
  else void reply.setCookie(cookieName(settings), value, options)
}

/**
 * Against DNS rebinding: a page of another name that resolves to loopback reaches us with that name. Behind a proxy, or bound to
 * other addresses, names are the operator's own affair. Without any Host (HTTP/1.0 probes) no browser is at work.
 */
export function hostCheckOf({
  host,
  isBehindTls,
}: WebSettings): (header: string | undefined) => boolean {
  if (isBehindTls || !isLoopback(host)) return () => true
  return (header) => header === undefined || isLoopback(header.replace(/:\d+$/, ''))
}

export function isLoopback(name: string): boolean {
  const bare = name.toLowerCase().replace(/^\[|\]$/g, '')
  return (
    bare === 'localhost' ||
    bare.endsWith('.localhost') ||
    bare === '::1' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare)
  )
}
