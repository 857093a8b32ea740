import { z } from 'zod'
import { instant, isoOf } from '../../base/instant.ts'
import { tokenCreated, tokenRequest } from '../../wire/api/actions.ts'
import { tokenList, type TokenRow } from '../../wire/api/queries.ts'
import { createToken } from '../auth/credentials.ts'
import { audit, callerOf, type Web, type WebContext } from '../context.ts'
import { ApiFailure } from '../errors.ts'
import type { StoredToken } from '../ports.ts'

const TAGS = ['tokens']

/** API tokens, for administrators. */
export function tokenRoutes(app: Web, context: WebContext): void {
  const { accounts, clock } = context.hub
  app.get(
    '/tokens',
    {
      config: { access: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'API tokens, without their secrets',
        response: { 200: tokenList },
      },
    },
    async () => ({ items: (await accounts.listTokens()).map(tokenRowOf) }),
  )
  app.post(
    '/tokens',
    {
      config: { access: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Make an API token; it is shown this once',
        body: tokenRequest,
        response: { 201: tokenCreated },
      },
    },
    async (request, reply) => {
      const { name, role } = request.body
      const given = request.body.expiresAt ?? null
      const expiresAt = given === null ? null : Date.parse(given)
      if (expiresAt !== null && expiresAt <= clock.now()) {
        const details = [{ path: 'body.expiresAt', message: 'lies in the past' }]
        throw new ApiFailure('invalid_input', undefined, { details })
      }
      const wish = { name, role, createdBy: callerOf(request).username, expiresAt }
      const { token, stored } = await createToken(accounts, wish, clock.now())
      const detail = `${role} ${name}`
      await audit(context, request, { action: 'token.create', subject: stored.id, detail })
      return reply
        .code(201)
        .send({ id: stored.id, token, name, role, expiresAt: isoOrNull(expiresAt) })
    },
  )
  app.delete(
    '/tokens/:id',
    {
      config: { access: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Revoke an API token, at once',
        params: z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      if (!(await accounts.deleteToken(id))) throw new ApiFailure('unknown_token')
      context.identities.forget(`token:${id}`)
      context.readers.end(`token:${id}`)
      await audit(context, request, { action: 'token.revoke', subject: id, detail: '' })
      return reply.code(204).send(null)
    },
  )
}

function tokenRowOf(token: StoredToken): TokenRow {
  const { id, name, role, createdBy, createdAt, expiresAt, lastUsedAt } = token
  return {
    id,
    name,
    role,
    createdBy,
    createdAt: isoOf(instant(createdAt)),
    expiresAt: isoOrNull(expiresAt),
    lastUsedAt: isoOrNull(lastUsedAt),
  }
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : isoOf(instant(at))
}
