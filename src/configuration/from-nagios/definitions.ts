import type { Definition, Definitions, KindName, Origin, ValueOf } from '../definitions.ts'
import type {
  NagiosDependency,
  NagiosEscalation,
  NagiosHost,
  NagiosReading,
  NagiosService,
  NagiosSettings,
  NagiosTold,
  ResolvedDefinition,
} from '../nagios/objects.ts'
import { KINDS } from '../yaml/kinds.ts'
import { lettersOf, unitsText, type Attributes } from './attribute-rules.ts'
import { KnownMacros } from './known-macros.ts'
import { originOf, originOfFile, originOfResource } from './origins.ts'
import { contactTarget, hostTarget, serviceTarget, toldTarget } from './targets.ts'
import { timePeriodValue } from './time-periods.ts'

export type Collected = { readonly [K in KindName]: Map<string, Definition<ValueOf<K>>> } & {
  readonly hostServices: Map<string, readonly Definition<ValueOf<'serviceTemplates'>>[]>
}

/**
 * What Nagios resolved, as definitions that the compiler takes: flat, without templates, each group named by its members. The same
 * objects with templates and groups as people wrote them: `templates.ts`.
 */
export function definitionsOf(
  reading: NagiosReading,
  keep: Keep = (_, __, make) => make(),
): Definitions {
  const into = emptyDefinitions()
  const { objects, settings } = reading
  const known = new KnownMacros(reading)
  addSimpleObjects(reading, into)
  for (const { name, commandLine, definition } of objects.commands.values()) {
    const value = { line: commandLine, unknownMacros: 'literal' }
    put(into, 'commands', { name, value, from: definition })
  }
  for (const host of objects.hosts.values()) {
    const { definition, name, groups } = host
    const key = JSON.stringify([
      [host.address, host.alias, host.parents, groups],
      [toldOf(host), textsOf(host)],
    ])
    const made = keep(definition, key, () => {
      const variables = variablesOf(definition)
      const value = { ...hostTarget(host, settings), groups, variables }
      return madeOf(name, known.onlyIn(value, host, undefined), definition)
    })
    into.hosts.set(name, made as Definition<ValueOf<'hosts'>>)
  }
  for (const [key, services] of sharedServices(objects.services)) {
    const first = services[0] as NagiosService
    const { definition } = first
    const hosts = services.map((service) => service.hostName)
    const made = keep(definition, `${key} ${hosts.join()}`, () => {
      const value = {
        ...serviceTarget(first, settings),
        ...toldTarget(first, settings),
        groups: first.groups,
        parents: first.parents.map((parent) => parent.join('!')),
        name: first.description,
        host: hosts,
        variables: variablesOf(definition),
      }
      const host = objects.hosts.get(first.hostName)
      return madeOf(key, known.onlyIn(value, host, first), definition)
    })
    into.services.set(key, made as Definition<ValueOf<'services'>>)
  }
  addRelations(reading, into)
  return into
}

/** A definition of some kind. */
export type Made = Definition<unknown>

/** Gives what was made before of this definition under this key, or makes it. */
export type Keep = (definition: ResolvedDefinition, key: string, make: () => Made) => Made

/** What extended information adds. */
export function textsOf({ values }: NagiosHost | NagiosService): readonly (string | undefined)[] {
  return [values.notes, values.notesUrl, values.actionUrl, values.iconImage]
}

function toldOf({
  contacts,
  contactGroups,
  notificationInterval,
  notificationPeriod,
}: NagiosTold): readonly unknown[] {
  return [contacts, contactGroups, notificationInterval, notificationPeriod]
}

export function emptyDefinitions(): Collected {
  const kinds = Object.keys(KINDS).map((kind) => [kind, new Map()] as const)
  return { ...Object.fromEntries(kinds), hostServices: new Map() } as unknown as Collected
}

/** Values are made of what Nagios accepted: their types are those of the schema. */
export function put(
  into: Collected,
  kind: KindName,
  {
    name,
    value,
    from,
  }: {
    readonly name: string
    readonly value: Attributes
    readonly from: ResolvedDefinition | Origin
  },
): void {
  const kept = into[kind] as Map<string, Made>
  kept.set(name, madeOf(name, value, from))
}

function madeOf(name: string, value: Attributes, from: ResolvedDefinition | Origin): Made {
  const origin = 'place' in from ? from : originOf(from)
  const present: Record<string, unknown> = {}
  for (const key in value) if (value[key] !== undefined) present[key] = value[key]
  return { name, value: present, origin }
}

