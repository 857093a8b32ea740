import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Metric } from '../base/metrics.ts'
import { createMetrics } from './metrics.ts'

export interface MetricsListener {
  readonly port: number
  close(): Promise<void>
}

/** Readers that hang are let go. */
const REQUEST_WITHIN_MS = 10_000
const CONNECTIONS_MAX = 64

/**
 * `/metrics` and `/healthz` for whoever reaches the address, without sign-in: numbers only, no names of hosts. For programs that have no
 * console. Rejects when the address is taken.
 */
export async function listenForMetrics(
  { host, port }: { readonly host: string; readonly port: number },
  metrics: readonly Metric[],
): Promise<MetricsListener> {
  const registry = createMetrics(metrics)
  const server = createServer((request, response) => {
    request.resume()
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return send(response, 405, 'GET only')
    const path = request.url?.split('?')[0]
    if (path === '/healthz') return send(response, 200, '{"isAlive":true}', 'application/json')
    if (path !== '/metrics') return send(response, 404, 'there are /metrics and /healthz')
    registry.metrics().then(
      (text) => send(response, 200, text, registry.contentType),
      () => send(response, 500, 'the numbers could not be read'),
    )
  })
  server.requestTimeout = REQUEST_WITHIN_MS
  server.headersTimeout = REQUEST_WITHIN_MS
  server.maxConnections = CONNECTIONS_MAX
  server.listen({ host, port })
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function send(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, {
    'content-type': type.includes('charset') ? type : `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(text)
}
