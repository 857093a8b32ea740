import { z } from 'zod'
import { readiness } from '../../wire/api/queries.ts'
import { isLoopback } from '../access.ts'
import type { Web, WebContext } from '../context.ts'
import { createMetrics } from '../metrics.ts'
import { processMetrics } from '../process-metrics.ts'
import type { Metric } from '../../base/metrics.ts'

/** What supervisors, Prometheus and editors read. */
export function systemRoutes(app: Web, context: WebContext, ownMetrics: readonly Metric[]): void {
  const { hub, settings } = context
  const registry = createMetrics([...processMetrics(hub.clock), ...hub.metrics, ...ownMetrics])
  app.get(
    '/healthz',
    {
      schema: {
        tags: ['system'],
        summary: 'The process answers',
        response: { 200: z.object({ isAlive: z.literal(true) }) },
      },
    },
    () => ({ isAlive: true as const }),
  )
  app.get(
    '/readyz',
    {
      schema: {
        tags: ['system'],
        summary: 'State is loaded, the database up, a configuration active',
        response: { 200: readiness, 503: readiness },
      },
    },
    async (_request, reply) => {
      const { isReady, reasons } = hub.readiness()
      return reply.code(isReady ? 200 : 503).send({ isReady, reasons: [...reasons] })
    },
  )
  // On loopback without a proxy the caller is on this machine; from elsewhere a token is needed.
  const isLocalOnly = isLoopback(settings.host) && !settings.isBehindTls
  app.get(
    '/metrics',
    {
      config: { access: isLocalOnly ? 'open' : 'viewer' },
      schema: { tags: ['system'], summary: 'Numbers for Prometheus' },
    },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  )
  app.get(
    '/schema/v1.json',
    { schema: { tags: ['system'], summary: 'JSON Schema of the configuration, for editors' } },
    async (_request, reply) =>
      reply
        .type('application/schema+json; charset=utf-8')
        .header('cache-control', 'public, max-age=300')
        .send(JSON.stringify(context.configurationSchema)),
  )
}
