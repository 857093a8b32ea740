import type { Metric } from '../../base/metrics.ts'
import type { SharingStats } from './work-sharing.ts'

type Row = readonly [name: string, kind: Metric['kind'], help: string, of: keyof SharingStats]

const ROWS: readonly Row[] = [
  ['handed_out', 'gauge', 'Plugins of this collector that other members run.', 'handedOut'],
  ['homeless', 'gauge', 'Plugins that came back from others and wait for a place.', 'homeless'],
  ['given_total', 'counter', 'Plugins that other members took.', 'given'],
  ['refused_total', 'counter', 'Offers that nobody could take.', 'refused'],
  ['leases_lost_total', 'counter', 'Leases whose member was lost or too late.', 'lost'],
  ['late_total', 'counter', 'Ends of lost leases, dropped.', 'late'],
  ['guests', 'gauge', 'Plugins of other members that run here.', 'guests'],
  ['taken_total', 'counter', 'Plugins of other members that were taken.', 'taken'],
]

export function sharingMetrics(stats: () => SharingStats): readonly Metric[] {
  return ROWS.map(([name, kind, help, of]) => ({
    name: `parallax_sharing_${name}`,
    help,
    kind,
    read: () => stats()[of],
  }))
}
