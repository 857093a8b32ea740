import { z } from 'zod'
import {
  applyJob,
  applyRequest,
  configurationStatus,
  diffAnswer,
  planAnswer,
  proposal,
  revisionList,
  rollbackRequest,
  type ApplyJob,
  type ApplyRequest,
} from '../../wire/api/configuration.ts'
import {
  diffQuery,
  exportQuery,
  jobQuery,
  revisionsQuery,
} from '../../wire/api/configuration-queries.ts'
import { audit, authorOf, type Web, type WebContext } from '../context.ts'
import { ApiFailure } from '../errors.ts'
import type { ConfigurationDesk, RevisionUnknown } from '../ports.ts'
import { objectRoutes } from './configuration-objects.ts'

const TAGS = ['configuration']
/** A site of 50,000 services is some 20 MB of YAML. */
export const PROPOSAL_BODY_BYTES_MAX = 64 * 1024 * 1024
const ROLLBACK_BODY_BYTES_MAX = 16 * 1024
/** More callers that wait for a job than these are answered at once. */
const WAITERS_MAX = 100

/** What is monitored: plans, apply jobs, revisions, objects. The desk of the hub does the work; here is who may, and what the answers look like. */
export function configurationRoutes(app: Web, context: WebContext): void {
  const desk = context.hub.configuration
  app.get(
    '/configuration',
    {
      config: { access: 'viewer' },
      schema: {
        tags: TAGS,
        summary: 'Which revision is active, what waits, and the last job',
        response: { 200: configurationStatus },
      },
    },
    () => desk.status(),
  )
  app.post(
    '/configuration/plan',
    {
      config: { access: 'operator' },
      bodyLimit: PROPOSAL_BODY_BYTES_MAX,
      schema: {
        tags: TAGS,
        summary: 'What would change, and what is wrong with it; changes nothing',
        body: proposal,
        response: { 200: planAnswer },
      },
    },
    async ({ body }) => {
      refusePruneOfNobody(body)
      return desk.plan(body)
    },
  )
  applyRoute(app, context, desk)
  rollbackRoute(app, context, desk)
  jobRoute(app, desk)
  revisionRoutes(app, desk)
  objectRoutes(app, context, desk)
}

function applyRoute(app: Web, context: WebContext, desk: ConfigurationDesk): void {
  app.post(
    '/configuration/apply',
    {
      config: { access: 'admin' },
      bodyLimit: PROPOSAL_BODY_BYTES_MAX,
      schema: {
        tags: TAGS,
        summary: 'Make it so: starts a job, whose address is in `location`',
        body: applyRequest,
        response: { 202: applyJob },
      },
    },
    async (request, reply) => {
      refusePruneOfNobody(request.body)
      const started = await desk.apply(request.body, authorOf(request))
      if (started.kind === 'outdated') {
        const message = `revision ${started.active} is active by now; look at a new plan.`
        throw new ApiFailure('plan_outdated', message)
      }
      const detail = wordsOf(request.body)
      await audit(context, request, { action: 'configuration.apply', subject: started.id, detail })
      return reply.code(202).header('location', addressOf(started)).send(started)
    },
  )
}

function rollbackRoute(app: Web, context: WebContext, desk: ConfigurationDesk): void {
  app.post(
    '/configuration/rollback',
    {
      config: { access: 'admin' },
      bodyLimit: ROLLBACK_BODY_BYTES_MAX,
      schema: {
        tags: TAGS,
        summary: 'Make an earlier revision active again: starts a job',
        body: rollbackRequest,
        response: { 202: applyJob },
      },
    },
    async (request, reply) => {
      const started = await desk.rollback(request.body, authorOf(request))
      if (!('id' in started)) throw unknownRevision(started)
      const detail = `to ${request.body.revision}`
      const subject = started.id
      await audit(context, request, { action: 'configuration.rollback', subject, detail })
      return reply.code(202).header('location', addressOf(started)).send(started)
    },
  )
}

function jobRoute(app: Web, desk: ConfigurationDesk): void {
  let waiters = 0
  app.get(
    '/configuration/jobs/:id',
    {
      config: { access: 'viewer' },
      schema: {
        tags: TAGS,
        summary: 'An apply job; with `waitMs` the answer comes when it has ended, or after so long',
        params: z.object({ id: z.string().min(1).max(100) }),
        querystring: jobQuery,
        response: { 200: applyJob },
      },
    },
    async ({ params, query }) => {
      waiters++
      try {
        const job = await desk.job(params.id, waiters > WAITERS_MAX ? 0 : query.waitMs)
        if (job === undefined) throw new ApiFailure('unknown_job')
        return job
      } finally {
        waiters--
      }
    },
  )
}

function revisionRoutes(app: Web, desk: ConfigurationDesk): void {
  app.get(
    '/configuration/revisions',
    {
      config: { access: 'viewer' },
      schema: {
        tags: TAGS,
        summary: 'What was active when, newest first',
        querystring: revisionsQuery,
        response: { 200: revisionList },
      },
    },
    ({ query }) => desk.revisions(query.limit, query.before),
  )
  app.get(
    '/configuration/diff',
    {
      config: { access: 'operator' },
      schema: {
        tags: TAGS,
        summary: 'The difference of two revisions, named by a beginning that only one has',
        querystring: diffQuery,
        response: { 200: diffAnswer },
      },
    },
    async ({ query }) => {
      const answer = await desk.diff(query.from, query.to)
      if ('kind' in answer) throw unknownRevision(answer)
      return answer
    },
  )
  app.get(
    '/configuration/export',
    {
      config: { access: 'operator' },
      schema: {
        tags: TAGS,
        summary: 'The active configuration, or that of a revision, as YAML; secrets are masked',
        querystring: exportQuery,
        response: { 200: z.string() },
      },
    },
    async ({ query }, reply) => {
      const text = await desk.exportYaml(query.revision)
      if (typeof text !== 'string') throw unknownRevision(text)
      return reply.type('text/yaml; charset=utf-8').send(text)
    },
  )
}

function unknownRevision({ kind, revision }: RevisionUnknown): ApiFailure {
  return kind === 'unknown'
    ? new ApiFailure('unknown_revision', `no revision is named '${revision}'.`)
    : new ApiFailure('ambiguous_revision', `several revisions begin with '${revision}'.`)
}

/** @throws ApiFailure `invalid_input` */
function refusePruneOfNobody(given: ApplyRequest): void {
  const fault = (path: string, message: string): ApiFailure =>
    new ApiFailure('invalid_input', undefined, { details: [{ path: `body.${path}`, message }] })
  if (given.prune !== true) return
  if (given.managedBy === undefined) throw fault('managedBy', 'is needed with `prune`')
  if (given.documents === undefined) throw fault('documents', 'are needed with `prune`')
}

function addressOf(job: ApplyJob): string {
  return `/api/v1/configuration/jobs/${encodeURIComponent(job.id)}`
}

/** For the audit log: what was asked for, without the documents themselves. */
function wordsOf({ documents, managedBy, prune, force, message }: ApplyRequest): string {
  const words = [
    documents === undefined ? 'files of the hub' : `${documents.length} documents`,
    managedBy === undefined ? '' : `managed by ${managedBy}`,
    prune === true ? 'prune' : '',
    force === true ? 'force' : '',
    message ?? '',
  ]
  return words.filter((word) => word !== '').join(', ')
}
