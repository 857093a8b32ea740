import type { Brand } from '../base/brand.ts'

/** A group of collectors at one place; a host is checked by the collectors of its cluster. */
export interface Cluster {
  readonly name: string
  readonly alias: string
  readonly notes: string
  /** Where it stands, as people say it; empty when nobody said. */
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
}

/** Of hosts that name none. It exists without being written. */
export const DEFAULT_CLUSTER = 'default'

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
