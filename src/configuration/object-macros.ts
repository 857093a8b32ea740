import { variableName, type Variables } from './condition.ts'
import type { MacroValue } from './expansion.ts'
import type { GroupsByKind } from './group-macros.ts'
import { didYouMean } from './problem.ts'

/** A value by name, such as USER1. */
export interface Resource {
  readonly text: string
  readonly isSecret: boolean
}

/** What macros can ask of a host. */
export interface HostMacros {
  readonly name: string
  readonly alias: string
  readonly address: string
  readonly displayName: string
  readonly groups: readonly string[]
  readonly variables: Variables
  readonly notes: string
  readonly notesUrl: string
  readonly actionUrl: string
  readonly maxAttempts: number
  readonly importance: number
  /** As it is written, `name!argument`; empty for a command without a name. */
  readonly checkCommand: string
  /** Empty for always. */
  readonly notificationPeriod?: string | undefined
}

/** What macros can ask of a service. */
export interface ServiceMacros {
  readonly name: string
  readonly displayName: string
  readonly groups: readonly string[]
  readonly variables: Variables
  readonly notes: string
  readonly notesUrl: string
  readonly actionUrl: string
  readonly maxAttempts: number
  readonly isVolatile: boolean
  readonly importance: number
  readonly checkCommand: string
  readonly notificationPeriod?: string | undefined
  /** Under `forEach`. */
  readonly item: string | undefined
}

/** What macros can ask of a contact. */
export interface ContactMacros {
  readonly name: string
  readonly alias: string
  readonly email: string
  readonly pager: string
  readonly addresses: readonly string[]
  readonly groups: readonly string[]
  /** Upper-case names. */
  readonly variables: Readonly<Record<string, string>>
}

/** What is the same for every object. */
export interface SharedMacros {
  /** `$USERn$` and its like, by name. */
  readonly resources: ReadonlyMap<string, Resource>
  /** Given by the program, such as PARALLAXURL. */
  readonly program: Readonly<Record<string, string>>
  readonly hosts: ReadonlyMap<string, HostMacros>
  /** Known once all services are; for macros that name one. */
  readonly service?: (host: string, name: string) => ServiceMacros | undefined
  readonly contacts?: ReadonlyMap<string, ContactMacros>
  readonly groups: GroupsByKind
  /** Told when a macro asks another object than its own host and service, or the members of a group. */
  readonly asksOthers: () => void
}

export const data = (text: string): MacroValue => ({ kind: 'data', text })
export const template = (text: string): MacroValue => ({ kind: 'template', text })
export const NOTHING = data('')
export const RUNTIME: MacroValue = { kind: 'runtime' }

export const HOST_MACROS: Readonly<Record<string, (host: HostMacros) => MacroValue>> = {
  HOSTNAME: (host) => data(host.name),
  HOSTALIAS: (host) => data(host.alias),
  HOSTADDRESS: (host) => data(host.address),
  HOSTDISPLAYNAME: (host) => data(host.displayName),
  HOSTGROUPNAME: (host) => data(host.groups.at(-1) ?? ''),
  HOSTGROUPNAMES: (host) => data(host.groups.toReversed().join(',')),
  HOSTIMPORTANCE: (host) => data(String(host.importance)),
  HOSTCHECKCOMMAND: (host) => data(host.checkCommand),
  HOSTNOTIFICATIONPERIOD: (host) => data(host.notificationPeriod ?? ''),
  HOSTNOTES: (host) => data(host.notes),
  HOSTNOTESURL: (host) => data(host.notesUrl),
  HOSTACTIONURL: (host) => data(host.actionUrl),
  MAXHOSTATTEMPTS: (host) => data(String(host.maxAttempts)),
}
export const SERVICE_MACROS: Readonly<Record<string, (service: ServiceMacros) => MacroValue>> = {
  SERVICEDESC: (service) => data(service.name),
  SERVICEDISPLAYNAME: (service) => data(service.displayName),
  SERVICEGROUPNAME: (service) => data(service.groups.at(-1) ?? ''),
  SERVICEGROUPNAMES: (service) => data(service.groups.toReversed().join(',')),
  SERVICEIMPORTANCE: (service) => data(String(service.importance)),
  SERVICECHECKCOMMAND: (service) => data(service.checkCommand),
  SERVICENOTIFICATIONPERIOD: (service) => data(service.notificationPeriod ?? ''),
  SERVICENOTES: (service) => data(service.notes),
  SERVICENOTESURL: (service) => data(service.notesUrl),
  SERVICEACTIONURL: (service) => data(service.actionUrl),
  MAXSERVICEATTEMPTS: (service) => data(String(service.maxAttempts)),
  SERVICEISVOLATILE: (service) => data(service.isVolatile ? '1' : '0'),
}

