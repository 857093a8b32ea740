import { z } from 'zod'
import { hostCheckId, parseCheckId, serviceCheckId, type CheckId } from '../../domain/check-id.ts'
import type { LiveIndex, LiveObject } from '../../results/live-index.ts'
import { counters, objectDetail, objectList, type ObjectDetail } from '../../wire/api/objects.ts'
import { listQuery } from '../../wire/api/queries.ts'
import { snapshot } from '../../wire/api/snapshot.ts'
import type { Web, WebContext } from '../context.ts'
import { ApiFailure } from '../errors.ts'
import { listObjects } from '../objects/list.ts'
import { objectDetailOf } from '../objects/row.ts'
import { acceptsGzip } from '../accept.ts'

const NAME = z.string().min(1).max(511)
const TAGS = ['now']

/** The present: all from memory, so it is served with the database down too. */
export function objectRoutes(app: Web, context: WebContext): void {
  const { live } = context.hub
  for (const kind of ['hosts', 'services', 'problems'] as const) {
    app.get(
      `/${kind}`,
      {
        config: { access: 'viewer' },
        schema: {
          tags: TAGS,
          summary: `List ${kind}`,
          querystring: listQuery,
          response: { 200: objectList },
        },
      },
      (request) => listObjects(live.all(), kind, request.query),
    )
  }
  app.get(
    '/counters',
    {
      config: { access: 'viewer' },
      schema: { tags: TAGS, summary: 'How many are in which state', response: { 200: counters } },
    },
    () => live.counters,
  )
  detailRoutes(app, context)
  snapshotRoute(app, context)
}

function detailRoutes(app: Web, { hub }: WebContext): void {
  const access = { config: { access: 'viewer' } } as const
  const detail = { tags: TAGS, response: { 200: objectDetail } }
  const detailOf = (id: CheckId | undefined): ObjectDetail =>
    objectDetailOf(known(hub.live, id), hub.fleet())
  app.get(
    '/hosts/:host',
    { ...access, schema: { ...detail, summary: 'One host', params: z.object({ host: NAME }) } },
    ({ params }) => detailOf(params.host.includes('!') ? undefined : hostCheckId(params.host)),
  )
  app.get(
    '/hosts/:host/services/:service',
    {
      ...access,
      schema: {
        ...detail,
        summary: 'One service',
        params: z.object({ host: NAME, service: NAME }),
      },
    },
    ({ params }) => detailOf(serviceCheckId(params.host, params.service)),
  )
  app.get(
    '/objects/:id',
    {
      ...access,
      schema: { ...detail, summary: 'A host or service by its id', params: z.object({ id: NAME }) },
    },
    ({ params }) => detailOf(parseCheckId(params.id)),
  )
}

function snapshotRoute(app: Web, { snapshots }: WebContext): void {
  app.get(
    '/snapshot',
    {
      config: { access: 'viewer' },
      schema: { tags: TAGS, summary: 'The whole present in columns', response: { 200: snapshot } },
    },
    async (request, reply) => {
      const { plain, zipped } = await snapshots.get()
      void reply.type('application/json; charset=utf-8').header('vary', 'accept-encoding')
      const isZipped = acceptsGzip(request.headers['accept-encoding'])
      if (isZipped) void reply.header('content-encoding', 'gzip')
      // The bytes are a snapshot already; the type of the route knows only its shape.
      return reply.send((isZipped ? zipped : plain) as never)
    },
  )
}

/** @throws ApiFailure `unknown_object` */
function known(live: LiveIndex, id: CheckId | undefined): LiveObject {
  const found = id === undefined ? undefined : live.get(id)
  if (found === undefined)
    throw new ApiFailure(
      'unknown_object',
      id === undefined ? undefined : `${id.replace('!', '/')} is not configured.`,
    )
  return found
}
