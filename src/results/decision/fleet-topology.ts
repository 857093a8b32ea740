import { isScheduled } from '../../domain/check.ts'
import { siteOf } from '../../domain/cluster.ts'
import { decisionOf } from '../../domain/decision-policy.ts'
import type { Fleet, Monitored } from '../../domain/fleet.ts'
import type { DecisionCheck, DecisionTopology } from './topology.ts'

/** Nothing has several observers: as in one process, where one collector has every check whatever the configuration says. */
export const NO_TOPOLOGY: DecisionTopology = Object.freeze({
  observers: [],
  sites: [],
  hosts: [],
  checks: [],
})

type Observed = Pick<Fleet, 'hosts' | 'services' | 'clusters'>

/**
 * What several clusters observe, cut from a fleet: hosts with two observers or more, and of these the checks that are run by schedule. Of others
 * (passive ones, those that run only when asked) one result comes, and it counts as of one observer. Observers and sites are in the order of their
 * names, so that equal fleets give equal numbers. Rule OV9 of docs/spec/observers.md.
 */
export function decisionTopologyOf({ hosts, services, clusters }: Observed): DecisionTopology {
  const sharedHosts = [...hosts.values()].filter(({ observers }) => observers.length > 1)
  if (sharedHosts.length === 0) return NO_TOPOLOGY
  const names = sortedSet(sharedHosts.flatMap(({ observers }) => observers))
  const sites = sortedSet(sharedHosts.map(({ site }) => site))
  const numberOf = numbered(names)
  const siteNumbers = numbered(sites)
  const cast = new Map<string, Cast>()
  const topologyHosts = sharedHosts.map((host, index) => {
    const observers = host.observers.map((name) => numberOf.get(name) as number).toSorted(ascending)
    cast.set(host.name, { host: index, observers })
    return { name: host.name, site: siteNumbers.get(host.site) as number }
  })
  const checks: DecisionCheck[] = []
  const add = (object: Monitored, hostName: string): void => {
    const of = cast.get(hostName)
    if (of !== undefined && isScheduled(object.check)) checks.push(checkOf(object, of))
  }
  for (const host of sharedHosts) add(host, host.name)
  for (const service of services.values()) add(service, service.hostName)
  return {
    observers: names.map((name) => ({ name, site: siteOf(clusters, name) })),
    sites,
    hosts: topologyHosts,
    checks,
  }
}

/** Who observes a host, by numbers; all its checks share the list. */
interface Cast {
  readonly host: number
  readonly observers: readonly number[]
}

function checkOf(object: Monitored, { host, observers }: Cast): DecisionCheck {
  const { id, serviceName, intervalMs, timeoutMs } = object.check
  const isHostCheck = serviceName === undefined
  return { id, host, isHostCheck, intervalMs, timeoutMs, observers, ...decisionOf(object) }
}

function sortedSet(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort()
}

function numbered(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, index) => [name, index]))
}

function ascending(a: number, b: number): number {
  return a - b
}
