import { counted } from '../base/words.ts'
import type { ClusterRow, CollectorRow, HubRow } from '../wire/api/network.ts'
import {
  clockColumn,
  healthColumn,
  heard,
  msText,
  outboxColumn,
  sizeText,
  slotsOf,
  standingColumn,
} from './network-listings.ts'
import { ageOf } from './object-columns.ts'
import { plain, renderTable, type Column } from './table.ts'
import type { Paint } from './terminal.ts'

/** The whole network at one moment. */
export interface NetworkView {
  readonly collectors: readonly CollectorRow[]
  readonly clusters: readonly ClusterRow[]
  readonly hubs: readonly HubRow[]
}

export interface TopShape {
  readonly paint: Paint
  /** ms since the epoch. */
  readonly now: number
  /** Characters; Infinity when nobody looks. */
  readonly columns: number
  readonly rows: number
  /** Why the view is not the present. */
  readonly trouble: string
}

/** Lines of `parallax top`: what needs somebody stands first, blind spots before all. Rule NW11. */
export function topLines(view: NetworkView, shape: TopShape): readonly string[] {
  const { paint, columns: width } = shape
  const head = [
    cut(summaryOf(view), width),
    ...(shape.trouble === '' ? [] : [paint.red(cut(`! ${plain(shape.trouble)}`, width))]),
    ...blindLines(view, shape.now).map((line) => paint.bold(paint.red(cut(line, width)))),
    '',
  ]
  if (view.collectors.length === 0)
    return [...head, cut('no collector has joined yet: `parallax collector token`', width)]
  const rows = view.collectors.toSorted(byNeed)
  const table = renderTable(columnsOf(shape), rows, { width, hasHeader: true }).split('\n')
  const room = Math.max(1, shape.rows - head.length)
  if (table.length <= room) return [...head, ...table]
  const shown = table.slice(0, Math.max(1, room - 1))
  const more = counted(table.length - shown.length, 'more collector')
  return [...head, ...shown, paint.dim(cut(`and ${more}: \`parallax get collectors\``, width))]
}

function summaryOf({ clusters, collectors, hubs }: NetworkView): string {
  const own = hubs.find(({ isSelf }) => isSelf)
  const away = hubs.filter(({ isReachable }) => !isReachable).length
  const live = collectors.filter(({ health }) => health === 'live').length
  const sum = (of: (row: CollectorRow) => number): number =>
    collectors.reduce((total, row) => (row.health === 'lost' ? total : total + of(row)), 0)
  return [
    own === undefined ? 'hub' : `hub ${own.name}, ${own.resultsPerSecond.toFixed(1)} results/s`,
    ...(hubs.length > 1 ? [`${hubs.length} hubs${away === 0 ? '' : `, ${away} away`}`] : []),
    counted(clusters.length, 'cluster'),
    `${live} of ${counted(collectors.length, 'collector')} live`,
    `${sum((row) => row.load?.running ?? 0)} of ${sum((row) => row.load?.slots ?? 0)} slots`,
    `${sum((row) => row.load?.waiting ?? 0)} waiting`,
  ].join(' · ')
}

function blindLines({ clusters }: NetworkView, now: number): readonly string[] {
  return clusters.flatMap(({ name, hosts, blindSince }) =>
    blindSince === null
      ? []
      : [`BLIND ${ageOf(blindSince, now)}: nobody checks the ${counted(hosts, 'host')} of ${name}`],
  )
}

const NEED = { lost: 0, late: 1, live: 2 } as const

function byNeed(a: CollectorRow, b: CollectorRow): number {
  return NEED[a.health] - NEED[b.health] || (a.id < b.id ? -1 : 1)
}

function columnsOf({ paint, now }: TopShape): readonly Column<CollectorRow>[] {
  return [
    { title: 'COLLECTOR', text: ({ id }) => id },
    healthColumn(paint, now),
    standingColumn(paint),
    { title: 'HOSTS', text: (row) => heard(row, String(row.hosts)) },
    { title: 'SLOTS', text: (row) => heard(row, slotsOf(row)) },
    { title: 'WAITING', text: (row) => heard(row, String(row.load?.waiting)) },
    { title: 'LATE P99', text: (row) => heard(row, msText(row.load?.lateP99Ms ?? 0)) },
    { title: 'MEMORY', text: (row) => heard(row, sizeText(row.memoryBytes)) },
    clockColumn(paint),
    outboxColumn(paint),
  ]
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text
}
