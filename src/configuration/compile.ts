import { hostCheckId, parseCheckId, type CheckId } from '../domain/check-id.ts'
import type { Contact, Fleet } from '../domain/fleet.ts'
import type { TimePeriod } from '../domain/time-period.ts'
import { CheckPlanner } from './check-plan.ts'
import { asList, type Definitions } from './definitions.ts'
import { Expander } from './expansion.ts'
import { FleetBuilder } from './fleet-builder.ts'
import { draftHosts, upperCased, type HostDraft } from './host-drafts.ts'
import type { SharedMacros } from './macro-values.ts'
import { Membership } from './membership.ts'
import { Problems, type Problem } from './problem.ts'
import { checkReferences } from './references.ts'
import { readResources, type ResourceReading } from './resources.ts'
import { draftServices, type ServiceDraft } from './service-drafts.ts'
import { readDefinitions } from './yaml/read-definitions.ts'
import type { SourceText } from './yaml/source-tree.ts'

export interface CompileOptions extends ResourceReading {
  /** Macros that the program gives, such as PARALLAXURL: the address of its own console. */
  readonly programMacros?: Readonly<Record<string, string>>
}

export interface Compiled {
  /** What is right of it; to be used only when there are no problems. */
  readonly fleet: Fleet
  /** All of them, in the order of the files. */
  readonly problems: readonly Problem[]
}

/**
 * From texts to a fleet: templates, groups, apply rules and macros resolved. Never throws for what is written in the texts: every
 * problem is named with its place, and an object with problems does not hide those of others.
 */
export function compile(sources: readonly SourceText[], options: CompileOptions = {}): Compiled {
  const problems = new Problems()
  const definitions = readDefinitions(sources, problems)
  checkReferences(definitions, problems)
  if (definitions.hosts.size === 0) {
    const file = sources[0]?.file ?? ''
    problems.add(
      { file, line: 1, column: 1 },
      'no host is defined',
      'write `hosts:` and a name below it',
    )
  }
  const fleet = fleetOf(definitions, options, problems)
  return { fleet, problems: problems.sorted() }
}

function fleetOf(definitions: Definitions, options: CompileOptions, problems: Problems): Fleet {
  const hostMembership = new Membership(definitions.hostGroups)
  const serviceMembership = new Membership(definitions.serviceGroups)
  const contactMembership = new Membership(definitions.contactGroups)
  const planner = new CheckPlanner(definitions, problems)
  const expander = new Expander()
  const hosts = draftHosts(definitions, hostMembership, { planner, problems })
  const hostGroups = hostMembership.result()
  const shared: SharedMacros = {
    resources: readResources(definitions, options, problems),
    program: options.programMacros ?? {},
    hosts,
    hostGroupMembers: (group) => hostGroups.get(group)?.members,
  }
  const services = draftServices(definitions, hosts, { planner, expander, shared, problems })
  const builder = new FleetBuilder({ expander, shared, membership: serviceMembership, problems })
  const fleet: Fleet = {
    hosts: new Map([...hosts].map(([name, draft]) => [name, builder.host(draft)])),
    services: new Map(
      [...inOrderOf(hosts, services)].map(([id, draft]) => [id, builder.service(draft)]),
    ),
    hostGroups,
    serviceGroups: serviceMembership.result(),
    timePeriods: timePeriodsOf(definitions),
    contacts: contactsOf(definitions, contactMembership),
    contactGroups: contactMembership.result(),
  }
  builder.checkCommands(definitions)
  builder.reportFaults()
  checkServiceMembers(definitions, fleet, problems)
  return fleet
}

/** Services stand in the order of their hosts, as the lists show them. */
function inOrderOf(
  hosts: ReadonlyMap<string, HostDraft>,
  services: ReadonlyMap<CheckId, ServiceDraft>,
): readonly (readonly [CheckId, ServiceDraft])[] {
  const byHost = Map.groupBy(services, ([, draft]) => draft.host.name)
  return [...hosts.keys()].flatMap((name) => byHost.get(name) ?? [])
}

function timePeriodsOf(definitions: Definitions): ReadonlyMap<string, TimePeriod> {
  return new Map(
    [...definitions.timePeriods.values()].map(({ name, value }) => [
      name,
      {
        name,
        alias: value.alias ?? name,
        ranges: Object.entries(value.days ?? {}).map(
          ([days, hours]) => [days, asList(hours).join(',')] as const,
        ),
        exclude: asList(value.exclude),
        timezone: value.timezone,
      },
    ]),
  )
}

function contactsOf(
  definitions: Definitions,
  membership: Membership,
): ReadonlyMap<string, Contact> {
  return new Map(
    [...definitions.contacts.values()].map(({ name, value }) => {
      membership.add(name, asList(value.groups))
      const variables = Object.entries(upperCased(value.variables)).map(
        ([key, given]) => [key, [given].flat().map(String).join(',')] as const,
      )
      const { alias = name, email = '', pager = '' } = value
      return [name, { name, alias, email, pager, variables: Object.fromEntries(variables) }]
    }),
  )
}

/** Services have names only now that the rules have been applied. */
function checkServiceMembers(definitions: Definitions, fleet: Fleet, problems: Problems): void {
  for (const { value, origin } of definitions.serviceGroups.values()) {
    for (const [index, member] of asList(value.members).entries()) {
      const id = parseCheckId(member)
      if (id !== undefined && id !== hostCheckId(member) && fleet.services.has(id)) continue
      const place = origin.place(
        typeof value.members === 'string' ? ['members'] : ['members', index],
      )
      problems.add(place, `unknown service '${member}'`, 'write host/service')
    }
  }
}
