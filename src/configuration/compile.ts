import { parseServiceId, serviceCheckId, type CheckId } from '../domain/check-id.ts'
import { EMPTY_FLEET, type Fleet } from '../domain/fleet.ts'
import type { TimePeriod } from '../domain/time-period.ts'
import { CheckPlanner } from './check-plan.ts'
import { CompileMemory } from './compile-memory.ts'
import { CommandCompiler } from './command-compiler.ts'
import { clustersFrom } from './clusters.ts'
import { draftContacts } from './contacts.ts'
import { asList, type Definition, type Definitions, type KindName } from './definitions.ts'
import { Expander } from './expansion.ts'
import { FleetBuilder, serviceMacros } from './fleet-builder.ts'
import { draftHosts, type HostDraft } from './host-drafts.ts'
import type { ContactMacros, SharedMacros } from './object-macros.ts'
import { Membership } from './membership.ts'
import { NagiosMemory } from './from-nagios/memory.ts'
import { isNagiosSource, readingOf } from './from-nagios/sources.ts'
import { checkObservers, warnOfSharedSites } from './observers.ts'
import { Problems, type Problem } from './problem.ts'
import { checkReferences } from './references.ts'
import { resolveRelations } from './relations.ts'
import { readResources, type ResourceReading } from './resources.ts'
import { draftServices, type ServiceDraft } from './service-drafts.ts'
import { checkHubCluster } from './self-monitoring.ts'
import { SharedFaults } from './shared-faults.ts'
import { KINDS } from './yaml/kinds.ts'
import { readDefinitions, type PackageReading } from './yaml/read-definitions.ts'
import { reportTwice } from './yaml/read-source.ts'
import type { SourceText } from './yaml/source-tree.ts'

export interface CompileOptions extends ResourceReading {
  /** Of the whole, for problems that have no place of their own. */
  readonly name?: string
  /** Macros that the program gives, such as PARALLAXURL: the address of its own console. */
  readonly programMacros?: Readonly<Record<string, string>>
  /** Makes the next compile of nearly the same definitions cheap. */
  readonly memory?: CompileMemory
  /** Definitions whose references are not known to be right; all when absent. */
  readonly unchecked?: Definitions
  /** For `packages`. Without, every package is unknown. */
  readonly packages?: PackageReading
  /** Whether there are hosts for Parallax itself where no file says it; not when absent. */
  readonly selfMonitoring?: boolean
}

export interface Compiled {
  /** What is right of it; to be used only when there are no problems. */
  readonly fleet: Fleet
  /** All of them, in the order of the files. */
  readonly problems: readonly Problem[]
  /** What is not wrong, and rarely meant; what Nagios only warns of. */
  readonly warnings: readonly Problem[]
}

/**
 * From texts to a fleet: templates, groups, apply rules and macros resolved. Never throws for what is written in the texts: every
 * problem is named with its place, and an object with problems does not hide those of others.
 */
export function compile(sources: readonly SourceText[], options: CompileOptions = {}): Compiled {
  const problems = new Problems()
  const { memory } = options
  const nagios = sources.filter(isNagiosSource)
  const written = readDefinitions(
    nagios.length === 0 ? sources : sources.filter((source) => !isNagiosSource(source)),
    problems,
    {
      packages: options.packages,
      selfMonitoring: options.selfMonitoring ?? false,
      hasMore: nagios.length > 0,
      ...(memory === undefined ? {} : { memory: memory.sources }),
    },
  )
  const compileOptions = { name: sources[0]?.file ?? '', ...options }
  if (nagios.length === 0) return compileDefinitions(written, compileOptions, problems)
  const nagiosMemory = memory?.nagios ?? new NagiosMemory()
  const reading = readingOf(nagios, {
    readSecret: options.readSecret,
    cache: memory === undefined ? undefined : nagiosMemory.cache,
  })
  const { warnings } = reading
  if (reading.problems.length > 0) {
    for (const { message, hint, ...place } of reading.problems) problems.add(place, message, hint)
    return { fleet: EMPTY_FLEET, problems: problems.sorted(), warnings }
  }
  const definitions = united(nagiosMemory.definitionsOf(reading), written, problems)
  const unchecked = { ...compileOptions, unchecked: written }
  const compiled = compileDefinitions(definitions, unchecked, problems)
  return { ...compiled, warnings: [...warnings, ...compiled.warnings] }
}

