import { placeOf, valueOf } from './definition.ts'
import { monitoredValues, serviceValues } from './monitored.ts'
import { byBytes } from './name-space.ts'
import type {
  NagiosHost,
  NagiosService,
  NagiosServiceName,
  NagiosServiceValues,
  ResolvedDefinition,
} from './objects.ts'
import { refuse, titleOf, type Resolution } from './resolution.ts'
import type { HostEntry, ServiceInstance, Services } from './services.ts'
import type { SharedLists } from './shared-lists.ts'
import { ownTold, toldOf, type OwnTold } from './told.ts'

export interface MadeHosts {
  readonly hosts: ReadonlyMap<string, NagiosHost>
  /** What services look at. */
  readonly told: ReadonlyMap<string, OwnTold>
}

const NO_GROUPS: readonly string[] = []

/** Registered hosts by name. */
export function hostsOf(
  resolution: Resolution,
  entries: readonly HostEntry[],
  given: {
    readonly lists: SharedLists
    readonly extended: ReadonlyMap<HostEntry, ReadonlyMap<string, string>>
    readonly groups: ReadonlyMap<string, readonly string[]>
  },
): MadeHosts {
  const told = new Map<string, OwnTold>()
  const hosts = new Map<string, NagiosHost>()
  const sorted = entries
    .filter(({ definition }) => definition.written.isRegistered)
    .sort((a, b) => byBytes(a.name, b.name))
  for (const entry of sorted) {
    const { name, definition } = entry
    const own = ownTold(definition, given.lists)
    told.set(name, own)
    const extended = given.extended.get(entry)
    hosts.set(name, {
      ...toldOf(own, own),
      definition,
      name,
      alias: valueOf(definition, 'alias') ?? name,
      address: valueOf(definition, 'address') ?? name,
      parents: given.lists.sorted(valueOf(definition, 'parents')),
      values: monitoredValues(definition, extended),
      statusmapImage: valueOf(definition, 'statusmap_image') ?? extended?.get('statusmap_image'),
      vrmlImage: valueOf(definition, 'vrml_image') ?? extended?.get('vrml_image'),
      coordinates2d: valueOf(definition, '2d_coords') ?? extended?.get('2d_coords'),
      coordinates3d: valueOf(definition, '3d_coords') ?? extended?.get('3d_coords'),
      groups: given.groups.get(name) ?? NO_GROUPS,
    })
    if (name === '') refuse(resolution, definition, { message: 'a host name must not be empty' })
  }
  return { hosts, told }
}

export interface MadeServices {
  readonly services: readonly NagiosService[]
  readonly find: (host: string, description: string) => NagiosService | undefined
}

/** What services of one definition share. */
interface Shared {
  readonly values: NagiosServiceValues
  readonly told: OwnTold
}

/** Services that stand, by host and description. */
export function servicesOf(
  resolution: Resolution,
  services: Services,
  { lists, hosts }: { readonly lists: SharedLists; readonly hosts: MadeHosts },
): MadeServices {
  const shared = new Map<ResolvedDefinition, Shared>()
  const made: NagiosService[] = []
  const byHost = new Map<string, Map<string, NagiosService>>()
  for (const instance of services.standing()) {
    const { definition, host, description } = instance
    const hostTold = hosts.told.get(host.name)
    if (hostTold === undefined) {
      const message = `host '${host.name}' is not registered`
      refuse(resolution, definition, { directive: 'host_name', message })
      continue
    }
    const common = sharedOf(shared, definition, lists)
    const { contacts, contactGroups, notificationInterval, isIntervalWritten, notificationPeriod } =
      toldOf(common.told, hostTold)
    const service: NagiosService = {
      definition,
      hostName: host.name,
      description,
      values: withExtended(common.values, instance),
      contacts,
      contactGroups,
      notificationInterval,
      isIntervalWritten,
      notificationPeriod,
      parents: parentsOf(resolution, services, instance),
      groups: instance.groups === undefined ? NO_GROUPS : [...instance.groups],
    }
    made.push(service)
    const onHost = byHost.get(host.name)
    if (onHost === undefined) byHost.set(host.name, new Map([[description, service]]))
    else onHost.set(description, service)
  }
  return { services: made, find: (host, description) => byHost.get(host)?.get(description) }
}

function sharedOf(
  known: Map<ResolvedDefinition, Shared>,
  definition: ResolvedDefinition,
  lists: SharedLists,
): Shared {
  let shared = known.get(definition)
  if (shared === undefined) {
    const told = ownTold(definition, lists)
    shared = { values: serviceValues(definition), told }
    known.set(definition, shared)
  }
  return shared
}

function withExtended(
  values: NagiosServiceValues,
  { definition, extended }: ServiceInstance,
): NagiosServiceValues {
  return extended === undefined ? values : serviceValues(definition, extended)
}

const NO_PARENTS: readonly NagiosServiceName[] = []

/** A text without a comma is a service of the same host, otherwise pairs. */
function parentsOf(
  resolution: Resolution,
  services: Services,
  { definition, host, description }: ServiceInstance,
): readonly NagiosServiceName[] {
  const text = valueOf(definition, 'parents')
  if (text === undefined) return NO_PARENTS
  const place = { definition, directive: 'parents' }
  const parents: NagiosServiceName[] = []
  if (text.includes(',')) {
    for (const one of services.expandPairs(place).members) {
      parents.push([one.host.name, one.description])
    }
  } else if (services.find(host.name, text) === undefined) {
    const message = `unknown service '${text}' on host '${host.name}'`
    const hint = 'a parent on another host is written as host,service'
    refuse(resolution, definition, { directive: 'parents', message, hint })
  } else parents.push([host.name, text])
  if (parents.some(([onHost, name]) => onHost === host.name && name === description)) {
    const message = `'${description}' on host '${host.name}' is its own parent`
    resolution.problems.add(placeOf(definition, 'parents'), `${titleOf(definition)}: ${message}`)
  }
  return parents
}
