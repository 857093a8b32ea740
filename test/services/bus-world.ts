import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { startBusServer, type BusServer } from '../../src/adapters/nats/server/bus-server.ts'
import { authenticatorOf } from '../../src/adapters/nats/trust/credentials.ts'
import type { Credentials } from '../../src/adapters/nats/trust/signing.ts'
import { tlsOf } from '../../src/adapters/nats/trust/tls.ts'
import { openTrust, type Trust } from '../../src/adapters/nats/trust/trust.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { inboxPrefix } from '../../src/wire/permissions.ts'
import { createTestLog, type TestLog } from '../test-log.ts'

/** Installations with real nats-servers in a temporary folder, and connections that say what went wrong. */
export interface BusWorld {
  readonly folder: string
  readonly log: TestLog
  trust(name: string): Promise<Trust>
  server(trust: Trust, more?: ServerWish): Promise<BusServer>
  /** Rejects when it is not let in. */
  connect(url: string, ca: string, as?: Credentials, inbox?: string): Promise<TestConnection>
  collector(trust: Trust, url: string, cluster: string, name: string): Promise<TestConnection>
  onEnd(run: () => void | Promise<void>): void
  end(): Promise<void>
}

export interface ServerWish {
  readonly name?: string
  readonly host?: string
  readonly names?: readonly string[]
  readonly withLeafs?: boolean
}

export interface TestConnection {
  readonly nats: NatsConnection
  readonly credentials: Credentials
  /** What the server said that it would not do. */
  readonly refused: string[]
  /** Resolves with why, when the server ends it. */
  readonly ended: Promise<string>
}

export async function createBusWorld(): Promise<BusWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'bus-'))
  const log = createTestLog()
  const undo: (() => void | Promise<void>)[] = []
  const world: BusWorld = {
    folder,
    log,
    trust: (name) => openTrust(join(folder, name, 'trust'), systemClock),
    async server(trust, { name = 'hub-a', host = '127.0.0.1', names = [], withLeafs } = {}) {
      const server = await startBusServer({
        folder: join(folder, trust.id, name),
        name,
        listen: { host, port: 0 },
        leafListen: withLeafs === true ? { host: '127.0.0.1', port: 0 } : undefined,
        names,
        trust,
        path: process.env['PATH'],
        clock: systemClock,
        log,
      })
      undo.push(() => server.close())
      return server
    },
    async connect(url, ca, credentials, inbox) {
      const nats = await connect({
        servers: url,
        tls: tlsOf(ca, [url]),
        reconnect: false,
        timeout: 5_000,
        ...(credentials && { authenticator: authenticatorOf(credentials) }),
        ...(inbox !== undefined && { inboxPrefix: inbox }),
      })
      undo.push(() => nats.close())
      const refused: string[] = []
      void (async () => {
        for await (const status of nats.status())
          if (status.type === 'error') refused.push(status.error.message)
      })()
      const ended = nats.closed().then((error) => (error ? error.message : 'closed'))
      return { nats, credentials: credentials ?? { jwt: '', seed: '' }, refused, ended }
    },
    async collector(trust, url, cluster, name) {
      const credentials = await trust.collectorCredentials({ cluster, name })
      return world.connect(url, trust.ca, credentials, inboxPrefix(cluster, name))
    },
    onEnd: (run) => void undo.push(run),
    async end() {
      for (const step of undo.splice(0).toReversed()) await step()
      await rm(folder, { recursive: true })
    },
  }
  return world
}
