import { valueOf } from './definition.ts'
import { hostEscalations, serviceEscalations } from './escalations.ts'
import { mergeExtendedHosts, mergeExtendedServices } from './extended-info.ts'
import { Grouping, newGroup, type Group } from './groups.ts'
import type { DefinitionsByType } from './inheritance.ts'
import { hostsOf as makeHosts, servicesOf as makeServices } from './hosts-and-services.ts'
import { byBytes, NameSpace, Patterns, type Named } from './name-space.ts'
import type {
  NagiosCommand,
  NagiosHostGroup,
  NagiosObjects,
  NagiosServiceGroup,
  NagiosServiceName,
  ResolvedDefinition,
} from './objects.ts'
import {
  contactGroupsOf,
  contactsOf,
  groupNames,
  groupTexts,
  memberNames,
  registeredByName,
} from './people.ts'
import type { Targets } from './relation-targets.ts'
import { hostDependencies, serviceDependencies } from './relations.ts'
import { refuse, type Resolution } from './resolution.ts'
import { Services, type HostEntry, type ServiceInstance } from './services.ts'
import { SharedLists } from './shared-lists.ts'
import { timePeriods } from './time-periods.ts'

/** From definitions without templates to objects: names, groups, group forms and what objects take from each other. */
export function resolveObjects(resolution: Resolution, types: DefinitionsByType): NagiosObjects {
  const spaces = spacesOf(resolution, types)
  const { contacts, contactGroups, hosts, hostGroups, patterns } = spaces
  groupUp(resolution, { members: contacts, groups: contactGroups, type: 'contact' })
  groupUp(resolution, { members: hosts, groups: hostGroups, type: 'host' })
  const services = new Services(resolution, { hosts, hostGroups, patterns }, types.service)
  const serviceGroups = groupServices(resolution, services, spaces.serviceGroups)
  const targets: Targets = { resolution, hosts, hostGroups, serviceGroups, services }
  const lists = new SharedLists()
  const extended = mergeExtendedHosts(targets, types.hostextinfo)
  mergeExtendedServices(targets, types.serviceextinfo)
  const hostNames = groupNames(hostGroups.all, ({ name }) => name)
  const madeHosts = makeHosts(resolution, hosts.all, { lists, extended, groups: hostNames })
  const madeServices = makeServices(resolution, services, { lists, hosts: madeHosts })
  const escalated = { targets, lists }
  return {
    timePeriods: timePeriods(resolution, sortedNames(types.timeperiod, 'timeperiod_name')),
    commands: commandsOf(resolution, sortedNames(types.command, 'command_name')),
    contacts: contactsOf(
      contacts.all,
      groupNames(contactGroups.all, ({ name }) => name),
    ),
    contactGroups: contactGroupsOf(resolution, contactGroups.all),
    hosts: madeHosts.hosts,
    hostGroups: hostGroupsOf(resolution, hostGroups.all),
    services: madeServices.services,
    serviceGroups: serviceGroupsOf(serviceGroups.all),
    hostDependencies: hostDependencies(targets, types.hostdependency),
    serviceDependencies: serviceDependencies(targets, types.servicedependency),
    hostEscalations: hostEscalations(escalated, types.hostescalation, madeHosts.hosts),
    serviceEscalations: serviceEscalations(escalated, types.serviceescalation, madeServices.find),
  }
}

interface Spaces {
  readonly patterns: Patterns
  readonly contacts: NameSpace<Named>
  readonly contactGroups: NameSpace<Group<Named>>
  readonly hosts: NameSpace<HostEntry>
  readonly hostGroups: NameSpace<Group<HostEntry>>
  readonly serviceGroups: NameSpace<Group<ServiceInstance>>
}

function spacesOf(resolution: Resolution, types: DefinitionsByType): Spaces {
  const patterns = new Patterns(resolution.settings)
  const named = (type: 'contact' | 'host'): NameSpace<Named> => {
    const all = uniqueNames(resolution, types[type], `${type}_name`)
    return new NameSpace(
      all.map(([name, definition]) => ({ name, definition })),
      { word: type, patterns, isSticky: true },
    )
  }
  const groups = <M>(type: 'contactgroup' | 'hostgroup' | 'servicegroup'): NameSpace<Group<M>> => {
    const all = uniqueNames(resolution, types[type], `${type}_name`)
    return new NameSpace(
      all.map(([name, definition]) => newGroup<M>(name, definition)),
      { word: type, patterns, isSticky: false },
    )
  }
  for (const type of ['timeperiod', 'command'] as const) {
    uniqueNames(resolution, types[type], `${type}_name`)
  }
  return {
    patterns,
    contacts: named('contact'),
    contactGroups: groups('contactgroup'),
    hosts: named('host'),
    hostGroups: groups('hostgroup'),
    serviceGroups: groups('servicegroup'),
  }
}

