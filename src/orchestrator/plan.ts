import { isScheduled, type Check, type SharedCheck } from '../domain/check.ts'
import {
  clusterOf,
  clustersOf,
  DEFAULT_CLUSTER,
  HUB_CLUSTER,
  UNWRITTEN,
} from '../domain/cluster.ts'
import type { Fleet, Host } from '../domain/fleet.ts'
import type { TimePeriod } from '../domain/time-period.ts'
import type { Edition } from '../wire/edition.ts'
import { MESSAGE_VERSION, type Plan, type PlanOfCluster } from '../wire/subjects.ts'

/** What members of clusters must all know alike to share their hosts; it belongs to an epoch and does not change within it. */
export interface Sharing {
  /** As in `PlanOfCluster`, of all clusters. */
  readonly costs: Readonly<Record<string, number>>
  /** `cluster.name` of collectors that were shut out. */
  readonly revoked: readonly string[]
}

export const NO_SHARING: Sharing = { costs: {}, revoked: [] }

/** One revision as it was activated, cut for who runs it. */
export interface PlanBook {
  readonly edition: Edition
  /** Of a cluster that nobody wrote, an empty one: whoever is in it has nothing to check. */
  readonly planFor: (cluster: string) => Plan
}

/** Makes the plans of a fleet. */
export type PlanCut = (fleet: Fleet, edition: Edition, sharing: Sharing) => PlanBook

/** Everything in one plan, whatever clusters hosts name: in one process one collector has them all. */
export const wholePlan: PlanCut = (fleet, edition) => {
  const plan = planOf(fleet, edition)
  return { edition, planFor: () => plan }
}

/** A plan for each cluster. Rules PN1 to PN3 of docs/spec/plans.md. */
export const clusterPlans: PlanCut = (fleet, edition, sharing) => {
  const plans = plansOf(fleet, edition, sharing)
  const empty = (name: string): Plan => ({
    ...planFrom(edition, [], []),
    cluster: sharingOf(fleet, name, [], NO_SHARING),
  })
  return { edition, planFor: (cluster) => plans.get(cluster) ?? empty(cluster) }
}

/** Every check that is run, hosts first. Passive checks are in it, too: their results are taken. */
export function planOf(fleet: Fleet, edition: Edition): Plan {
  const checks = [
    ...fleet.hosts.values().map((host) => host.check),
    ...fleet.services.values().map((service) => service.check),
  ]
  return planFrom(edition, checks, [...fleet.timePeriods.values()])
}

/**
 * For every cluster that there is what its collectors do: the checks of the hosts that it observes and of their services, and the time periods
 * that these need. Checks that other clusters run by schedule, too, say so. Rules PN2 and PN17 of docs/spec/plans.md.
 */
export function plansOf(
  fleet: Fleet,
  edition: Edition,
  sharing: Sharing,
): ReadonlyMap<string, Plan> {
  const hostsOf = new Map<string, string[]>()
  const checksOf = new Map<string, Check[]>()
  const sharesOf = sharesByCount()
  const give = (observers: Host['observers'], check: Check): void => {
    const shares = isScheduled(check) ? sharesOf(observers.length) : undefined
    for (const [index, cluster] of observers.entries()) {
      const shared = shares?.[index]
      push(checksOf, cluster, shared === undefined ? check : { ...check, shared })
    }
  }
  for (const { name, observers, check } of fleet.hosts.values()) {
    for (const cluster of observers) push(hostsOf, cluster, name)
    give(observers, check)
  }
  for (const { hostName, check } of fleet.services.values())
    give(fleet.hosts.get(hostName)?.observers ?? [DEFAULT_CLUSTER], check)
  const written = clustersOf(fleet.clusters).map(({ name }) => name)
  const names = hostsOf.has(HUB_CLUSTER) ? [...written, HUB_CLUSTER] : written
  return new Map(
    names.map((name) => {
      const checks = checksOf.get(name) ?? []
      const plan = planFrom(edition, checks, periodsOf(checks, fleet.timePeriods))
      return [name, { ...plan, cluster: sharingOf(fleet, name, hostsOf.get(name) ?? [], sharing) }]
    }),
  )
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}

/** The marks of all observers by their number; checks share them. Of one observer: none. */
function sharesByCount(): (observers: number) => readonly SharedCheck[] | undefined {
  const known = new Map<number, readonly SharedCheck[]>()
  return (observers) => {
    if (observers < 2) return undefined
    const before = known.get(observers)
    if (before !== undefined) return before
    const made = Array.from({ length: observers }, (_, index) => ({ observers, index }))
    known.set(observers, made)
    return made
  }
}

function planFrom(
  { revision, epoch, hub }: Edition,
  checks: readonly Check[],
  timePeriods: readonly TimePeriod[],
): Plan {
  return { version: MESSAGE_VERSION, revision, checks, timePeriods, epoch, hub }
}

function sharingOf(
  fleet: Fleet,
  name: string,
  hosts: readonly string[],
  { costs, revoked }: Sharing,
): PlanOfCluster {
  const { silenceMs, takeoverRate } = clusterOf(fleet.clusters, name) ?? UNWRITTEN
  const pins = hosts.flatMap((host) => {
    const collector = fleet.hosts.get(host)?.collector
    return collector === undefined ? [] : [[host, collector] as const]
  })
  const known = hosts.flatMap((host) => {
    const cost = Object.hasOwn(costs, host) ? costs[host] : undefined
    return cost === undefined ? [] : [[host, cost] as const]
  })
  return {
    name,
    silenceMs,
    takeoverRate,
    costs: Object.fromEntries(known),
    pins: Object.fromEntries(pins),
    revoked: revoked.filter((id) => id.startsWith(`${name}.`)),
  }
}

/** Those that checks name, and those that these exclude. */
function periodsOf(
  checks: readonly Check[],
  all: ReadonlyMap<string, TimePeriod>,
): readonly TimePeriod[] {
  const needed = new Set<string>()
  for (const { period } of checks) if (period !== undefined) needed.add(period)
  // What is added while walking is walked as well.
  for (const name of needed) for (const other of all.get(name)?.exclude ?? []) needed.add(other)
  return [...all.values()].filter(({ name }) => needed.has(name))
}
