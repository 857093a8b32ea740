import { sshFolderIn, systemSsh } from '../adapters/ssh/ssh.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { tunnelLeafPortOf, tunnelPortOf, type Cluster } from '../domain/cluster.ts'
import { keepTunnels, type Tunnels } from '../orchestrator/tunnels/tunnels.ts'
import type { Forward, TunnelRoute } from '../orchestrator/tunnels/ports.ts'

type Endpoint = Forward['target']

export interface TunnelsOf {
  /** Name of the hub: the comment of its key, and which ports are its own. */
  readonly hub: string
  readonly data: string
  /** Where the hub's bus listens, as this machine reaches it. */
  readonly target: Endpoint
  /** Where it takes the servers of clusters; `undefined`: nowhere. */
  readonly leafTarget?: Endpoint | undefined
  /** Of the active fleet; asked at the start and at each `changed()`. */
  readonly clusters: () => readonly Cluster[]
  readonly clock: Clock
  readonly log: Log
}

/** Keeps an SSH connection to each cluster that wants one. Nothing is started before a cluster does. */
export function startTunnels(of: TunnelsOf): Tunnels {
  const { hub, data, clusters, clock, log } = of
  const ssh = systemSsh(sshFolderIn(data), `parallax-${hub}`, clock)
  const routes = (): TunnelRoute[] => clusters().flatMap((cluster) => routeOf(cluster, of) ?? [])
  return keepTunnels({ ssh, routes, clock, log })
}

function routeOf(
  { name: cluster, tunnel }: Cluster,
  { hub, target, leafTarget }: TunnelsOf,
): TunnelRoute | undefined {
  const remotePort = tunnel && tunnelPortOf(tunnel, hub)
  if (tunnel === undefined || remotePort === undefined) return undefined
  const { host, port, user, hostKey } = tunnel
  const leafPort = tunnelLeafPortOf(tunnel, hub)
  const forwards: Forward[] = [{ remotePort, target }]
  if (leafPort !== undefined && leafTarget !== undefined)
    forwards.push({ remotePort: leafPort, target: leafTarget })
  return { cluster, host, port, user, hostKey, forwards }
}
