import type { Clock } from '../base/clock.ts'
import type { Instant } from '../base/instant.ts'
import { checkNameOf } from '../domain/check-id.ts'
import { DEFAULT_CLUSTER, HUB_CLUSTER } from '../domain/cluster.ts'
import type { Fleet } from '../domain/fleet.ts'
import { clusterRowsOf, collectorRowOf, type ClusterSize } from '../orchestrator/network.ts'
import type { PlanBook } from '../orchestrator/plan.ts'
import {
  summaryOf,
  type Disagreement,
  type Outages,
} from '../orchestrator/replication/agreement.ts'
import type { ComparedHub, HeardHub } from '../orchestrator/replication/replication.ts'
import type { SystemStatus } from '../wire/api/actions.ts'
import type { HubRow } from '../wire/api/network.ts'
import { BusUnavailable, Refused } from '../wire/bus.ts'
import type { NetworkDesk } from '../web/ports.ts'
import type { CollectorReach } from './collector-reach.ts'
import type { Active } from './desk/active.ts'

export interface NetworkDeskParts {
  readonly hub: string
  readonly clock: Pick<Clock, 'now'>
  readonly reach: Pick<CollectorReach, 'members' | 'order'>
  readonly active: Pick<Active, 'fleet' | 'revision'> & {
    readonly book: Pick<PlanBook, 'edition'>
  }
  /** Why collectors do not follow the active plan, by id. */
  readonly refusals: () => ReadonlyMap<string, string>
  readonly status: () => SystemStatus
  /** The other hubs as they are heard. */
  readonly peers: () => readonly HeardHub[]
  readonly comparePeers: () => Promise<readonly ComparedHub[]>
  readonly outages: () => Outages
}

/** What people see of collectors, clusters and hubs, and what they may tell them. */
export function createNetworkDesk(parts: NetworkDeskParts): NetworkDesk {
  const { clock, reach, active, refusals, peers } = parts
  const sizes = sizesOfFleet(() => active.fleet)
  // Nobody says when a cluster without any collector came to need one: this hub saw it first then.
  const emptySince = new Map<string, Instant>()
  // Its own collector is no part of the network.
  const others = () => reach.members().filter(({ cluster }) => cluster !== HUB_CLUSTER)
  return {
    collectors() {
      const reasons = refusals()
      return others().map((one) => collectorRowOf(one, active.revision, reasons.get(one.id)))
    },
    clusters() {
      const rows = clusterRowsOf({
        clusters: active.fleet.clusters,
        sizes: sizes(),
        members: others(),
        emptySince: (cluster) => emptySince.get(cluster) ?? noted(emptySince, cluster, clock.now()),
      })
      const blind = new Set(rows.filter(({ blindSince }) => blindSince !== null).map(nameOf))
      for (const cluster of emptySince.keys()) if (!blind.has(cluster)) emptySince.delete(cluster)
      return rows
    },
    hubs: () => [itself(parts), ...peers().map(rowOf)],
    async compareHubs() {
      const answers = await parts.comparePeers()
      const compared = answers.map(({ disagreement, ...peer }) => ({
        ...rowOf(peer),
        disagreement: disagreement === undefined ? null : copyOf(disagreement),
      }))
      return { items: [{ ...itself(parts), disagreement: null }, ...compared] }
    },
    async order(id, want, author) {
      if (!others().some((member) => member.id === id)) return { kind: 'unknown' }
      try {
        return { kind: 'taken', standing: await reach.order(id, want, author) }
      } catch (error) {
        if (error instanceof Refused) return { kind: 'refused', reason: `${id}: ${error.message}` }
        if (error instanceof BusUnavailable)
          return { kind: 'away', reason: `${id} does not answer` }
        throw error
      }
    },
  }
}

/** The hub that answers. */
function itself({ hub, status, active, outages }: NetworkDeskParts): HubRow {
  const { version: program, startedAt, ...rest } = status()
  const { revision, database, hosts, services, resultsPerSecond } = rest
  const { epoch } = active.book.edition
  const own = { revision, epoch, database, hosts, services, resultsPerSecond }
  const verdicts = summaryOf(outages())
  const heard = { isReachable: true, verdicts, differsMs: 0 }
  return { name: hub, isSelf: true, program, startedAt, ...own, ...heard }
}

function rowOf({ verdicts, ...peer }: HeardHub): HubRow {
  return { ...peer, isSelf: false, verdicts: verdicts ?? null }
}

function copyOf({ onlyHere, onlyThere, isPartial }: Disagreement) {
  return { onlyHere: [...onlyHere], onlyThere: [...onlyThere], isPartial }
}

const nameOf = ({ name }: { readonly name: string }): string => name

function noted(since: Map<string, Instant>, cluster: string, now: Instant): Instant {
  since.set(cluster, now)
  return now
}

/** Hosts and services that each cluster observes; counted once per fleet. */
function sizesOfFleet(fleet: () => Fleet): () => ReadonlyMap<string, ClusterSize> {
  let countedFor: Fleet | undefined
  let sizes: ReadonlyMap<string, ClusterSize> = new Map()
  return () => {
    const now = fleet()
    if (countedFor !== now) {
      countedFor = now
      sizes = sizesOf(now)
    }
    return sizes
  }
}

function sizesOf({ hosts, services }: Fleet): ReadonlyMap<string, ClusterSize> {
  const sizes = new Map<string, { hosts: number; services: number }>()
  const sizeOf = (cluster: string) => {
    const known = sizes.get(cluster)
    if (known !== undefined) return known
    const made = { hosts: 0, services: 0 }
    sizes.set(cluster, made)
    return made
  }
  for (const { observers } of hosts.values())
    for (const cluster of observers) sizeOf(cluster).hosts++
  for (const { id } of services.values()) {
    const host = hosts.get(checkNameOf(id).host)
    for (const cluster of host?.observers ?? [DEFAULT_CLUSTER]) sizeOf(cluster).services++
  }
  return sizes
}
