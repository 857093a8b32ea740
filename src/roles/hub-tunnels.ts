import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { tunnelPortOf, type Cluster, type SshTunnel } from '../domain/cluster.ts'
import type { Tunnels } from '../orchestrator/tunnels/tunnels.ts'
import type { Address } from '../settings/setting-parsers.ts'
import type { HubSettings } from '../settings/settings.ts'
import type { Active } from './desk/active.ts'
import { startTunnels } from './tunnels.ts'
import type { Undoing } from './undoing.ts'

export interface HubTunnelsParts {
  readonly hub: string
  readonly settings: Pick<HubSettings, 'data' | 'leafListen'>
  /** The hub's servers as it reaches them itself. */
  readonly servers: readonly string[]
  readonly active: Pick<Active, 'fleet'>
  readonly clock: Clock
  readonly log: Log
}

/** A tunnel that an apply brought is opened within this time. */
const LOOK_MS = 1_000

/** Keeps the tunnels of whatever configuration is active. */
export function startHubTunnels(parts: HubTunnelsParts, undoing: Undoing): Tunnels {
  const { hub, settings, servers, active, clock, log } = parts
  const { data, leafListen } = settings
  const clusters = (): readonly Cluster[] => [...active.fleet.clusters.values()]
  const target = endpointOf(servers[0] ?? '')
  const leafTarget = leafListen && reachedAt(leafListen)
  const tunnels = startTunnels({ hub, data, target, leafTarget, clusters, clock, log })
  let seen = active.fleet
  let cancel = (): void => undefined
  const look = (): void => {
    if (seen !== active.fleet) {
      seen = active.fleet
      tunnels.changed()
    }
    cancel = clock.timer(LOOK_MS, look)
  }
  look()
  undoing.add(async () => {
    cancel()
    await tunnels.close()
  })
  return tunnels
}

/** What listens everywhere is reached on the loopback. */
function reachedAt({ host, port }: Address): Address {
  return { host: ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host, port }
}

/** `tls://[::1]:4222`; without a port it is the bus's own. */
function endpointOf(url: string): Address {
  const [, host = '127.0.0.1', port = '4222'] =
    /^\w+:\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?/.exec(url) ?? []
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

export interface HubAddress {
  readonly name: string
  readonly servers: readonly string[]
}

/**
 * Where collectors of a cluster reach a hub: behind a tunnel at its port of their loopback. When hubs have ports of their own there, one
 * without reaches them directly. Otherwise the port is that of the hub that says so, and no other hub is behind it: empty.
 */
export function serversBehind(
  tunnel: SshTunnel | undefined,
  { name, servers }: HubAddress,
  sayer: string,
): readonly string[] {
  if (tunnel === undefined) return servers
  const isShared = Object.keys(tunnel.remotePorts).length === 0
  const port = tunnelPortOf(tunnel, name)
  if (port === undefined) return servers
  return isShared && name !== sayer ? [] : [`tls://127.0.0.1:${port}`]
}
