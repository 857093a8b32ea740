import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  sessionInfo,
  setupRequest,
  setupState,
  signInRequest,
  type SessionInfo,
} from '../../wire/api/actions.ts'
import { credentialOf, setSessionCookie } from '../access.ts'
import { openSession } from '../auth/credentials.ts'
import { hashPassword, verifyPassword } from '../auth/passwords.ts'
import { isSameSecret, sha256 } from '../auth/secrets.ts'
import { audit, callerOf, type Web, type WebContext } from '../context.ts'
import { ApiFailure } from '../errors.ts'
import type { Account } from '../ports.ts'

const TAGS = ['session']
/** Sign-ins and first-run attempts of one address, good or bad. */
const PER_ADDRESS = { max: 20, timeWindow: 60_000 }

export function sessionRoutes(app: Web, context: WebContext): void {
  setupRoutes(app, context)
  signInRoute(app, context)
  app.get(
    '/session',
    {
      config: { access: 'viewer' },
      schema: { tags: TAGS, summary: 'Who I am', response: { 200: sessionInfo } },
    },
    (request) => {
      const caller = callerOf(request)
      const csrf = caller.kind === 'session' ? caller.csrf : ''
      return { username: caller.username, role: caller.role, csrf }
    },
  )
  app.delete(
    '/session',
    {
      config: { access: 'viewer' },
      schema: { tags: TAGS, summary: 'Sign out', response: { 204: z.null() } },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      if (caller.kind === 'session') {
        await context.hub.accounts.deleteSession(caller.key)
        context.identities.forget(caller.key)
        context.readers.end(caller.key)
        await audit(context, request, {
          action: 'session.end',
          subject: caller.username,
          detail: '',
        })
      }
      setSessionCookie(reply, context.settings, undefined)
      return reply.code(204).send(null)
    },
  )
}

function setupRoutes(app: Web, context: WebContext): void {
  const { accounts } = context.hub
  app.get(
    '/setup',
    {
      config: { access: 'open' },
      schema: {
        tags: TAGS,
        summary: 'What the sign-in page must know',
        response: { 200: setupState },
      },
    },
    async () => ({
      needsSetup: (await accounts.countAccounts()) === 0,
      version: context.version,
    }),
  )
  app.post(
    '/setup',
    {
      config: { access: 'open', rateLimit: PER_ADDRESS },
      schema: {
        tags: TAGS,
        summary: 'Make the first administrator with the first-run token',
        body: setupRequest,
        response: { 201: sessionInfo },
      },
    },
    async (request, reply) => {
      const { token, username, password } = request.body
      const expected = await accounts.getSetupTokenHash()
      if ((await accounts.countAccounts()) > 0) throw new ApiFailure('setup_done')
      if (expected === undefined || !isSameSecret(sha256(token), expected)) {
        throw new ApiFailure('wrong_setup_token')
      }
      const account: Account = {
        username,
        passwordHash: await hashPassword(password),
        role: 'admin',
      }
      // Two at the same time come so far; the store lets one through.
      if (!(await accounts.createAccount(account, true))) throw new ApiFailure('setup_done')
      await accounts.setSetupTokenHash(undefined)
      const detail = 'first administrator'
      await audit(context, request, { actor: username, action: 'setup', subject: username, detail })
      return reply.code(201).send(await beginSession(context, account, request, reply))
    },
  )
}

function signInRoute(app: Web, context: WebContext): void {
  const { hub, signInFailures } = context
  app.post(
    '/session',
    {
      config: { access: 'open', rateLimit: PER_ADDRESS },
      schema: {
        tags: TAGS,
        summary: 'Sign in: sets the session cookie',
        body: signInRequest,
        response: { 200: sessionInfo },
      },
    },
    async (request, reply) => {
      const { username, password } = request.body
      const wait = signInFailures.blockedForSeconds(username, hub.clock.now())
      if (wait !== undefined) {
        throw new ApiFailure('too_many_requests', undefined, { retryAfterSeconds: wait })
      }
      const account = await hub.accounts.findAccount(username)
      const isRight = await verifyPassword(account?.passwordHash, password)
      if (account === undefined || !isRight) {
        signInFailures.fail(username, hub.clock.now())
        const detail = 'wrong credentials'
        await audit(context, request, {
          actor: '-',
          action: 'session.refuse',
          subject: username,
          detail,
        })
        throw new ApiFailure('wrong_credentials')
      }
      signInFailures.clear(username)
      await audit(context, request, {
        actor: username,
        action: 'session.begin',
        subject: username,
        detail: '',
      })
      return beginSession(context, account, request, reply)
    },
  )
}

/** A new session; the one that the browser had before ends. */
async function beginSession(
  context: WebContext,
  account: Account,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<SessionInfo> {
  const { hub, settings, identities, readers } = context
  const before = credentialOf(request, settings)
  if (before?.kind === 'session') {
    const key = sha256(before.text)
    await hub.accounts.deleteSession(key)
    identities.forget(key)
    readers.end(key)
  }
  const { cookie, session } = await openSession(hub.accounts, account.username, hub.clock.now())
  setSessionCookie(reply, settings, cookie)
  return { username: account.username, role: account.role, csrf: session.csrf }
}
