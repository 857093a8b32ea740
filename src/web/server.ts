import type { AddressInfo, Socket } from 'node:net'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import fastify from 'fastify'
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Metric } from '../base/metrics.ts'
import { guard } from './access.ts'
import { createAttempts } from './auth/attempts.ts'
import { prepareSetup } from './auth/credentials.ts'
import { createIdentities } from './auth/identities.ts'
import { CONTENT_POLICY } from './content-policy.ts'
import type { Web, WebContext, WebSettings } from './context.ts'
import { describeApi, showApi } from './docs.ts'
import { bodyOf, failureOf, sendFailure } from './error-answer.ts'
import { ApiFailure, FAILURES } from './errors.ts'
import type { HubFacade } from './ports.ts'
import { actionRoutes } from './routes/actions.ts'
import { configurationRoutes } from './routes/configuration.ts'
import { consoleRoutes } from './routes/console.ts'
import { enrolmentRoutes } from './routes/enrolment.ts'
import { tunnelRoutes } from './routes/tunnels.ts'
import { backupRoutes } from './routes/backup.ts'
import { executionRoutes } from './routes/executions.ts'
import { networkRoutes } from './routes/network.ts'
import { objectRoutes } from './routes/objects.ts'
import { pastVerdictRoutes } from './routes/past-verdicts.ts'
import { truthRoutes } from './routes/truth.ts'
import { pastRoutes } from './routes/past.ts'
import { sessionRoutes } from './routes/session.ts'
import { streamRoute } from './routes/stream.ts'
import { systemRoutes } from './routes/system.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { createSnapshots } from './snapshot.ts'
import { createFeed } from './stream/feed.ts'
import { createReaders } from './stream/readers.ts'

export interface WebServerParts {
  readonly hub: HubFacade
  readonly settings: WebSettings
  readonly version: string
  /** JSON Schema of the configuration, served at /schema/v1.json. */
  readonly configurationSchema: unknown
  /** A first-run token of an earlier start that the role kept; without it each start makes a new one. */
  readonly keptSetupToken?: string | undefined
}

export interface WebServer {
  /** Where a browser on this machine finds it. */
  readonly url: string
  readonly port: number
  /** To be shown to the operator: there is no account yet. */
  readonly setupToken: string | undefined
  /** Its own. */
  readonly metrics: readonly Metric[]
  /** Within 2 s, open streams or not. */
  close(): Promise<void>
}

const CLOSE_WITHIN_MS = 1500

/** Console, API and live stream of a hub. Rejects when the address is taken or the accounts cannot be read. */
export async function createWebServer(parts: WebServerParts): Promise<WebServer> {
  const { app, context, metrics } = await createWebApp(parts)
  const { settings, hub } = parts
  const close = async (): Promise<void> => {
    context.readers.close()
    context.feed.close()
    const cancel = hub.clock.timer(CLOSE_WITHIN_MS, () => app.server.closeAllConnections())
    await app.close()
    cancel()
  }
  try {
    const setupToken = await prepareSetup(hub.accounts, parts.keptSetupToken)
    await app.listen({ host: settings.host, port: settings.port })
    const { port } = app.server.address() as AddressInfo
    return { url: `http://${nameOf(settings.host)}:${port}`, port, setupToken, metrics, close }
  } catch (error) {
    await close()
    throw error
  }
}

function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

export interface WebApp {
  readonly app: Web
  readonly context: WebContext
  readonly metrics: readonly Metric[]
}

