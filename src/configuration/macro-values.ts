import { RUNTIME_MACROS } from '../domain/macros.ts'
import { variableName, type Variables } from './condition.ts'
import type { Lookup, MacroValue } from './expansion.ts'
import { GROUP_MACROS, groupMacro, ownGroupMacro, type GroupsByKind } from './group-macros.ts'
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
  /** Under `forEach`. */
  readonly item: string | undefined
}

/** What is the same for every object. */
export interface SharedMacros {
  /** `$USERn$` and its like, by name. */
  readonly resources: ReadonlyMap<string, Resource>
  /** Given by the program, such as PARALLAXURL. */
  readonly program: Readonly<Record<string, string>>
  readonly hosts: ReadonlyMap<string, HostMacros>
  readonly groups: GroupsByKind
  /** Told when a macro asks another object than its own host and service, or the members of a group. */
  readonly asksOthers: () => void
}

const data = (text: string): MacroValue => ({ kind: 'data', text })
const template = (text: string): MacroValue => ({ kind: 'template', text })
const NOTHING = data('')
const RUNTIME: MacroValue = { kind: 'runtime' }

const HOST: Readonly<Record<string, (host: HostMacros) => MacroValue>> = {
  HOSTNAME: (host) => data(host.name),
  HOSTALIAS: (host) => data(host.alias),
  HOSTADDRESS: (host) => data(host.address),
  HOSTDISPLAYNAME: (host) => data(host.displayName),
  HOSTGROUPNAME: (host) => data(host.groups.at(-1) ?? ''),
  HOSTGROUPNAMES: (host) => data(host.groups.toReversed().join(',')),
  HOSTIMPORTANCE: (host) => data(String(host.importance)),
  HOSTCHECKCOMMAND: (host) => data(host.checkCommand),
  HOSTNOTES: (host) => data(host.notes),
  HOSTNOTESURL: (host) => data(host.notesUrl),
  HOSTACTIONURL: (host) => data(host.actionUrl),
  MAXHOSTATTEMPTS: (host) => data(String(host.maxAttempts)),
}
const SERVICE: Readonly<Record<string, (service: ServiceMacros) => MacroValue>> = {
  SERVICEDESC: (service) => data(service.name),
  SERVICEDISPLAYNAME: (service) => data(service.displayName),
  SERVICEGROUPNAME: (service) => data(service.groups.at(-1) ?? ''),
  SERVICEGROUPNAMES: (service) => data(service.groups.toReversed().join(',')),
  SERVICEIMPORTANCE: (service) => data(String(service.importance)),
  SERVICECHECKCOMMAND: (service) => data(service.checkCommand),
  SERVICENOTES: (service) => data(service.notes),
  SERVICENOTESURL: (service) => data(service.notesUrl),
  SERVICEACTIONURL: (service) => data(service.actionUrl),
  MAXSERVICEATTEMPTS: (service) => data(String(service.maxAttempts)),
  SERVICEISVOLATILE: (service) => data(service.isVolatile ? '1' : '0'),
}

/** Macros that the collector knows of a run, or the configuration now. */
const KNOWN_MACROS: readonly string[] = [
  ...Object.keys(HOST),
  ...Object.keys(SERVICE),
  ...RUNTIME_MACROS,
  ...GROUP_MACROS,
  'ITEM',
  'ARG1',
]

/** Answers macros for one host, or one service of it. */
export function lookupFor(
  shared: SharedMacros,
  host: HostMacros,
  service: ServiceMacros | undefined,
  args: readonly string[],
): Lookup {
  return (name, of) => {
    if (of !== undefined) {
      shared.asksOthers()
      return onDemand(shared, name, of)
    }
    const ofHost = Object.hasOwn(HOST, name) ? HOST[name] : undefined
    if (ofHost !== undefined) return ofHost(host)
    if (service !== undefined) {
      const ofService = Object.hasOwn(SERVICE, name) ? SERVICE[name] : undefined
      if (ofService !== undefined) return ofService(service)
    }
    const argument = argumentMacro(name, args)
    if (argument !== undefined) return argument
    if (name.startsWith('_')) return customVariable(name, host, service)
    if (name.includes('GROUPMEMBERS')) shared.asksOthers()
    const ofGroup = ownGroupMacro(shared.groups, name, {
      host: host.groups,
      service: service?.groups,
    })
    if (ofGroup !== undefined) return ofGroup
    if (RUNTIME_MACROS.has(name)) return RUNTIME
    if (name === 'ITEM' && service?.item !== undefined) return template(service.item)
    return resourceMacro(shared, name) ?? unknown(name, shared, service)
  }
}

/** What host or service alone could answer. */
export function isObjectMacro(name: string): boolean {
  return Object.hasOwn(HOST, name) || Object.hasOwn(SERVICE, name) || GROUP_MACROS.includes(name)
}

/** `$USERn$` and what the program itself gives. */
export function resourceMacro(shared: SharedMacros, name: string): MacroValue | undefined {
  const resource = shared.resources.get(name)
  if (resource !== undefined) return { kind: 'literal', ...resource }
  return Object.hasOwn(shared.program, name) ? data(shared.program[name] as string) : undefined
}

/** `$ARG1$` to `$ARG32$`; one that was not given is empty, as in Nagios. */
export function argumentMacro(name: string, args: readonly string[]): MacroValue | undefined {
  if (!name.startsWith('ARG')) return undefined
  const number = /^ARG([1-9]|[12]\d|3[0-2])$/.exec(name)?.[1]
  if (number === undefined) return undefined
  const argument = args[Number(number) - 1]
  return argument === undefined ? template('') : template(argument)
}

function customVariable(
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

/** `$HOSTADDRESS:other$`, `$HOSTSTATE:other$`, `$SERVICESTATE:host:service$`, `$HOSTGROUPMEMBERS:group$`. */
function onDemand(shared: SharedMacros, name: string, of: string): MacroValue {
  const ofGroup = groupMacro(shared.groups, name, of)
  if (ofGroup !== undefined) return ofGroup
  if (name.startsWith('SERVICE') && RUNTIME_MACROS.has(name)) {
    const hostName = of.slice(0, Math.max(0, of.indexOf(':')))
    return shared.hosts.has(hostName)
      ? RUNTIME
      : unknownMacro(`${name}:${of}`, 'write $SERVICESTATE:host:service$')
  }
  const host = shared.hosts.get(of)
  if (host === undefined) return unknownMacro(`${name}:${of}`, `there is no host '${of}'`)
  const ofHost = Object.hasOwn(HOST, name) ? HOST[name] : undefined
  if (ofHost !== undefined) return ofHost(host)
  if (name.startsWith('HOST') && RUNTIME_MACROS.has(name)) return RUNTIME
  if (name.startsWith('_HOST')) return customVariable(name, host, undefined)
  return unknownMacro(
    `${name}:${of}`,
    'of another host only its own macros are known, such as $HOSTADDRESS:name$',
  )
}

export function unknownMacro(name: string, hint: string | undefined): MacroValue {
  return { kind: 'unknown', message: `unknown macro '$${name}$'`, hint }
}

function unknown(
  name: string,
  shared: SharedMacros,
  service: ServiceMacros | undefined,
): MacroValue {
  if (Object.hasOwn(SERVICE, name) && service === undefined) return NOTHING
  const near = didYouMean(name, [
    ...KNOWN_MACROS,
    ...shared.resources.keys(),
    ...Object.keys(shared.program),
  ])
  const byUser = /^USER\d+$/.test(name) ? `define ${name} under resources` : undefined
  return unknownMacro(name, byUser ?? near ?? 'write $$ for a dollar')
}
