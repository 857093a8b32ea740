import { z } from 'zod'
import {
  clusterList,
  collectorList,
  collectorOrder,
  collectorRow,
  hubComparison,
  hubList,
  orderAnswer,
} from '../../wire/api/network.ts'
import { audit, authorOf, type Web, type WebContext } from '../context.ts'
import { ApiFailure } from '../errors.ts'

const TAGS = ['network']
const ID = z.object({ id: z.string().min(1).max(127) })

/** Collectors, clusters and hubs: all from memory, so it is served with the database down too. */
export function networkRoutes(app: Web, context: WebContext): void {
  const { network } = context.hub
  const access = { config: { access: 'viewer' } } as const
  app.get(
    '/collectors',
    {
      ...access,
      schema: { tags: TAGS, summary: 'List collectors', response: { 200: collectorList } },
    },
    () => ({ items: [...network.collectors()] }),
  )
  app.get(
    '/collectors/:id',
    {
      ...access,
      schema: { tags: TAGS, summary: 'One collector', params: ID, response: { 200: collectorRow } },
    },
    ({ params }) => {
      const found = network.collectors().find(({ id }) => id === params.id)
      if (found === undefined) throw new ApiFailure('unknown_collector')
      return found
    },
  )
  app.get(
    '/clusters',
    { ...access, schema: { tags: TAGS, summary: 'List clusters', response: { 200: clusterList } } },
    () => ({ items: [...network.clusters()] }),
  )
  app.get(
    '/hubs',
    { ...access, schema: { tags: TAGS, summary: 'List hubs', response: { 200: hubList } } },
    () => ({ items: [...network.hubs()] }),
  )
  app.get(
    '/hubs/comparison',
    {
      ...access,
      schema: {
        tags: TAGS,
        summary: 'Which verdicts of several observers are others at other hubs',
        response: { 200: hubComparison },
      },
    },
    () => network.compareHubs(),
  )
  orderRoute(app, context)
}

function orderRoute(app: Web, context: WebContext): void {
  app.post(
    '/collectors/:id/orders',
    {
      config: { access: 'operator' },
      schema: {
        tags: TAGS,
        summary: 'Drain, cordon or uncordon a collector, or give it another weight',
        params: ID,
        body: collectorOrder,
        response: { 200: orderAnswer },
      },
    },
    async (request) => {
      const { id } = request.params
      const outcome = await context.hub.network.order(id, request.body, authorOf(request))
      if (outcome.kind === 'unknown') throw new ApiFailure('unknown_collector')
      if (outcome.kind === 'away') throw new ApiFailure('collector_away', outcome.reason)
      if (outcome.kind === 'refused') throw new ApiFailure('order_refused', outcome.reason)
      await audit(context, request, {
        action: `collector ${request.body.kind}`,
        subject: id,
        detail: request.body.kind === 'weight' ? String(request.body.weight) : '',
      })
      return { id, standing: outcome.standing }
    },
  )
}