/** Periods, people, groups and resources: these need no templates to be readable. */
export function addSimpleObjects(reading: NagiosReading, into: Collected): void {
  const { objects, resources, settings } = reading
  for (const period of objects.timePeriods.values())
    put(into, 'timePeriods', {
      name: period.name,
      value: timePeriodValue(period, settings),
      from: period.definition,
    })
  for (const contact of objects.contacts.values()) {
    const variables = variablesOf(contact.definition)
    const value = { ...contactTarget(contact), groups: contact.groups, variables }
    put(into, 'contacts', { name: contact.name, value, from: contact.definition })
  }
  for (const group of objects.contactGroups.values())
    put(into, 'contactGroups', {
      name: group.name,
      value: { alias: group.alias },
      from: group.definition,
    })
  for (const kind of ['hostGroups', 'serviceGroups'] as const) {
    for (const { name, alias, notes, notesUrl, actionUrl, definition } of objects[kind].values())
      put(into, kind, { name, value: { alias, notes, notesUrl, actionUrl }, from: definition })
  }
  for (const resource of resources.values()) {
    const { name, value } = resource
    const kept = into[isPath(value) ? 'resources' : 'secrets'] as Map<string, Definition<string>>
    kept.set(name, { name, value, origin: originOfResource(resource) })
  }
  for (const [name, value] of [
    ['ADMINEMAIL', settings.adminEmail],
    ['ADMINPAGER', settings.adminPager],
  ] as const) {
    if (value === undefined || into.resources.has(name)) continue
    const origin = originOfFile(reading.files[0] ?? '')
    into.resources.set(name, { name, value, origin })
  }
}

/** Where plugins lie is no secret; whatever else stands in a resource file may be one. */
export function isPath(value: string): boolean {
  return /^\/[\w./@+-]*$/.test(value)
}

/** Names as Nagios keeps them, without the underscore. */
export function variablesOf(definition: ResolvedDefinition): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...definition.customVariables].map(([name, { value }]) => [name.slice(1), value]),
  )
}

/** Services of one `define` that differ in nothing but their host. */
export function sharedServices(
  services: readonly NagiosService[],
): ReadonlyMap<string, readonly NagiosService[]> {
  const shared = new Map<string, NagiosService[]>()
  // Lists are shared between services, so that most are turned into text once.
  const texts = new Map<unknown, string>()
  const textOf = (list: readonly unknown[]): string => {
    if (list.length === 0) return ''
    let text = texts.get(list)
    if (text === undefined) texts.set(list, (text = JSON.stringify(list)))
    return text
  }
  for (const service of services) {
    const { file, line } = service.definition.written
    const { contacts, contactGroups, notificationInterval, notificationPeriod } = service
    const told = `${textOf(contacts)}${textOf(contactGroups)}${notificationInterval} ${notificationPeriod ?? ''}`
    const own = `${textOf(service.groups)}${textOf(service.parents)}${textsOf(service).join('\0')}`
    const key = `${file}:${line} ${service.description} ${told} ${own}`
    const known = shared.get(key)
    if (known === undefined) shared.set(key, [service])
    else known.push(service)
  }
  return shared
}

export function addRelations({ objects, settings }: NagiosReading, into: Collected): void {
  for (const [index, one] of objects.hostDependencies.entries()) {
    const sides = { hosts: one.hostName, dependentHosts: one.dependentHostName }
    const value = { ...sides, ...dependencyValue(one, 'odup') }
    put(into, 'hostDependencies', { name: String(index), value, from: one.definition })
  }
  for (const [index, one] of objects.serviceDependencies.entries()) {
    const sides = {
      services: `${one.hostName}!${one.description}`,
      dependentServices: `${one.dependentHostName}!${one.dependentDescription}`,
    }
    const value = { ...sides, ...dependencyValue(one, 'owucp') }
    put(into, 'serviceDependencies', { name: String(index), value, from: one.definition })
  }
  for (const [index, one] of objects.hostEscalations.entries()) {
    const value = { hosts: one.hostName, ...escalationValue(one, settings, 'dur') }
    put(into, 'hostEscalations', { name: String(index), value, from: one.definition })
  }
  for (const [index, one] of objects.serviceEscalations.entries()) {
    const services = `${one.hostName}!${one.description}`
    const value = { services, ...escalationValue(one, settings, 'wucr') }
    put(into, 'serviceEscalations', { name: String(index), value, from: one.definition })
  }
}

/** `all` states are written out: a dependency without states stops nothing. */
export function dependencyValue(one: NagiosDependency, all: string): Attributes {
  const states = (options: string | undefined): readonly string[] | undefined => {
    if (options === undefined) return undefined
    const letters = lettersOf(options, all) ?? all.split('')
    return letters[0] === 'n' ? undefined : letters
  }
  return {
    inheritsParent: one.inheritsParent,
    dependencyPeriod: one.period,
    executionFailureOptions: states(one.executionOptions),
    notificationFailureOptions: states(one.notificationOptions),
  }
}

/** @param states letters that we know */
export function escalationValue(
  one: NagiosEscalation,
  settings: NagiosSettings,
  states: string,
): Attributes {
  return {
    firstNotification: one.firstNotification,
    lastNotification: one.lastNotification,
    notificationInterval: unitsText(one.notificationInterval, settings),
    escalationPeriod: one.period,
    escalationOptions: escalationLetters(one.options, states),
    contacts: one.contacts,
    contactGroups: one.contactGroups,
  }
}

/** Letters of none of our states hold in no state; that cannot be said otherwise than by all. */
function escalationLetters(options: string, states: string): readonly string[] | undefined {
  const letters = lettersOf(options, states)
  return letters?.[0] === 'n' ? undefined : letters
}
