import type { TrustAnchors } from '../trust/trust.ts'

/** Where a server listens, or where it is reached. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

export interface CertificateFiles {
  readonly certificatePath: string
  readonly keyPath: string
  readonly caPath: string
}

/** All that one nats-server is told. What is absent it does not do. */
export interface ServerConfiguration {
  readonly name: string
  readonly listen: Endpoint
  readonly tls: CertificateFiles
  readonly anchors: TrustAnchors
  /** JWT of the account; its own folder of accounts may hold a newer one, which then counts. */
  readonly account: string
  /** The server keeps there what it hears of accounts. */
  readonly resolverFolder: string
  readonly streams?: StreamStore
  readonly leafListen?: Endpoint
  /** Servers of other places that this one connects to. */
  readonly leafRemotes?: readonly LeafRemote[]
  readonly routes?: Routes
  /** On the loopback; what it says is for this machine only. */
  readonly monitor?: Endpoint
  readonly pidFile?: string
}

export interface StreamStore {
  readonly folder: string
  readonly bytesMax: number
  /** Keeps the streams of several hubs apart: its name, or that of its servers together. */
  readonly domain: string
}

export interface LeafRemote {
  readonly hub: string
  readonly servers: readonly Endpoint[]
  readonly accountCredentialsPath: string
  readonly systemCredentialsPath: string
}

/** Servers that are one: all of them listen, each knows the others. */
export interface Routes {
  readonly cluster: string
  readonly listen: Endpoint
  readonly peers: readonly Endpoint[]
}

/**
 * The plan of a very large cluster is the largest message: 100,000 checks are about 5 MB when they are compressed. Beyond 8 MB nats-server
 * itself warns, because a message lies in memory once for each that hears it.
 */
export const PAYLOAD_BYTES_MAX = 8 * 1024 * 1024
const MEMORY_STORE_BYTES_MAX = 64 * 1024 * 1024
const PENDING_BYTES_MAX = 64 * 1024 * 1024

/** The text of a nats-server's configuration file, with comments for people. */
export function configurationText(of: ServerConfiguration): string {
  return [
    general(of),
    trustPart(of),
    of.streams === undefined ? NO_STREAMS : streamsPart(of.streams),
    leafPart(of),
    of.routes === undefined ? [] : routesPart(of.routes, of.tls),
  ]
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimStart()
}

function general({ name, listen, tls, monitor, pidFile }: ServerConfiguration): string[] {
  return [
    `server_name: ${quoted(name)}`,
    `listen: ${quoted(authority(listen))}`,
    ...(monitor === undefined ? [] : [`http: ${quoted(authority(monitor))}`]),
    ...(pidFile === undefined ? [] : [`pid_file: ${quoted(pidFile)}`]),
    '',
    '# A plan is one message. What is larger is refused.',
    `max_payload: ${PAYLOAD_BYTES_MAX}`,
    '# Who does not read what is waiting for it is disconnected, and comes back.',
    `max_pending: ${PENDING_BYTES_MAX}`,
    'write_deadline: "10s"',
    '# Who went without a word is found after so long.',
    'ping_interval: "20s"',
    'ping_max: 2',
    '# `nats-server --signal ldm` asks everybody to go elsewhere before it ends.',
    'lame_duck_grace_period: "2s"',
    'lame_duck_duration: "30s"',
    '',
    'tls {',
    ...certificate(tls),
    '  timeout: 10',
    '}',
  ]
}

function certificate({ certificatePath, keyPath, caPath }: CertificateFiles): string[] {
  return [
    `  cert_file: ${quoted(certificatePath)}`,
    `  key_file: ${quoted(keyPath)}`,
    `  ca_file: ${quoted(caPath)}`,
  ]
}

function trustPart({ anchors, account, resolverFolder }: ServerConfiguration): string[] {
  const { operator, system, accountId } = anchors
  return [
    '# Who may do what is signed by the keys of the installation; the server only checks it.',
    `operator: ${quoted(operator)}`,
    `system_account: ${system.id}`,
    'resolver {',
    '  type: full',
    `  dir: ${quoted(resolverFolder)}`,
    '  allow_delete: false',
    '  interval: "2m"',
    '}',
    'resolver_preload {',
    `  ${system.id}: ${quoted(system.jwt)}`,
    `  ${accountId}: ${quoted(account)}`,
    '}',
  ]
}

const NO_STREAMS = [
  '# No JetStream here: what a cluster does must not wait for a majority of servers.',
]

function streamsPart({ folder, bytesMax, domain }: StreamStore): string[] {
  return [
    '# Results wait here for the moment until the hub has taken them; collectors keep them longer.',
    'jetstream {',
    `  store_dir: ${quoted(folder)}`,
    `  max_file_store: ${bytesMax}`,
    `  max_memory_store: ${MEMORY_STORE_BYTES_MAX}`,
    `  domain: ${quoted(domain)}`,
    '}',
  ]
}

function leafPart({ leafListen, leafRemotes, tls, anchors }: ServerConfiguration): string[] {
  if (leafListen === undefined && leafRemotes === undefined) return []
  const listening =
    leafListen === undefined
      ? []
      : [
          '  # Servers of clusters connect here.',
          `  listen: ${quoted(authority(leafListen))}`,
          '  tls {',
          ...certificate(tls).map((line) => `  ${line}`),
          '    timeout: 10',
          '  }',
        ]
  const remotes = (leafRemotes ?? []).flatMap((remote) => remoteLines(remote, tls, anchors))
  return [
    'leafnodes {',
    ...listening,
    ...(remotes.length === 0
      ? []
      : [
          '  # One for the work and one for news of revocations, to each hub; a hub that is away is tried again for ever.',
          '  reconnect: 1',
          '  remotes: [',
          ...remotes,
          '  ]',
        ]),
    '}',
  ]
}

function remoteLines(
  { servers, accountCredentialsPath, systemCredentialsPath }: LeafRemote,
  { caPath }: CertificateFiles,
  { accountId, system }: TrustAnchors,
): string[] {
  const urls = servers.map((server) => quoted(`tls://${authority(server)}`)).join(', ')
  return [
    [accountId, accountCredentialsPath],
    [system.id, systemCredentialsPath],
  ].flatMap(([account = '', credentials = '']) => [
    '    {',
    `      urls: [${urls}]`,
    `      account: ${account}`,
    `      credentials: ${quoted(credentials)}`,
    `      tls { ca_file: ${quoted(caPath)}, timeout: 10 }`,
    '    }',
  ])
}

function routesPart({ cluster, listen, peers }: Routes, tls: CertificateFiles): string[] {
  return [
    '# The servers that are one with this one show each other certificates of the same CA.',
    'cluster {',
    `  name: ${quoted(cluster)}`,
    `  listen: ${quoted(authority(listen))}`,
    '  no_advertise: true',
    '  tls {',
    ...certificate(tls).map((line) => `  ${line}`),
    '    verify: true',
    '    timeout: 10',
    '  }',
    `  routes: [${peers.map((peer) => quoted(`tls://${authority(peer)}`)).join(', ')}]`,
    '}',
  ]
}

/** As part of a URL or after `listen:`; IPv6 in brackets. */
export function authority({ host, port }: Endpoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** nats-server knows the escapes of JSON that can come up here. */
function quoted(text: string): string {
  return JSON.stringify(text)
}
