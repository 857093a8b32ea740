import { isoOf, type Instant } from '../base/instant.ts'
import {
  clusterOf,
  DEFAULT_CLUSTER,
  HUB_CLUSTER,
  parseCollectorId,
  type Cluster,
} from '../domain/cluster.ts'
import type { ClusterRow, CollectorRow } from '../wire/api/network.ts'
import type { Member } from './roster.ts'

/**
 * A collector as people see it.
 * @param revision the one that is active at this hub @param refusal why the collector does not follow it
 */
export function collectorRowOf(member: Member, revision: string, refusal?: string): CollectorRow {
  const { id, cluster, name, health, since, lastSeenAt, beat } = member
  return {
    id,
    cluster,
    name,
    health,
    since: isoOf(since),
    lastSeenAt: lastSeenAt === undefined ? null : isoOf(lastSeenAt),
    standing: beat?.standing ?? null,
    role: beat?.role ?? null,
    weight: beat?.weight ?? null,
    program: beat?.program ?? null,
    revision: beat?.revision ?? null,
    epoch: beat?.epoch ?? null,
    isCurrent: beat?.revision === revision,
    ...(refusal !== undefined && { refusal }),
    hosts: beat?.hosts ?? 0,
    checks: beat?.checks ?? 0,
    load: beat?.load ?? null,
    outboxes: beat?.outboxes ?? [],
    clocks: beat?.clocks ?? [],
    memoryBytes: beat?.memoryBytes ?? 0,
    results: beat?.results ?? 0,
    leasesLost: beat?.leasesLost ?? 0,
  }
}

/** How much is configured for a cluster. */
export interface ClusterSize {
  readonly hosts: number
  readonly services: number
}

export interface ClustersOf {
  readonly clusters: ReadonlyMap<string, Cluster>
  readonly sizes: ReadonlyMap<string, ClusterSize>
  readonly members: readonly Member[]
  /** Since when nobody has joined a cluster that has hosts, as far as this hub knows. */
  readonly emptySince: (cluster: string) => Instant
}

const NOTHING: ClusterSize = { hosts: 0, services: 0 }

/** All clusters that are configured, have hosts, or have collectors; by name. The collector of `parallax up` is in all of them. */
export function clusterRowsOf(of: ClustersOf): readonly ClusterRow[] {
  const { clusters, sizes, members } = of
  const everywhere = members.filter(({ id }) => parseCollectorId(id) === undefined)
  const byCluster = Map.groupBy(
    members.filter((member) => !everywhere.includes(member)),
    ({ cluster }) => cluster,
  )
  const names = new Set([...clusters.keys(), ...sizes.keys(), ...byCluster.keys()])
  if (sizes.get(DEFAULT_CLUSTER) === undefined && byCluster.get(DEFAULT_CLUSTER) === undefined)
    names.delete(DEFAULT_CLUSTER)
  names.delete(HUB_CLUSTER)
  return [...names].toSorted().map((name) => {
    const own = [...(byCluster.get(name) ?? []), ...everywhere]
    const size = sizes.get(name) ?? NOTHING
    const count = (health: Member['health']): number =>
      own.filter((member) => member.health === health).length
    const live = own.filter(({ health }) => health === 'live')
    const blindSince = size.hosts === 0 ? undefined : blindFrom(own, () => of.emptySince(name))
    const described = clusterOf(clusters, name)
    return {
      name,
      alias: described?.alias ?? name,
      site: described?.site ?? '',
      notes: described?.notes ?? '',
      live: live.length,
      late: count('late'),
      lost: count('lost'),
      ...size,
      assignedHosts: everywhere.length > 0 ? size.hosts : assignedTo(own),
      isAgreed: viewsOf(live).size <= 1,
      blindSince: blindSince === undefined ? null : isoOf(blindSince),
      silenceMs: described?.silenceMs ?? 0,
      takeoverRate: described?.takeoverRate ?? 0,
      tunnel: tunnelOf(described),
    }
  })
}

/** One without a plan yet has no view. */
function viewsOf(members: readonly Member[]): ReadonlySet<string> {
  return new Set(members.flatMap(({ beat }) => beat?.view || []))
}

function assignedTo(members: readonly Member[]): number {
  return members
    .filter(({ health }) => health !== 'lost')
    .reduce((hosts, { beat }) => hosts + (beat?.hosts ?? 0), 0)
}

/** When the last of them ended to check; `undefined` while one does, or is about to. */
function blindFrom(members: readonly Member[], emptySince: () => Instant): Instant | undefined {
  const checking = members.filter(({ beat }) => beat?.role !== 'executor')
  if (checking.length === 0) return emptySince()
  const ends = checking.map(endOf)
  return ends.includes(undefined) ? undefined : (Math.max(...(ends as Instant[])) as Instant)
}

function endOf({ health, since, cordonedAt }: Member): Instant | undefined {
  return cordonedAt ?? (health === 'lost' ? since : undefined)
}

function tunnelOf(cluster: Cluster | undefined): string | null {
  const tunnel = cluster?.tunnel
  return tunnel === undefined ? null : `${tunnel.user}@${tunnel.host}:${tunnel.port}`
}