/** Definitions with a name of their own, latest first. Of two with one name the first one written stays, and the other is a problem. */
function uniqueNames(
  resolution: Resolution,
  definitions: readonly ResolvedDefinition[],
  directive: string,
): readonly (readonly [string, ResolvedDefinition])[] {
  const first = new Map<string, ResolvedDefinition>()
  for (const definition of definitions.toReversed()) {
    const name = valueOf(definition, directive)
    if (name === undefined) continue
    const standing = first.get(name)
    if (standing === undefined) {
      first.set(name, definition)
      continue
    }
    const { file, line } = standing.written
    const hint = `the first one is at ${file}:${line}`
    refuse(resolution, definition, { directive, message: 'is defined twice', hint })
  }
  return [...first].reverse()
}

function sortedNames(
  definitions: readonly ResolvedDefinition[],
  directive: string,
): readonly (readonly [string, ResolvedDefinition])[] {
  const named = new Map<string, ResolvedDefinition>()
  for (const definition of definitions) {
    const name = valueOf(definition, directive)
    if (name !== undefined) named.set(name, definition)
  }
  return [...named].sort(([a], [b]) => byBytes(a, b))
}

function groupUp(
  resolution: Resolution,
  {
    members,
    groups,
    type,
  }: {
    readonly members: NameSpace<Named>
    readonly groups: NameSpace<Group<Named>>
    readonly type: 'contact' | 'host'
  },
): void {
  const grouping = new Grouping(resolution, groups, type)
  grouping.readOwn((place) => members.expand(resolution, place), type === 'contact')
  const directive = type === 'host' ? 'hostgroups' : 'contact_groups'
  for (const member of members.all) {
    const { definition } = member
    if (type === 'host' && !definition.written.isRegistered) continue
    grouping.join(member, { definition, directive })
  }
  grouping.nest()
}

/** Services that lost against another of the same name count too: their groups hold the one that stands. */
function groupServices(
  resolution: Resolution,
  services: Services,
  groups: NameSpace<Group<ServiceInstance>>,
): NameSpace<Group<ServiceInstance>> {
  const grouping = new Grouping(resolution, groups, 'service')
  grouping.readOwn((place) => services.expandPairs(place), false)
  const byDefinition = Map.groupBy(services.all, ({ definition }) => definition)
  for (const [definition, instances] of byDefinition) {
    grouping.joinAll(instances, { definition, directive: 'servicegroups' })
  }
  grouping.nest()
  for (const group of registeredByName(groups.all).toReversed()) {
    for (const { host, description } of group.members) {
      const standing = services.find(host.name, description)
      if (standing !== undefined) (standing.groups ??= new Set()).add(group.name)
    }
  }
  return groups
}

function commandsOf(
  resolution: Resolution,
  named: readonly (readonly [string, ResolvedDefinition])[],
): ReadonlyMap<string, NagiosCommand> {
  const commands = new Map<string, NagiosCommand>()
  for (const [name, definition] of named) {
    if (!definition.written.isRegistered) continue
    const commandLine = valueOf(definition, 'command_line') ?? ''
    if (commandLine === '') {
      refuse(resolution, definition, { message: 'has no command_line' })
    }
    commands.set(name, { definition, name, commandLine })
  }
  return commands
}

function hostGroupsOf(
  resolution: Resolution,
  groups: readonly Group<HostEntry>[],
): ReadonlyMap<string, NagiosHostGroup> {
  return new Map(
    registeredByName(groups).map((group) => [
      group.name,
      { ...groupTexts(group.name, group.definition), members: memberNames(resolution, group) },
    ]),
  )
}

function serviceGroupsOf(
  groups: readonly Group<ServiceInstance>[],
): ReadonlyMap<string, NagiosServiceGroup> {
  return new Map(
    registeredByName(groups).map(({ name, definition, members }) => [
      name,
      { ...groupTexts(name, definition), members: serviceNames(members) },
    ]),
  )
}

/** By host and description, each once. */
function serviceNames(instances: ReadonlySet<ServiceInstance>): readonly NagiosServiceName[] {
  const byHost = new Map<string, Set<string>>()
  for (const { host, description } of instances) {
    const known = byHost.get(host.name)
    if (known === undefined) byHost.set(host.name, new Set([description]))
    else known.add(description)
  }
  return [...byHost.keys()]
    .sort(byBytes)
    .flatMap((host) =>
      [...(byHost.get(host) ?? [])]
        .sort(byBytes)
        .map((description): NagiosServiceName => [host, description]),
    )
}
