import { gauge, type Metric } from '../../base/metrics.ts'
import { DEFAULT_CLUSTER, HUB_CLUSTER } from '../../domain/cluster.ts'
import type { Fleet } from '../../domain/fleet.ts'
import type { LiveIndex } from '../../results/live-index.ts'
import type { ClusterRow } from '../../wire/api/network.ts'

export interface OverdueParts {
  readonly live: Pick<LiveIndex, 'all' | 'counters'>
  readonly fleet: () => Pick<Fleet, 'hosts'>
  readonly clusters: () => readonly Pick<ClusterRow, 'name' | 'blindSince'>[]
}

/**
 * Stale objects that somebody should have checked. Those that only blind clusters observe are their problem and not a further one, and what the hub has to say
 * of Parallax itself is stale when its subject is gone.
 */
export function overdueMetrics({ live, fleet, clusters }: OverdueParts): readonly Metric[] {
  const count = (): number => {
    const { hosts, services } = live.counters
    if (hosts.stale + services.stale === 0) return 0
    const excused = new Set([
      HUB_CLUSTER,
      ...clusters().flatMap(({ name, blindSince }) => (blindSince === null ? [] : [name])),
    ])
    const known = fleet().hosts
    let overdue = 0
    for (const { isStale, object } of live.all()) {
      if (!isStale) continue
      const observers = known.get(object.check.hostName)?.observers ?? [DEFAULT_CLUSTER]
      if (!observers.every((cluster) => excused.has(cluster))) overdue++
    }
    return overdue
  }
  return [
    gauge('parallax_objects_overdue', 'Stale although their cluster has a live collector.', count),
  ]
}
