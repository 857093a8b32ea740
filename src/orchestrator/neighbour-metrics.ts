import { gauge, perLabel, type LabelledNumber, type Metric } from '../base/metrics.ts'
import type { HeardHub } from './replication/replication.ts'
import type { TunnelStatus } from './tunnels/tunnels.ts'

/** The other hubs. @param revision that is active here */
export function peerMetrics(
  peers: () => readonly Pick<HeardHub, 'name' | 'isReachable' | 'revision' | 'differsMs'>[],
  revision: () => string,
): readonly Metric[] {
  return [
    gauge('parallax_peers', 'Other hubs that were heard.', () => peers().length),
    perLabel(
      { name: 'parallax_peer_reachable', help: '1: the other hub is heard.', kind: 'gauge' },
      ['hub'],
      () => peers().map(({ name, isReachable }) => numbered(name, Number(isReachable))),
    ),
    perLabel(
      {
        name: 'parallax_peer_same_revision',
        help: '1: the same revision is active there.',
        kind: 'gauge',
      },
      ['hub'],
      () =>
        peers().flatMap((peer) =>
          peer.isReachable ? [numbered(peer.name, Number(peer.revision === revision()))] : [],
        ),
    ),
    perLabel(
      {
        name: 'parallax_peer_verdicts_differ_seconds',
        help: 'How long the verdicts of several observers have been others there; 0: the same.',
        kind: 'gauge',
      },
      ['hub'],
      () =>
        peers().flatMap(({ name, isReachable, differsMs }) =>
          isReachable ? [numbered(name, differsMs / 1000)] : [],
        ),
    ),
  ]
}

/** SSH tunnels to clusters. */
export function tunnelMetrics(
  tunnels: () => readonly Pick<TunnelStatus, 'cluster' | 'state'>[],
): readonly Metric[] {
  return [
    gauge('parallax_tunnels', 'SSH tunnels to clusters.', () => tunnels().length),
    perLabel(
      { name: 'parallax_tunnel_open', help: '1: the tunnel stands.', kind: 'gauge' },
      ['cluster'],
      () => tunnels().map(({ cluster, state }) => numbered(cluster, Number(state === 'up'))),
    ),
  ]
}

function numbered(of: string, value: number): LabelledNumber {
  return { of: [of], value }
}
