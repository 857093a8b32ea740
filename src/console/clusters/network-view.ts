import type { ClusterRow, CollectorRow } from '../../wire/api/network.ts'

/** A cluster with its collectors, those that need somebody first. */
export interface ClusterSection {
  readonly cluster: ClusterRow
  readonly collectors: readonly CollectorRow[]
}

/** Blind clusters first, then by name. A collector that is in no cluster of its own is in all of them: the one of `parallax up`. */
export function sectionsOf(
  clusters: readonly ClusterRow[],
  collectors: readonly CollectorRow[],
): readonly ClusterSection[] {
  return clusters
    .map((cluster) => ({
      cluster,
      collectors: collectors
        .filter((row) => row.cluster === cluster.name || isEverywhere(row))
        .toSorted(byNeed),
    }))
    .toSorted(
      (a, b) =>
        Number(b.cluster.blindSince !== null) - Number(a.cluster.blindSince !== null) ||
        byName.compare(a.cluster.name, b.cluster.name),
    )
}

/** The collector of the hub's own process: it takes no orders. */
export function isEverywhere({ id }: CollectorRow): boolean {
  return !id.includes('.')
}

const byName = new Intl.Collator(undefined, { numeric: true })
const NEED: Readonly<Record<CollectorRow['health'], number>> = { lost: 0, late: 1, live: 2 }

function byNeed(a: CollectorRow, b: CollectorRow): number {
  return NEED[a.health] - NEED[b.health] || byName.compare(a.name, b.name)
}

/** Clusters of which nobody checks the hosts: the widest first. */
export function blindSpotsOf(clusters: readonly ClusterRow[]): readonly ClusterRow[] {
  return clusters
    .filter(({ blindSince }) => blindSince !== null)
    .toSorted((a, b) => b.hosts - a.hosts || byName.compare(a.name, b.name))
}

/** Why nobody checks them, as far as the hub knows. */
export function blindReason({ live, late, lost }: ClusterRow): string {
  if (live + late + lost === 0) return 'no collector has joined'
  if (live + late === 0)
    return lost === 1 ? 'its collector is lost' : `its ${lost} collectors are lost`
  return 'those that are left are cordoned, or only execute'
}

/** What somebody can want of a collector now. */
export function choicesOf(row: CollectorRow): readonly OrderKind[] {
  const isAside = row.standing === 'cordoned' || row.standing === 'leaving'
  return isAside ? ['uncordon', 'weight'] : ['drain', 'cordon', 'weight']
}

export type OrderKind = 'drain' | 'cordon' | 'uncordon' | 'weight'

/** What an order will do, before it is given. */
export interface Consequence {
  readonly text: string
  /** Empty when it does no harm. */
  readonly warning: string
}

export interface OrderCase {
  readonly kind: OrderKind
  readonly row: CollectorRow
  readonly section: ClusterSection
  /** The new one. */
  readonly weight: number
}

export function consequenceOf({ kind, row, section, weight }: OrderCase): Consequence {
  const { name, hosts } = section.cluster
  const takers = sharers(section.collectors).filter(({ id }) => id !== row.id)
  const own = counted(row.hosts, 'host')
  const others = takers.length === 1 ? (takers[0]?.id ?? '') : `${takers.length} others`
  switch (kind) {
    case 'drain':
      return {
        text: `Hands its ${own} over to ${takers.length === 0 ? 'the others' : others} without a gap: no check is missed. Then it stays without hosts, also over a restart, until it is uncordoned.`,
        warning:
          takers.length === 0
            ? 'There is nobody to hand over to: it will refuse to be drained.'
            : '',
      }
    case 'cordon':
      return takers.length === 0
        ? {
            text: 'Stops checking at once, and stays so, also over a restart, until it is uncordoned.',
            warning: `Nobody is left: the ${counted(hosts, 'host')} of ${name} will not be checked by anybody.`,
          }
        : {
            text: `Stops checking its ${own} at once; ${others} ${takers.length === 1 ? 'takes' : 'take'} them over. It stays so, also over a restart, until it is uncordoned.`,
            warning: 'Checks that run now may be lost. To lose none, drain it.',
          }
    case 'uncordon':
      return {
        text: `Takes part again in a few seconds, and gets its part of the ${counted(hosts, 'host')} of ${name} without a gap.`,
        warning: '',
      }
    case 'weight':
      return { text: weightText(row, takers, weight), warning: '' }
  }
}

function weightText(row: CollectorRow, others: readonly CollectorRow[], weight: number): string {
  if (!(weight >= 0.01 && weight <= 100)) return 'A weight is a number from 0.01 to 100.'
  const rest = others.reduce((sum, other) => sum + (other.weight ?? 1), 0)
  const percent = (own: number): string => `${Math.round((own / (own + rest)) * 100)} %`
  const now = row.weight ?? 1
  return `It gets about ${percent(weight)} of the hosts of ${row.cluster} instead of ${percent(now)}; all collectors change over at the same moment, without a gap.`
}

/** Who shares the hosts of the cluster. */
function sharers(collectors: readonly CollectorRow[]): readonly CollectorRow[] {
  return collectors.filter(
    ({ health, role, standing }) =>
      health === 'live' && role === 'full' && (standing === 'active' || standing === 'joining'),
  )
}

/** The hub sets aside whose clock is not known better than this. */
const ERROR_MS_MAX = 1_000
/** Collectors of a cluster whose clocks differ by less share their slots. */
const OFFSET_MS_MAX = 2_000

export function isClockOff({ offsetMs, errorMs }: CollectorRow['clocks'][number]): boolean {
  return errorMs > ERROR_MS_MAX || Math.abs(offsetMs) > OFFSET_MS_MAX + errorMs
}

export function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`
}
