import { RUNTIME_MACROS } from '../domain/macros.ts'
import type { Lookup, MacroValue } from './expansion.ts'
import { GROUP_MACROS, ownGroupMacro } from './group-macros.ts'
import {
  CONTACT_MACROS,
  customVariable,
  data,
  HOST_MACROS,
  macroOf,
  NOTHING,
  PROGRAM_MACROS,
  RUNTIME,
  SERVICE_MACROS,
  template,
  unknownMacro,
  type HostMacros,
  type ServiceMacros,
  type SharedMacros,
} from './object-macros.ts'
import { onDemandMacro } from './on-demand-macros.ts'
import { didYouMean } from './problem.ts'

export type { HostMacros, Resource, ServiceMacros, SharedMacros } from './object-macros.ts'

/** Macros that the collector knows of a run, or the configuration now. */
export const KNOWN_MACROS: readonly string[] = [
  ...Object.keys(HOST_MACROS),
  ...Object.keys(SERVICE_MACROS),
  ...Object.keys(CONTACT_MACROS),
  ...PROGRAM_MACROS,
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
      return onDemandMacro(shared, { name, of }, host.name)
    }
    const ofObject =
      macroOf(HOST_MACROS, name, host) ??
      (service === undefined ? undefined : macroOf(SERVICE_MACROS, name, service))
    if (ofObject !== undefined) return ofObject
    const argument = argumentMacro(name, args)
    if (argument !== undefined) return argument
    if (name.startsWith('_')) return customVariable(name, host, service)
    if (name.includes('GROUPMEMBERS')) shared.asksOthers()
    const own = { host: host.groups, service: service?.groups }
    const ofGroup = ownGroupMacro(shared, name, own)
    if (ofGroup !== undefined) return ofGroup
    if (RUNTIME_MACROS.has(name)) return RUNTIME
    if (name === 'ITEM' && service?.item !== undefined) return template(service.item)
    return resourceMacro(shared, name) ?? unknown(name, shared, service)
  }
}

/** What host or service alone could answer. */
export function isObjectMacro(name: string): boolean {
  return (
    Object.hasOwn(HOST_MACROS, name) ||
    Object.hasOwn(SERVICE_MACROS, name) ||
    GROUP_MACROS.includes(name)
  )
}

/** `$USERn$` and what the program itself gives. */
export function resourceMacro(shared: SharedMacros, name: string): MacroValue | undefined {
  const resource = shared.resources.get(name)
  if (resource !== undefined) return { kind: 'literal', ...resource }
  if (Object.hasOwn(shared.program, name)) return data(shared.program[name] as string)
  return PROGRAM_MACROS.includes(name) ? NOTHING : undefined
}

/** `$ARG1$` to `$ARG32$`; one that was not given is empty, as in Nagios. */
export function argumentMacro(name: string, args: readonly string[]): MacroValue | undefined {
  if (!name.startsWith('ARG')) return undefined
  const number = /^ARG([1-9]|[12]\d|3[0-2])$/.exec(name)?.[1]
  if (number === undefined) return undefined
  const argument = args[Number(number) - 1]
  return argument === undefined ? template('') : template(argument)
}

function unknown(
  name: string,
  shared: SharedMacros,
  service: ServiceMacros | undefined,
): MacroValue {
  if (Object.hasOwn(SERVICE_MACROS, name) && service === undefined) return NOTHING
  if (Object.hasOwn(CONTACT_MACROS, name)) return NOTHING
  const near = didYouMean(name, [
    ...KNOWN_MACROS,
    ...shared.resources.keys(),
    ...Object.keys(shared.program),
  ])
  const byUser = /^USER\d+$/.test(name) ? `define ${name} under resources` : undefined
  return unknownMacro(name, byUser ?? near ?? 'write $$ for a dollar')
}
