import {
  DEFAULT_SILENCE_MS,
  DEFAULT_TAKEOVER_RATE,
  type Cluster,
  type SshTunnel,
} from '../domain/cluster.ts'
import type { Definitions, ValueOf } from './definitions.ts'
import { durationMs } from './duration.ts'

const SSH_PORT = 22
const SSH_USER = 'parallax'
/** The bus's own. */
const REMOTE_PORT = 4222

export function clustersFrom(definitions: Definitions): ReadonlyMap<string, Cluster> {
  return new Map(
    [...definitions.clusters.values()].map(({ name, value, origin }) => {
      const { file, line } = origin.place()
      const cluster: Cluster = {
        name,
        alias: value.alias ?? name,
        notes: value.notes ?? '',
        site: value.site ?? '',
        silenceMs: durationMs(value.silence ?? '') ?? DEFAULT_SILENCE_MS,
        takeoverRate: value.takeoverRate ?? DEFAULT_TAKEOVER_RATE,
        tunnel: tunnelOf(value.tunnel),
        source: `${file}:${line}`,
      }
      return [name, cluster]
    }),
  )
}

/** A tunnel without its address was a problem before. */
function tunnelOf(written: ValueOf<'clusters'>['tunnel']): SshTunnel | undefined {
  const host = written?.ssh
  if (host === undefined) return undefined
  const { port = SSH_PORT, user = SSH_USER, remotePort = REMOTE_PORT } = written ?? {}
  const { remotePorts = {}, leafPorts = {}, hostKey } = written ?? {}
  return { kind: 'ssh', host, port, user, remotePort, remotePorts, leafPorts, hostKey }
}
