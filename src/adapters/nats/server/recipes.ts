import { isIP } from 'node:net'
import { join } from 'node:path'
import { credentialsText } from '../trust/credentials.ts'
import type { Credentials } from '../trust/signing.ts'
import type { Trust } from '../trust/trust.ts'
import {
  authority,
  configurationText,
  type CertificateFiles,
  type Endpoint,
  type LeafRemote,
} from './configuration.ts'

/** One file of a server that somebody else runs. */
export interface RecipeFile {
  /** Below the folder that was asked for. */
  readonly path: string
  readonly text: string
  /** Only the user of nats-server may read it. */
  readonly isSecret: boolean
}

/** A machine with a nats-server on it. Ports are those of its machine. */
export interface RecipeServer {
  /** Names the server's folder, and the server. */
  readonly name: string
  /** Under which clients and other servers reach it. */
  readonly host: string
}

export interface RecipePorts {
  readonly clients: number
  readonly leafs: number
  readonly routes: number
}

/** Its own figures over HTTP, for its machine. */
const MONITOR_PORT = 8222

export const RECIPE_PORTS: RecipePorts = { clients: 4222, leafs: 7422, routes: 6222 }

export interface RecipeParts {
  readonly trust: Trust
  readonly servers: readonly RecipeServer[]
  readonly ports: RecipePorts
  /** Where the folder of each server will lie on its machine: `<folder>/<server>/`. Paths in the files begin with it. */
  readonly folder: string
}

/** Streams of three servers or more are kept on three. */
const STORE_BYTES_MAX = 4 * 1024 * 1024 * 1024

/**
 * Servers with JetStream for a hub: one, or several that keep its streams together.
 * @param hub name of the hub, which is started with `--bus-url`
 */
export async function hubRecipe(
  { trust, servers, ports, folder }: RecipeParts,
  hub: string,
): Promise<readonly RecipeFile[]> {
  const made = servers.map(async (server) => {
    const place = join(folder, server.name)
    const files = await filesOf(trust, server)
    const text = configurationText({
      ...(await common(trust, server, place, ports.clients)),
      leafListen: { host: listenHostOf(server), port: ports.leafs },
      streams: { folder: join(place, 'streams'), bytesMax: STORE_BYTES_MAX, domain: hub },
      ...routesOf(`hub-${hub}`, server, servers, ports),
    })
    const urls = servers.map(({ host }) => `tls://${authority({ host, port: ports.clients })}`)
    const head = [
      `nats-server for the hub ${hub}, with JetStream. Start it as a user who owns this folder:`,
      `  nats-server -c ${join(place, 'nats-server.conf')}`,
      `and the hub with --bus-url ${urls.join(',')}`,
      '  and the data folder whose trust these files were made from.',
    ]
    return [...files, configurationFile(server, head, text)]
  })
  return (await Promise.all(made)).flat()
}

export interface HubPlace {
  readonly hub: string
  /** Where its servers take those of clusters. */
  readonly leafs: readonly Endpoint[]
}

/** A cluster's own servers: it goes on when it is cut off from every hub. */
export async function clusterRecipe(
  { trust, servers, ports, folder }: RecipeParts,
  cluster: string,
  hubs: readonly HubPlace[],
): Promise<readonly RecipeFile[]> {
  const made = servers.map(async (server) => {
    const place = join(folder, server.name)
    const files = await filesOf(trust, server)
    const leaf = await trust.leafCredentials(cluster)
    const remotes: readonly LeafRemote[] = hubs.map((hub) => ({
      hub: hub.hub,
      servers: hub.leafs,
      accountCredentialsPath: join(place, 'hub.creds'),
      systemCredentialsPath: join(place, 'system.creds'),
    }))
    const text = configurationText({
      ...(await common(trust, server, place, ports.clients)),
      leafRemotes: remotes,
      ...routesOf(`cluster-${cluster}`, server, servers, ports),
    })
    const urls = servers.map(({ host }) => `tls://${authority({ host, port: ports.clients })}`)
    const head = [
      `nats-server of the cluster ${cluster}. Start it as a user who owns this folder:`,
      `  nats-server -c ${join(place, 'nats-server.conf')}`,
      'Collectors of the cluster use it when they join with',
      `  parallax collector join TOKEN --servers ${urls.join(',')}`,
    ]
    return [
      ...files,
      secret(server, 'hub.creds', leaf.account),
      secret(server, 'system.creds', leaf.system),
      configurationFile(server, head, text),
    ]
  })
  return (await Promise.all(made)).flat()
}

/** What all servers of an installation are told. */
async function common(trust: Trust, server: RecipeServer, place: string, port: number) {
  const host = listenHostOf(server)
  return {
    name: server.name,
    listen: { host, port },
    monitor: { host: host.startsWith('127.') ? host : '127.0.0.1', port: MONITOR_PORT },
    tls: pathsIn(place),
    anchors: trust.anchors,
    account: await trust.account(),
    resolverFolder: join(place, 'accounts'),
  }
}

function pathsIn(place: string): CertificateFiles {
  return {
    certificatePath: join(place, 'server.crt'),
    keyPath: join(place, 'server.key'),
    caPath: join(place, 'ca.crt'),
  }
}

/** On its address and no other, or everywhere when only its name is known. */
function listenHostOf({ host }: RecipeServer): string {
  return isIP(host) === 0 ? '0.0.0.0' : host
}

/** A server that is alone needs no routes. */
function routesOf(
  cluster: string,
  server: RecipeServer,
  servers: readonly RecipeServer[],
  { routes }: RecipePorts,
) {
  if (servers.length === 1) return {}
  const peers = servers
    .filter(({ name }) => name !== server.name)
    .map(({ host }) => ({ host, port: routes }))
  const listen = { host: listenHostOf(server), port: routes }
  return { routes: { cluster, listen, peers } }
}

async function filesOf(trust: Trust, { name, host }: RecipeServer): Promise<readonly RecipeFile[]> {
  const names = [...new Set([host, 'localhost', '127.0.0.1'])]
  const { certificate, key } = await trust.certificate(name, names)
  return [
    { path: join(name, 'ca.crt'), text: trust.ca, isSecret: false },
    { path: join(name, 'server.crt'), text: certificate, isSecret: false },
    { path: join(name, 'server.key'), text: key, isSecret: true },
  ]
}

function secret({ name }: RecipeServer, file: string, credentials: Credentials): RecipeFile {
  return { path: join(name, file), text: credentialsText(credentials), isSecret: true }
}

function configurationFile(
  { name }: RecipeServer,
  head: readonly string[],
  text: string,
): RecipeFile {
  const comments = head.map((line) => `# ${line}`)
  return {
    path: join(name, 'nats-server.conf'),
    text: `${comments.join('\n')}\n\n${text}`,
    isSecret: false,
  }
}
