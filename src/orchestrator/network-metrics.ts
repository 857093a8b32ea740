import { perLabel, type LabelledNumber, type Metric } from '../base/metrics.ts'
import type { ClusterRow, CollectorRow } from '../wire/api/network.ts'

type OfCollector = (row: CollectorRow) => number | undefined

const HEALTH = { live: 0, late: 1, lost: 2 } as const

/** [name, help, number]; what a lost collector does not say any more is left out. */
const COLLECTOR_ROWS: readonly (readonly [name: string, help: string, of: OfCollector])[] = [
  ['health', '0 live, 1 late, 2 lost.', ({ health }) => HEALTH[health]],
  ['plan_current', '1: it follows the active plan.', (row) => heard(row, Number(row.isCurrent))],
  ['hosts', 'Hosts that are its own.', (row) => heard(row, row.hosts)],
  ['checks', 'Checks that are its own.', (row) => heard(row, row.checks)],
  ['weight_ratio', 'Capacity compared with the others.', (row) => heard(row, row.weight)],
  ['memory_bytes', 'Memory of its process.', (row) => heard(row, row.memoryBytes)],
  ['slots', 'Checks that it can run at once.', (row) => heard(row, row.load?.slots)],
  ['running', 'Checks that it runs.', (row) => heard(row, row.load?.running)],
  ['waiting', 'Checks that wait for a slot.', (row) => heard(row, row.load?.waiting)],
  [
    'lateness_p99_seconds',
    'How late its checks start, 99th percentile.',
    (row) => heard(row, seconds(row.load?.lateP99Ms)),
  ],
]

function heard(row: CollectorRow, value: number | null | undefined): number | undefined {
  return row.health === 'lost' || row.standing === null ? undefined : (value ?? undefined)
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000
}

/** Collectors as a hub sees them, by their id. */
export function memberMetrics(rows: () => readonly CollectorRow[]): readonly Metric[] {
  const ofEach = COLLECTOR_ROWS.map(([name, help, of]) =>
    perLabel({ name: `parallax_member_${name}`, help, kind: 'gauge' }, ['collector'], () =>
      rows().flatMap((row) => numbered([row.id], of(row))),
    ),
  )
  const perHub = (name: string, help: string, of: (row: Outgoing) => number): Metric => {
    const kind = name.endsWith('_total') ? 'counter' : 'gauge'
    return perLabel({ name: `parallax_member_${name}`, help, kind }, ['collector', 'hub'], () =>
      rows().flatMap((row) =>
        row.outboxes.flatMap((out) => numbered([row.id, out.hub], heard(row, of(out)))),
      ),
    )
  }
  return [
    ...ofEach,
    perHub('outbox_waiting_results', 'Results that wait for a hub.', ({ waiting }) => waiting),
    perHub('outbox_oldest_seconds', 'Age of the oldest of them.', (out) => out.oldestAgeMs / 1000),
    perHub('outbox_lost_total', 'Results given up before a hub had them.', ({ lost }) => lost),
    perLabel(
      {
        name: 'parallax_member_clock_offset_seconds',
        help: "A hub's clock minus that of the collector.",
        kind: 'gauge',
      },
      ['collector', 'hub'],
      () =>
        rows().flatMap((row) =>
          row.clocks.flatMap((clock) =>
            numbered([row.id, clock.hub], heard(row, clock.offsetMs / 1000)),
          ),
        ),
    ),
  ]
}

type Outgoing = CollectorRow['outboxes'][number]

function numbered(of: readonly string[], value: number | undefined): readonly LabelledNumber[] {
  return value === undefined ? [] : [{ of, value }]
}

type OfCluster = (row: ClusterRow) => number | undefined

const isBlind = ({ blindSince }: ClusterRow): boolean => blindSince !== null

/** Of a blind cluster only that, and what is configured. */
const CLUSTER_ROWS: readonly (readonly [name: string, help: string, of: OfCluster])[] = [
  ['blind', '1: it has hosts and nobody checks them.', (row) => Number(isBlind(row))],
  ['hosts', 'Hosts of the cluster.', ({ hosts }) => hosts],
  ['live', 'Collectors that are there.', ({ live, late }) => live + late],
  ['lost', 'Collectors that are gone.', (row) => (isBlind(row) ? undefined : row.lost)],
  [
    'agreed',
    '1: its collectors see the same members.',
    (row) => (isBlind(row) || row.live === 0 ? undefined : Number(row.isAgreed)),
  ],
]

/** Clusters as a hub sees them, by name. */
export function clusterMetrics(rows: () => readonly ClusterRow[]): readonly Metric[] {
  return CLUSTER_ROWS.map(([name, help, of]) =>
    perLabel({ name: `parallax_cluster_${name}`, help, kind: 'gauge' }, ['cluster'], () =>
      rows().flatMap((row) => numbered([row.name], of(row))),
    ),
  )
}
