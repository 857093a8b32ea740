import type { ClusterRow, CollectorRow, HubRow } from '../wire/api/network.ts'
import type { Listing } from './format.ts'
import { ageOf } from './object-columns.ts'
import type { Column } from './table.ts'
import type { Paint } from './terminal.ts'

/** How collectors, clusters and hubs are listed. */

type Outbox = CollectorRow['outboxes'][number]
type HubClock = CollectorRow['clocks'][number]

/** Clocks that differ by less share their slots. */
const OFFSET_MS_MAX = 2_000

export function collectorListing(
  rows: readonly CollectorRow[],
  paint: Paint,
  now: number,
): Listing<CollectorRow> {
  return {
    rows,
    columns: [
      { title: 'COLLECTOR', text: ({ id }) => id },
      healthColumn(paint, now),
      standingColumn(paint),
      { title: 'HOSTS', text: (row) => heard(row, String(row.hosts)) },
      { title: 'CHECKS', text: (row) => heard(row, String(row.checks)) },
      { title: 'SLOTS', text: (row) => heard(row, slotsOf(row)) },
      { title: 'WAITING', text: (row) => heard(row, String(row.load?.waiting)) },
      { title: 'LATE P99', text: (row) => heard(row, msText(row.load?.lateP99Ms ?? 0)) },
      planColumn(paint),
      outboxColumn(paint),
    ],
    wideColumns: [
      { title: 'ROLE', text: ({ role }) => role ?? '-' },
      { title: 'WEIGHT', text: ({ weight }) => (weight === null ? '-' : String(weight)) },
      clockColumn(paint),
      { title: 'MEMORY', text: (row) => heard(row, sizeText(row.memoryBytes)) },
      { title: 'VERSION', text: ({ program }) => program ?? '-' },
      { title: 'REVISION', text: ({ revision }) => revision?.slice(0, 12) || '-' },
    ],
    name: ({ id }) => `collector/${id}`,
    whenEmpty:
      'no collector has joined yet: `parallax cluster add NAME`, `parallax collector token --cluster NAME`',
  }
}

export function clusterListing(
  rows: readonly ClusterRow[],
  paint: Paint,
  now: number,
): Listing<ClusterRow> {
  return {
    rows,
    columns: [
      { title: 'CLUSTER', text: ({ name }) => name },
      {
        title: 'STATE',
        text: (row) => clusterState(row, now),
        paint: (text, row) => paintCluster(paint, row, text),
      },
      { title: 'COLLECTORS', text: ({ live, late, lost }) => `${live} of ${live + late + lost}` },
      { title: 'HOSTS', text: ({ hosts }) => String(hosts) },
      { title: 'ASSIGNED', text: ({ assignedHosts }) => String(assignedHosts) },
      { title: 'SERVICES', text: ({ services }) => String(services) },
      { title: 'ALIAS', text: ({ alias }) => alias },
    ],
    wideColumns: [
      { title: 'LATE', text: ({ late }) => String(late) },
      { title: 'LOST', text: ({ lost }) => String(lost) },
      { title: 'SILENCE', text: ({ silenceMs }) => msText(silenceMs) },
      { title: 'TUNNEL', text: ({ tunnel }) => tunnel ?? '-' },
      { title: 'SITE', text: ({ site }) => site },
    ],
    name: ({ name }) => `cluster/${name}`,
    whenEmpty: 'no clusters yet: `parallax cluster add NAME`',
  }
}

export function hubListing(rows: readonly HubRow[], paint: Paint, now: number): Listing<HubRow> {
  return {
    rows,
    columns: [
      { title: 'HUB', text: ({ name }) => name },
      {
        title: 'STATE',
        text: (row) => (row.isSelf ? 'answers here' : row.isReachable ? 'reached' : 'away'),
        paint: (text, row) => (row.isReachable ? paint.green(text) : paint.red(text)),
      },
      { title: 'EPOCH', text: ({ epoch }) => String(epoch) },
      { title: 'REVISION', text: ({ revision }) => revision.slice(0, 12) },
      { title: 'HOSTS', text: ({ hosts }) => String(hosts) },
      { title: 'SERVICES', text: ({ services }) => String(services) },
      { title: 'RESULTS/S', text: ({ resultsPerSecond }) => resultsPerSecond.toFixed(1) },
      { title: 'UP', text: ({ startedAt }) => ageOf(startedAt, now) },
      { title: 'DATABASE', text: ({ database }) => database },
    ],
    wideColumns: [{ title: 'VERSION', text: ({ program }) => program }],
    name: ({ name }) => `hub/${name}`,
    whenEmpty: 'no hubs',
  }
}

