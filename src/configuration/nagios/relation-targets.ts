import { valueOf } from './definition.ts'
import type { NameSpace } from './name-space.ts'
import type { ResolvedDefinition } from './objects.ts'
import type { Resolution } from './resolution.ts'
import type { HostEntry, HostGroup, ServiceInstance, Services } from './services.ts'
import type { Group } from './groups.ts'

/** Where objects that relations name are found. */
export interface Targets {
  readonly resolution: Resolution
  readonly hosts: NameSpace<HostEntry>
  readonly hostGroups: NameSpace<HostGroup>
  readonly serviceGroups: NameSpace<Group<ServiceInstance>>
  readonly services: Services
}

/** Directives that name the one side of a relation, such as `dependent_host_name`. */
export interface Side {
  readonly host: string
  readonly hostGroup: string
  readonly serviceGroup: string
  readonly service: string
}

export const MASTER: Side = {
  host: 'host_name',
  hostGroup: 'hostgroup_name',
  serviceGroup: 'servicegroup_name',
  service: 'service_description',
}

export const DEPENDENT: Side = {
  host: 'dependent_host_name',
  hostGroup: 'dependent_hostgroup_name',
  serviceGroup: 'dependent_servicegroup_name',
  service: 'dependent_service_description',
}

/**
 * Hosts that one side of a relation between hosts names. What host groups reject is left out of groups only: a host that is named itself
 * stays. `undefined` when a name is unknown.
 */
export function hostsOf(
  { resolution, hosts, hostGroups }: Targets,
  definition: ResolvedDefinition,
  side: Side,
): ReadonlySet<HostEntry> | undefined {
  const direct = hosts.expand(resolution, { definition, directive: side.host })
  const groups = hostGroups.expand(resolution, { definition, directive: side.hostGroup })
  if (direct.isFaulty || groups.isFaulty) return undefined
  const rejected = new Set(direct.rejected)
  for (const group of groups.rejected) for (const host of group.members) rejected.add(host)
  const all = new Set(direct.members)
  for (const group of groups.members) {
    for (const host of group.members) if (!rejected.has(host)) all.add(host)
  }
  return all
}

export type FoundServices =
  | { readonly kind: 'found'; readonly services: ReadonlySet<ServiceInstance> }
  /** Names do not go together. */
  | { readonly kind: 'incomplete'; readonly message: string }
  /** Reported already. */
  | { readonly kind: 'faulty' }

/** Services that one side of a relation names: by service groups, and by descriptions on hosts and host groups. */
export function servicesOf(
  targets: Targets,
  definition: ResolvedDefinition,
  side: Side,
): FoundServices {
  const { resolution, serviceGroups } = targets
  const description = valueOf(definition, side.service)
  const hasHosts =
    valueOf(definition, side.host) !== undefined ||
    valueOf(definition, side.hostGroup) !== undefined
  if (description !== undefined && !hasHosts) {
    return { kind: 'incomplete', message: `'${side.service}' needs '${side.host}' beside it` }
  }
  if (description === undefined && hasHosts) {
    return { kind: 'incomplete', message: `'${side.host}' needs '${side.service}' beside it` }
  }
  const found = new Set<ServiceInstance>()
  const rejected = new Set<ServiceInstance>()
  const before = resolution.problems.count
  const groups = serviceGroups.expand(resolution, { definition, directive: side.serviceGroup })
  for (const group of groups.rejected) for (const one of group.members) rejected.add(one)
  for (const group of groups.members) for (const one of group.members) found.add(one)
  if (description !== undefined) {
    const hosts = acceptedHosts(targets, definition, side)
    const place = { definition, directive: side.service, rejected }
    for (const host of hosts) {
      if (!resolution.budget.work(1, definition)) break
      for (const one of targets.services.expandOnHost(host.name, description, place)) found.add(one)
    }
  }
  if (resolution.problems.count > before) return { kind: 'faulty' }
  for (const one of rejected) found.delete(one)
  return { kind: 'found', services: found }
}

/** Here a host that is rejected anywhere is out. */
function acceptedHosts(
  { resolution, hosts, hostGroups }: Targets,
  definition: ResolvedDefinition,
  side: Side,
): ReadonlySet<HostEntry> {
  const direct = hosts.expand(resolution, { definition, directive: side.host })
  const groups = hostGroups.expand(resolution, { definition, directive: side.hostGroup })
  const accepted = new Set(direct.members)
  for (const group of groups.members) for (const host of group.members) accepted.add(host)
  for (const group of groups.rejected) for (const host of group.members) accepted.delete(host)
  for (const host of direct.rejected) accepted.delete(host)
  return accepted
}
