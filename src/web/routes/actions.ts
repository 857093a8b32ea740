import { parseCheckId, type CheckId } from '../../domain/check-id.ts'
import {
  passiveAnswer,
  passiveRequest,
  recheckAnswer,
  recheckRequest,
  systemStatus,
} from '../../wire/api/actions.ts'
import { reloadAnswer } from '../../wire/api/queries.ts'
import { audit, authorOf, type Web, type WebContext } from '../context.ts'
import { ApiFailure } from '../errors.ts'
import { sortPassive } from '../passive.ts'

const TAGS = ['actions']
/** 10,000 ids, each as long as names may be. */
const RECHECK_BODY_BYTES_MAX = 6 * 1024 * 1024
/** 10,000 results of ordinary length are 2 MB. */
export const RESULTS_BODY_BYTES_MAX = 32 * 1024 * 1024

export function actionRoutes(app: Web, context: WebContext): void {
  recheckRoute(app, context)
  resultsRoute(app, context)
  reloadRoute(app, context)
  app.get(
    '/status',
    {
      config: { access: 'viewer' },
      schema: { tags: ['system'], summary: 'How the hub is', response: { 200: systemStatus } },
    },
    () => context.hub.status(),
  )
}

function recheckRoute(app: Web, context: WebContext): void {
  const { hub } = context
  app.post(
    '/recheck',
    {
      config: { access: 'operator' },
      bodyLimit: RECHECK_BODY_BYTES_MAX,
      schema: {
        tags: TAGS,
        summary: 'Check now instead of at the next due time',
        body: recheckRequest,
        response: { 200: recheckAnswer },
      },
    },
    async (request) => {
      const ids: CheckId[] = []
      const unknown: string[] = []
      const passive: string[] = []
      for (const text of new Set(request.body.ids)) {
        const id = parseCheckId(text)
        const object = id === undefined ? undefined : hub.live.get(id)?.object
        if (object === undefined) unknown.push(text)
        else if (object.check.command.kind === 'passive') passive.push(text)
        else ids.push(object.id)
      }
      if (ids.length > 0) {
        await hub.recheck(ids)
        const subject = ids.length === 1 ? String(ids[0]) : `${ids.length} objects`
        await audit(context, request, { action: 'recheck', subject, detail: '' })
      }
      return { accepted: ids.length, unknown, passive }
    },
  )
}

/** No audit entry: results are data, thousands a second, and history keeps each. */
function resultsRoute(app: Web, { hub }: WebContext): void {
  app.post(
    '/results',
    {
      config: { access: 'operator' },
      bodyLimit: RESULTS_BODY_BYTES_MAX,
      schema: {
        tags: TAGS,
        summary: 'Hand in results that something else found; answered when they are durable',
        body: passiveRequest,
        response: { 200: passiveAnswer },
      },
    },
    async (request) => {
      const { accepted, refused } = sortPassive(request.body.results, hub.live, hub.clock.now())
      if (accepted.length === 0) return { accepted: 0, refused }
      try {
        await hub.submit(accepted)
      } catch (error) {
        hub.log.warn('passive results were not accepted', { error: String(error) })
        throw new ApiFailure('not_accepted')
      }
      return { accepted: accepted.length, refused }
    },
  )
}

function reloadRoute(app: Web, context: WebContext): void {
  app.post(
    '/configuration/reload',
    {
      config: { access: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Read the configuration again and use it, if it has no faults',
        response: { 200: reloadAnswer },
      },
    },
    async (request) => {
      const outcome = await context.hub.reload(authorOf(request))
      const { kind } = outcome
      const subject = kind === 'active' ? outcome.revision : kind
      await audit(context, request, { action: 'configuration.reload', subject, detail: '' })
      if (kind === 'active') return { revision: outcome.revision, changed: outcome.changed }
      const details = outcome.problems.map((message) => ({ path: 'configuration', message }))
      throw new ApiFailure('configuration_refused', undefined, { details })
    },
  )
}