export function healthColumn(paint: Paint, now: number): Column<CollectorRow> {
  return {
    title: 'HEALTH',
    text: ({ health, since }) => (health === 'live' ? health : `${health} ${ageOf(since, now)}`),
    paint: (text, { health }) => PAINTS[health](paint)(text),
  }
}

const PAINTS: Readonly<Record<CollectorRow['health'], (paint: Paint) => Paint['red']>> = {
  live: (paint) => paint.green,
  late: (paint) => paint.yellow,
  lost: (paint) => (text) => paint.bold(paint.red(text)),
}

export function standingColumn(paint: Paint): Column<CollectorRow> {
  return {
    title: 'STANDING',
    text: standingOf,
    paint: (text, { standing }) => (standing === 'active' ? text : paint.yellow(text)),
  }
}

/** Of a lost one nobody knows it. */
export function standingOf({ health, standing, role }: CollectorRow): string {
  if (health === 'lost' || standing === null) return '-'
  return role === 'executor' ? `${standing}, executor` : standing
}

function planColumn(paint: Paint): Column<CollectorRow> {
  return {
    title: 'PLAN',
    text: planOf,
    paint: (text, row) => (row.isCurrent || row.revision === null ? text : paint.yellow(text)),
  }
}

export function planOf({ revision, isCurrent }: CollectorRow): string {
  if (revision === null) return '-'
  return isCurrent ? 'current' : revision === '' ? 'none yet' : 'behind'
}

export function outboxColumn(paint: Paint): Column<CollectorRow> {
  return {
    title: 'OUTBOX',
    text: (row) => row.outboxes.map(outboxText).join(', ') || '-',
    paint: (text, row) =>
      row.outboxes.some(({ lost }) => lost > 0)
        ? paint.red(text)
        : row.outboxes.some(({ isConnected }) => !isConnected)
          ? paint.yellow(text)
          : text,
  }
}

/** `hub-a 12`, `hub-b 4300 for 12m, away, 3 lost`. */
export function outboxText(outbox: Outbox): string {
  const oldest = outbox.oldestAgeMs >= 10_000 ? ` for ${spanText(outbox.oldestAgeMs)}` : ''
  const away = outbox.isConnected ? '' : ', away'
  const lost = outbox.lost === 0 ? '' : `, ${outbox.lost} lost`
  return `${outbox.hub} ${outbox.waiting}${oldest}${away}${lost}`
}

export function clockColumn(paint: Paint): Column<CollectorRow> {
  return {
    title: 'CLOCK',
    text: (row) => heard(row, row.clocks.map(clockText).join(', ') || '-'),
    paint: (text, row) =>
      row.health !== 'lost' && row.clocks.some(isOff) ? paint.yellow(text) : text,
  }
}

/** The hub's clock minus its own, with the bound of the measurement: `hub-a +1.2 ms ±0.4 ms`. */
export function clockText({ hub, offsetMs, errorMs }: HubClock): string {
  return `${hub} ${offsetMs < 0 ? '-' : '+'}${msText(Math.abs(offsetMs))} ±${msText(errorMs)}`
}

export function isOff({ offsetMs, errorMs }: HubClock): boolean {
  return errorMs > 1_000 || Math.abs(offsetMs) > OFFSET_MS_MAX + errorMs
}

export function slotsOf({ load }: CollectorRow): string {
  return `${load?.running ?? 0}/${load?.slots ?? 0}`
}

/** In the order in which somebody should look: blind and torn ones are named. */
export function clusterState(row: ClusterRow, now: number): string {
  if (row.blindSince !== null) return `BLIND ${ageOf(row.blindSince, now)}`
  if (!row.isAgreed) return 'not agreed'
  return row.live + row.late === 0 ? 'no collectors' : row.late + row.lost > 0 ? 'reduced' : 'ok'
}

export function paintCluster(paint: Paint, row: ClusterRow, text: string): string {
  if (row.blindSince !== null) return paint.bold(paint.red(text))
  if (!row.isAgreed || row.late + row.lost > 0) return paint.yellow(text)
  return row.live > 0 ? paint.green(text) : paint.dim(text)
}

/** What one that is lost does now is not known. */
export function heard({ health, standing }: CollectorRow, text: string): string {
  return health === 'lost' || standing === null ? '-' : text
}

/** `0.4 ms`, `12 ms`, `1.5 s`, `2m`. */
export function msText(ms: number): string {
  if (ms >= 60_000) return spanText(ms)
  if (ms >= 1_000) return `${trimmed(ms / 1_000)} s`
  return `${trimmed(ms)} ms`
}

function trimmed(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, '')
}

function spanText(ms: number): string {
  return ageOf(new Date(0).toISOString(), ms)
}

export function sizeText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.round(bytes / 1e3)} kB`
}
