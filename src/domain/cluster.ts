import type { Brand } from '../base/brand.ts'

/** A group of collectors at one place; a host is checked by the collectors of its cluster. */
export interface Cluster {
  readonly name: string
  readonly alias: string
  readonly notes: string
  /** Where it stands, as people say it; empty when nobody said. Clusters of one site may fail together: see `siteOf`. */
  readonly site: string
  /** A member that is silent for so long is gone. */
  readonly silenceMs: number
  /** After a takeover each new owner starts at most so many checks at once a second. */
  readonly takeoverRate: number
  /** How the hub reaches a cluster that cannot reach the hub; `undefined`: the cluster connects by itself. */
  readonly tunnel: SshTunnel | undefined
  /** Where it was written: `file:line`. */
  readonly source: string
}

/** A reverse tunnel that the hub keeps through the system's OpenSSH. */
export interface SshTunnel {
  readonly kind: 'ssh'
  /** Where sshd listens. */
  readonly host: string
  readonly port: number
  readonly user: string
  /** Of the collector's side: connections to it come out at the hub's bus. */
  readonly remotePort: number
  /** Such ports by the name of the hub, where several hubs come to one machine; empty: every hub takes `remotePort`. */
  readonly remotePorts: Readonly<Record<string, number>>
  /** Ports by the name of the hub that come out where it takes the servers of clusters; a cluster without such servers has none. */
  readonly leafPorts: Readonly<Record<string, number>>
  /** `SHA256:...` of the only host key that is believed; `undefined`: what an operator trusted counts. */
  readonly hostKey: string | undefined
}

/** Where connections to a hub go in on the other side. `undefined`: this hub keeps no tunnel to it. */
export function tunnelPortOf(
  { remotePort, remotePorts }: SshTunnel,
  hub: string,
): number | undefined {
  if (Object.keys(remotePorts).length === 0) return remotePort
  return portIn(remotePorts, hub)
}

/** Where the cluster's own servers go in to a hub. */
export function tunnelLeafPortOf({ leafPorts }: SshTunnel, hub: string): number | undefined {
  return portIn(leafPorts, hub)
}

/** A hub may be called as something that every object has. */
function portIn(ports: Readonly<Record<string, number>>, hub: string): number | undefined {
  return Object.hasOwn(ports, hub) ? ports[hub] : undefined
}

/** Of hosts that name none. It exists without being written. */
export const DEFAULT_CLUSTER = 'default'

export const DEFAULT_SILENCE_MS = 3_000
export const DEFAULT_TAKEOVER_RATE = 200

/** Of hosts that each hub checks by itself, with built-in checks only. It exists without being written, and takes no collectors. */
export const HUB_CLUSTER = 'hub'

/** The default cluster as it is when nobody wrote it. */
export const UNWRITTEN: Cluster = {
  name: DEFAULT_CLUSTER,
  alias: DEFAULT_CLUSTER,
  notes: '',
  site: '',
  silenceMs: DEFAULT_SILENCE_MS,
  takeoverRate: DEFAULT_TAKEOVER_RATE,
  tunnel: undefined,
  source: '',
}

/** @returns `undefined` for one that is neither written nor the default */
export function clusterOf(
  written: ReadonlyMap<string, Cluster>,
  name: string,
): Cluster | undefined {
  return written.get(name) ?? (name === DEFAULT_CLUSTER ? UNWRITTEN : undefined)
}

/** The failure domain of a cluster: its site, or the cluster itself when nobody said where it stands. */
export function siteOf(written: ReadonlyMap<string, Cluster>, name: string): string {
  return clusterOf(written, name)?.site || name
}

/** Every cluster that there is; the default one first when nobody wrote it. */
export function clustersOf(written: ReadonlyMap<string, Cluster>): readonly Cluster[] {
  const all = [...written.values()]
  return written.has(DEFAULT_CLUSTER) ? all : [UNWRITTEN, ...all]
}

/** What clusters, collectors and hubs may be called: one token of a subject, one label of a host name. */
export const NODE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** `cluster.name`, unique in an installation; the `collector` of result ids. In one process it is just `local`. */
export type CollectorId = Brand<string, 'CollectorId'>

export function collectorId(cluster: string, name: string): CollectorId {
  return `${cluster}.${name}` as CollectorId
}

export interface CollectorName {
  readonly cluster: string
  readonly name: string
}

/** `undefined` when it is not `cluster.name`. */
export function parseCollectorId(text: string): CollectorName | undefined {
  const [cluster, name, ...rest] = text.split('.')
  if (cluster === undefined || name === undefined || rest.length > 0) return undefined
  return NODE_NAME.test(cluster) && NODE_NAME.test(name) ? { cluster, name } : undefined
}