/** What Nagios's files say, and what stands beside them in YAML. */
function united(nagios: Definitions, written: Definitions, problems: Problems): Definitions {
  const all = { ...nagios } as Record<string, ReadonlyMap<string, unknown>>
  for (const kind of Object.keys(KINDS) as KindName[]) {
    if (written[kind].size === 0) continue
    const both = new Map<string, Definition<unknown>>(nagios[kind])
    for (const [name, definition] of written[kind] as ReadonlyMap<string, Definition<unknown>>) {
      const before = both.get(name)
      if (before === undefined) both.set(name, definition)
      else reportTwice(problems, kind, before, definition)
    }
    all[kind] = both
  }
  return { ...all, hostServices: written.hostServices } as unknown as Definitions
}

/** @param problems of reading the definitions; those of compiling them are added */
export function compileDefinitions(
  definitions: Definitions,
  options: CompileOptions = {},
  problems = new Problems(),
): Compiled {
  checkReferences(definitions, problems, options.unchecked)
  if (definitions.hosts.size === 0) {
    problems.add(
      { file: options.name ?? '', line: 1, column: 1 },
      'no host is defined',
      'write `hosts:` and a name below it',
    )
  }
  const memory = options.memory ?? new CompileMemory()
  const warnings = new Problems()
  const fleet = fleetOf(definitions, { ...options, memory, warnings }, problems)
  const found = problems.sorted()
  memory.end(found.length > 0)
  return { fleet, problems: found, warnings: warnings.sorted() }
}

function fleetOf(
  definitions: Definitions,
  options: CompileOptions & { readonly memory: CompileMemory; readonly warnings: Problems },
  problems: Problems,
): Fleet {
  const { memory, programMacros = {} } = options
  const resources = readResources(definitions, options, problems)
  memory.begin({ definitions, resources, programMacros })
  const memberships = {
    host: new Membership(definitions.hostGroups),
    service: new Membership(definitions.serviceGroups),
    contact: new Membership(definitions.contactGroups),
  }
  const planner = new CheckPlanner(definitions, problems)
  const expander = new Expander()
  const compiler = new CommandCompiler(expander)
  const faults = new SharedFaults()
  const hosts = draftHosts(definitions, memberships.host, { planner, memory, problems })
  const contacts = draftContacts(definitions, {
    planner,
    compiler,
    membership: memberships.contact,
    shared: () => complete,
    faults,
  })
  const shared: SharedMacros = {
    resources,
    program: programMacros,
    hosts,
    asksOthers: () => memory.asksOthers(),
    groups: {
      host: memberships.host.result(),
      service: memberships.service.result(),
      contact: memberships.contact.result(),
    },
  }
  const tools = { planner, expander, shared, membership: memberships.service, memory, problems }
  const services = draftServices(definitions, hosts, tools)
  const complete = withServices(shared, contacts.macros, services)
  const builder = new FleetBuilder({ expander, shared: complete, compiler, faults })
  const fleet: Fleet = {
    hosts: new Map(
      [...hosts].map(([name, draft]) => [
        name,
        memory.hostObject(draft, () => builder.host(draft)),
      ]),
    ),
    services: new Map(
      [...inOrderOf(hosts, services)].map(([id, draft]) => [
        id,
        memory.serviceObject(draft, () => builder.service(draft)),
      ]),
    ),
    hostGroups: shared.groups.host,
    serviceGroups: shared.groups.service,
    timePeriods: timePeriodsOf(definitions),
    contacts: contacts.finish(),
    contactGroups: shared.groups.contact,
    ...resolveRelations(definitions, { hosts, services, groups: shared.groups, problems }),
    clusters: clustersFrom(definitions),
  }
  builder.checkCommands(definitions)
  faults.report(problems)
  checkServiceMembers(definitions, fleet, problems)
  checkHubCluster(fleet, { hosts, services }, problems)
  checkObservers({ hosts, services }, problems)
  warnOfSharedSites(hosts, fleet.clusters, options.warnings)
  return fleet
}

/** With what is known once all services are. */
function withServices(
  shared: SharedMacros,
  contacts: ReadonlyMap<string, ContactMacros>,
  services: ReadonlyMap<CheckId, ServiceDraft>,
): SharedMacros {
  return {
    ...shared,
    contacts,
    service: (host, name) => {
      const draft = services.get(serviceCheckId(host, name))
      return draft === undefined ? undefined : serviceMacros(draft)
    },
  }
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

/** Services have names only now that the rules have been applied. */
function checkServiceMembers(definitions: Definitions, fleet: Fleet, problems: Problems): void {
  for (const { value, origin } of definitions.serviceGroups.values()) {
    for (const [index, member] of asList(value.members).entries()) {
      const id = parseServiceId(member)
      if (id !== undefined && fleet.services.has(id)) continue
      const place = origin.place(
        typeof value.members === 'string' ? ['members'] : ['members', index],
      )
      problems.add(place, `unknown service '${member}'`, 'write host/service')
    }
  }
}