/** The server without its socket; tests inject requests. */
export async function createWebApp(parts: WebServerParts): Promise<WebApp> {
  const context = contextOf(parts)
  const { hub, settings } = parts
  const app: Web = fastify({
    logger: false,
    bodyLimit: 1024 * 1024,
    keepAliveTimeout: 72_000,
    requestTimeout: 60_000,
    forceCloseConnections: 'idle',
    trustProxy: settings.isBehindTls ? trustNearest : false,
    routerOptions: { maxParamLength: 2000 },
    clientErrorHandler: refuseBrokenHttp,
    frameworkErrors: (error, _request, reply) => {
      void sendFailure(reply, failureOf(error, hub.log))
    },
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  // Answers are typed by their schemas at compile time and parsed with them in tests; checking each again would cost more than making it.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  app.removeContentTypeParser('text/plain')
  app.setErrorHandler((error, _request, reply) => sendFailure(reply, failureOf(error, hub.log)))
  app.setNotFoundHandler((_request, reply) => sendFailure(reply, new ApiFailure('not_found')))
  await plugins(app)
  const own = countRequests(app, context)
  guard(app, context)
  await describeApi(app, parts.version)
  await app.register(async (api) => apiRoutes(api as Web, context), { prefix: '/api/v1' })
  systemRoutes(app, context, own)
  await showApi(app)
  await consoleRoutes(app, context)
  await app.ready()
  return { app, context, metrics: own }
}

function contextOf({ hub, settings, version, configurationSchema }: WebServerParts): WebContext {
  const feed = createFeed(hub.live, hub.clock)
  return {
    hub,
    settings,
    version,
    configurationSchema,
    identities: createIdentities(hub),
    signInFailures: createAttempts({ failuresMax: 30, windowMs: 15 * 60_000, keysMax: 10_000 }),
    feed,
    readers: createReaders(feed, hub.clock),
    snapshots: createSnapshots(hub.live, feed, hub.clock),
  }
}

async function plugins(app: Web): Promise<void> {
  await app.register(cookie)
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: CONTENT_POLICY,
    },
    // Only the proxy that ends TLS can promise that TLS will be there tomorrow.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  })
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, limit) =>
      new ApiFailure('too_many_requests', undefined, {
        retryAfterSeconds: Math.ceil(limit.ttl / 1000),
      }),
  })
  await app.register(compress, { threshold: 1024, encodings: ['gzip', 'br'] })
}

function apiRoutes(api: Web, context: WebContext): void {
  api.addHook('onRequest', async (_request, reply) => {
    void reply.header('cache-control', 'no-store')
  })
  objectRoutes(api, context)
  truthRoutes(api, context)
  pastVerdictRoutes(api, context)
  pastRoutes(api, context)
  executionRoutes(api, context)
  actionRoutes(api, context)
  networkRoutes(api, context)
  enrolmentRoutes(api, context)
  tunnelRoutes(api, context)
  backupRoutes(api, context)
  configurationRoutes(api, context)
  sessionRoutes(api, context)
  tokenRoutes(api, context)
  streamRoute(api, context)
}

/** Numbers of the web server itself. */
function countRequests(app: Web, { readers }: WebContext): Metric[] {
  let requests = 0
  let failures = 0
  app.addHook('onResponse', async (_request, reply) => {
    requests++
    if (reply.statusCode >= 500) failures++
  })
  const counter = (name: string, help: string, read: () => number): Metric => ({
    name,
    help,
    kind: 'counter',
    read,
  })
  return [
    counter('parallax_web_requests_total', 'Requests answered by console and API.', () => requests),
    counter(
      'parallax_web_failures_total',
      'Requests answered with status 500 and above.',
      () => failures,
    ),
    counter(
      'parallax_stream_resets_total',
      'Slow readers of the live stream that lost events.',
      () => readers.resets,
    ),
    {
      name: 'parallax_stream_readers',
      help: 'Open live streams.',
      kind: 'gauge',
      read: () => readers.size,
    },
    {
      name: 'parallax_stream_unsent_bytes',
      help: 'Bytes of the live stream that wait for slow readers.',
      kind: 'gauge',
      read: () => readers.unsentBytes,
    },
  ]
}

/** Only the proxy that talks to us: what stands before it in the header can be anybody's invention. */
function trustNearest(_address: string, hop: number): boolean {
  return hop === 0
}

/** What is not even HTTP gets the same shape of answer; then the connection ends. */
function refuseBrokenHttp(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const failure = new ApiFailure(
    error.code === 'HPE_HEADER_OVERFLOW' ? 'headers_too_large' : 'bad_request',
  )
  const body = JSON.stringify(bodyOf(failure))
  const { status } = FAILURES[failure.code]
  socket.end(
    `HTTP/1.1 ${status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
