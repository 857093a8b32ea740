import { z } from 'zod'
import { isoOf, type Instant } from '../../base/instant.ts'
import {
  enrolmentList,
  joinTokenCreated,
  joinTokenList,
  joinTokenRequest,
  revokeAnswer,
  TOKEN_MS_DEFAULT,
  type EnrolmentRow,
  type JoinTokenRow,
} from '../../wire/api/enrolment.ts'
import { audit, authorOf, type Web, type WebContext } from '../context.ts'
import { ApiFailure } from '../errors.ts'
import type { EnrolmentDesk, EnrolmentEntry, JoinTokenEntry } from '../ports.ts'

const TAGS = ['network']

/** Letting collectors in, and shutting them out: for administrators. */
export function enrolmentRoutes(app: Web, context: WebContext): void {
  tokenRoutes(app, context)
  collectorRoutes(app, context)
}

function tokenRoutes(app: Web, context: WebContext): void {
  const config = { access: 'admin' } as const
  app.get(
    '/join-tokens',
    {
      config,
      schema: {
        tags: TAGS,
        summary: 'Tokens with which collectors may join, without their secrets',
        response: { 200: joinTokenList },
      },
    },
    async () => ({ items: (await deskOf(context).tokens()).map(tokenRowOf) }),
  )
  app.post(
    '/join-tokens',
    {
      config,
      schema: {
        tags: TAGS,
        summary: 'Make a token with which one collector may join; it is shown this once',
        body: joinTokenRequest,
        response: { 201: joinTokenCreated },
      },
    },
    async (request, reply) => {
      const { cluster, name, expiresInMs: forMs = TOKEN_MS_DEFAULT } = request.body
      const wish = { cluster, name, forMs, author: authorOf(request) }
      const issued = await deskOf(context).issue(wish)
      if (issued === undefined)
        throw new ApiFailure('unknown_cluster', `No cluster is called ${cluster}.`)
      const { id, text: token, stored } = issued
      const detail = name === undefined ? cluster : `${cluster}.${name}`
      await audit(context, request, { action: 'join-token.create', subject: id, detail })
      const expiresAt = isoOf(stored.expiresAt)
      return reply.code(201).send({ id, token, cluster, name: name ?? null, expiresAt })
    },
  )
  app.delete(
    '/join-tokens/:id',
    {
      config,
      schema: {
        tags: TAGS,
        summary: 'Withdraw a token that nobody has used',
        params: z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      if (!(await deskOf(context).withdraw(id))) throw new ApiFailure('unknown_join_token')
      await audit(context, request, { action: 'join-token.withdraw', subject: id, detail: '' })
      return reply.code(204).send(null)
    },
  )
}

function collectorRoutes(app: Web, context: WebContext): void {
  app.get(
    '/enrolments',
    {
      config: { access: 'viewer' },
      schema: {
        tags: TAGS,
        summary: 'Collectors that joined, and those that were shut out',
        response: { 200: enrolmentList },
      },
    },
    async () => ({ items: (await deskOf(context).collectors()).map(enrolmentRowOf) }),
  )
  app.delete(
    '/enrolments/:id',
    {
      config: { access: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Shut a collector out for ever, at once',
        params: z.object({ id: z.string().min(1).max(127) }),
        response: { 200: revokeAnswer },
      },
    },
    async (request) => {
      const { id } = request.params
      const outcome = await deskOf(context).revoke(id, authorOf(request))
      if (outcome.kind === 'unknown') throw new ApiFailure('unknown_collector')
      await audit(context, request, { action: 'collector.revoke', subject: id, detail: '' })
      return { id, untold: outcome.untold ?? null }
    },
  )
}

function deskOf({ hub }: WebContext): EnrolmentDesk {
  if (hub.enrolment === undefined) throw new ApiFailure('no_enrolment')
  return hub.enrolment
}

function tokenRowOf(token: JoinTokenEntry): JoinTokenRow {
  const { id, cluster, name = null, createdBy, usedBy = null } = token
  return {
    id,
    cluster,
    name,
    createdBy,
    createdAt: isoOf(token.createdAt),
    expiresAt: isoOf(token.expiresAt),
    usedBy,
    usedAt: isoOrNull(token.usedAt),
  }
}

function enrolmentRowOf(collector: EnrolmentEntry): EnrolmentRow {
  const { id, cluster, name, publicKey, joinedAt, joinedBy, revokedAt } = collector
  return {
    id,
    cluster,
    name,
    publicKey,
    joinedBy,
    joinedAt: isoOf(joinedAt),
    revokedAt: isoOrNull(revokedAt),
  }
}

function isoOrNull(at: Instant | undefined): string | null {
  return at === undefined ? null : isoOf(at)
}