export const CONTACT_MACROS: Readonly<Record<string, (contact: ContactMacros) => MacroValue>> = {
  CONTACTNAME: (contact) => data(contact.name),
  CONTACTALIAS: (contact) => data(contact.alias),
  CONTACTEMAIL: (contact) => data(contact.email),
  CONTACTPAGER: (contact) => data(contact.pager),
  CONTACTGROUPNAME: (contact) => data(contact.groups.at(-1) ?? ''),
  CONTACTGROUPNAMES: (contact) => data(contact.groups.toReversed().join(',')),
  ...Object.fromEntries(
    [0, 1, 2, 3, 4, 5].map((index) => [
      `CONTACTADDRESS${index + 1}`,
      (contact: ContactMacros) => data(contact.addresses[index] ?? ''),
    ]),
  ),
}

/** Of the program and its files. Whoever needs one defines it under `resources`; otherwise it is empty. */
export const PROGRAM_MACROS: readonly string[] = [
  'ADMINEMAIL',
  'ADMINPAGER',
  'MAINCONFIGFILE',
  'RESOURCEFILE',
  'OBJECTCACHEFILE',
  'STATUSDATAFILE',
  'RETENTIONDATAFILE',
  'LOGFILE',
  'COMMANDFILE',
  'TEMPFILE',
  'TEMPPATH',
  'HOSTPERFDATAFILE',
  'SERVICEPERFDATAFILE',
]

/** The value of a table's macro; `undefined` when it is none of them. */
export function macroOf<O>(
  table: Readonly<Record<string, (object: O) => MacroValue>>,
  name: string,
  object: O,
): MacroValue | undefined {
  return Object.hasOwn(table, name) ? table[name]?.(object) : undefined
}

/** `$_HOSTNAME$` or `$_SERVICENAME$`. */
export function customVariable(
  name: string,
  host: HostMacros,
  service: ServiceMacros | undefined,
): MacroValue {
  const match = /^_(HOST|SERVICE)(.+)$/.exec(name.toUpperCase())
  if (match?.[2] === undefined)
    return unknownMacro(name, 'custom variables are $_HOSTNAME$ and $_SERVICENAME$')
  const owner = match[1] === 'HOST' ? host : service
  if (owner === undefined) return unknownMacro(name, 'the check of a host has no service')
  const key = variableName(match[2])
  const value = Object.hasOwn(owner.variables, key) ? owner.variables[key] : undefined
  if (value !== undefined) return template([value].flat().map(String).join(','))
  const who =
    owner === host ? `host '${host.name}'` : `service '${host.name}/${service?.name ?? ''}'`
  return {
    kind: 'unknown',
    message: `${who} has no variable '${key}' for $${name}$`,
    hint:
      didYouMean(key, Object.keys(owner.variables)) ??
      `write it under 'variables' of the object or of a template`,
  }
}

export function unknownMacro(name: string, hint: string | undefined): MacroValue {
  return { kind: 'unknown', message: `unknown macro '$${name}$'`, hint }
}
