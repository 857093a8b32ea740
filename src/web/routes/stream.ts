import { streamQuery } from '../../wire/api/queries.ts'
import { acceptsGzip } from '../accept.ts'
import { credentialOf } from '../access.ts'
import { callerOf, type Web, type WebContext } from '../context.ts'
import { ApiFailure } from '../errors.ts'
import { parseEventId, type StreamKind } from '../stream/event.ts'
import { READERS_MAX } from '../stream/readers.ts'

/** Server-sent events; the shapes are in `wire/api/stream.ts`. */
export function streamRoute(app: Web, context: WebContext): void {
  const { readers, identities, settings } = context
  app.get(
    '/stream',
    {
      config: { access: 'viewer' },
      exposeHeadRoute: false,
      schema: {
        tags: ['now'],
        summary: 'What changes, as server-sent events',
        querystring: streamQuery,
      },
    },
    async (request, reply) => {
      if (readers.size >= READERS_MAX) throw new ApiFailure('too_many_streams')
      const credential = credentialOf(request, settings)
      const isZipped = acceptsGzip(request.headers['accept-encoding'])
      const last = request.headers['last-event-id']
      const { kinds } = request.query
      reply.hijack()
      const head = reply.getHeaders()
      reply.raw.writeHead(200, {
        ...(head as Readonly<Record<string, string>>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
        vary: 'accept-encoding',
        ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
      })
      readers.open(reply.raw, {
        caller: callerOf(request),
        isZipped,
        kinds: kinds === undefined || kinds.length === 0 ? undefined : new Set<StreamKind>(kinds),
        // A position that is none of ours is of another boot.
        from:
          last === undefined
            ? undefined
            : (parseEventId(String(last)) ?? { boot: '', sequence: 0 }),
        isStillValid: async () => {
          if (credential === undefined) return false
          const caller =
            credential.kind === 'token'
              ? await identities.ofToken(credential.text)
              : await identities.ofSession(credential.text)
          return caller !== undefined
        },
      })
    },
  )
}
