import type { Metric } from '../../base/metrics.ts'
import type { ClusterStats } from './cluster-parts.ts'

type Row = readonly [
  name: string,
  kind: Metric['kind'],
  help: string,
  of: (stats: ClusterStats) => number,
]

const ROWS: readonly Row[] = [
  ['assignment_members', 'gauge', 'Collectors that share the plan.', (is) => is.sharers.length],
  ['assignment_hosts', 'gauge', 'Hosts of this collector.', (is) => is.hosts],
  ['assignment_deaf', 'gauge', '1: own beats do not come back.', (is) => Number(is.isDeaf)],
  ['assignment_taken_over_total', 'counter', 'Checks of lost collectors.', (is) => is.takenOver],
  [
    'assignment_dropped_total',
    'counter',
    'Messages under a wrong name, or of collectors that do not belong to the cluster.',
    // A beat that comes over two ways is late on one of them.
    ({ dropped }) => Object.values(dropped).reduce((sum, count) => sum + count, 0) - dropped.late,
  ],
]

export function clusterMetrics(stats: () => ClusterStats): readonly Metric[] {
  return ROWS.map(([name, kind, help, of]) => ({
    name: `parallax_${name}`,
    help,
    kind,
    read: () => of(stats()),
  }))
}
