import { z } from 'zod'
import { instantFromIso } from '../../base/instant.ts'
import { parseCheckId } from '../../domain/check-id.ts'
import {
  digest,
  explanation,
  observerList,
  rawReports,
  reports,
  sharedQuery,
  vantageMatrix,
} from '../../wire/api/truth.ts'
import type { Web, WebContext } from '../context.ts'
import { ApiFailure } from '../errors.ts'
import { matrixOf, rawReportsOf } from '../objects/shared.ts'

const TAGS = ['truth']
const ID = z.object({ id: z.string().min(1).max(511) })
const AT = z.object({ at: z.iso.datetime().optional() })

/** What several observers say, and why the verdict is what it is. */
export function truthRoutes(app: Web, context: WebContext): void {
  const { truth } = context.hub
  sharedRoutes(app, context)
  const access = { config: { access: 'viewer' } } as const
  app.get(
    '/objects/:id/explanation',
    {
      ...access,
      schema: {
        tags: TAGS,
        summary: 'Why the verdict is what it is, or was at a time',
        params: ID,
        querystring: AT,
        response: { 200: explanation },
      },
    },
    async ({ params, query }) => {
      const id = parseCheckId(params.id)
      const at = query.at === undefined ? undefined : instantFromIso(query.at)
      const found = id === undefined ? undefined : await truth.explain(id, at)
      if (found === undefined) throw refusal(context, params.id)
      return found
    },
  )
  app.get(
    '/objects/:id/reports',
    {
      ...access,
      schema: {
        tags: TAGS,
        summary: 'What each observer said last, and what is made of it',
        params: ID,
        response: { 200: reports },
      },
    },
    ({ params }) => {
      const id = parseCheckId(params.id)
      const found = id === undefined ? undefined : truth.reports(id)
      if (found === undefined) throw refusal(context, params.id)
      return found
    },
  )
  app.get(
    '/observers',
    {
      ...access,
      schema: { tags: TAGS, summary: 'How observers are', response: { 200: observerList } },
    },
    () => truth.observers(),
  )
  app.get(
    '/digest',
    {
      ...access,
      schema: {
        tags: TAGS,
        summary:
          'A name for all verdicts at an instant, the same on hubs that hold the same results',
        querystring: AT,
        response: { 200: digest },
      },
    },
    ({ query }) => truth.digest(query.at === undefined ? undefined : instantFromIso(query.at)),
  )
}

function refusal({ hub: { truth, live } }: WebContext, name: string): ApiFailure {
  const id = parseCheckId(name)
  if (id === undefined || live.get(id) === undefined)
    return new ApiFailure('unknown_object', `${name.replace('!', '/')} is not configured.`)
  return new ApiFailure(truth.reports(id) === undefined ? 'one_observer' : 'nothing_decided')
}

/** Lists of what several clusters observe: from memory, with the database down too. */
function sharedRoutes(app: Web, { hub: { truth, live } }: WebContext): void {
  const access = { config: { access: 'viewer' } } as const
  app.get(
    '/matrix',
    {
      ...access,
      schema: {
        tags: TAGS,
        summary: 'What each observer says of each target, worst first',
        querystring: sharedQuery,
        response: { 200: vantageMatrix },
      },
    },
    ({ query }) => matrixOf(live.all(), truth, query),
  )
  app.get(
    '/reports',
    {
      ...access,
      schema: {
        tags: TAGS,
        summary: 'One row for each check and observer, and what the decision makes of it',
        querystring: sharedQuery.extend({ kind: z.enum(['hosts', 'services']).optional() }),
        response: { 200: rawReports },
      },
    },
    ({ query }) => rawReportsOf(live.all(), truth, query),
  )
}
