import { RUNTIME_MACROS } from '../domain/macros.ts'
import type { MacroValue } from './expansion.ts'
import { groupMacro, sortedMembers } from './group-macros.ts'
import {
  CONTACT_MACROS,
  customVariable,
  data,
  HOST_MACROS,
  macroOf,
  RUNTIME,
  SERVICE_MACROS,
  template,
  unknownMacro,
  type ContactMacros,
  type SharedMacros,
} from './object-macros.ts'

/** `$NAME:of$`. */
export interface OnDemand {
  readonly name: string
  readonly of: string
}

/**
 * Asks another object: `$HOSTADDRESS:name$`, `$SERVICESTATE:host:service$` (without a host: of this one), `$CONTACTEMAIL:name$`,
 * `$HOSTGROUPMEMBERS:group$`; all members of a group with a text between them: `$HOSTSTATE:group:, $`.
 * @param hostName of the object that asks; `undefined` in a notification, which is about any
 */
export function onDemandMacro(
  shared: SharedMacros,
  asked: OnDemand,
  hostName: string | undefined,
): MacroValue {
  const { name, of } = asked
  const ofGroup = groupMacro(shared, name, of)
  if (ofGroup === undefined) return ofObject(shared, asked, hostName)
  // `$HOSTGROUPNAME:name$` may name a host, too.
  if (ofGroup.kind !== 'unknown' || !name.endsWith('GROUPNAME')) return ofGroup
  const value = ofObject(shared, asked, hostName)
  return value.kind === 'unknown' ? ofGroup : value
}

function ofObject(shared: SharedMacros, asked: OnDemand, hostName: string | undefined): MacroValue {
  const { name } = asked
  if (name === 'ISVALIDTIME' || name === 'NEXTVALIDTIME') return RUNTIME
  const owner = OWNER.exec(name)
  const kind = (owner?.[1] ?? owner?.[2])?.toUpperCase()
  if (kind === 'HOST') return ofHost(shared, asked)
  if (kind === 'SERVICE') return ofService(shared, asked, hostName)
  if (kind === 'CONTACT') return ofContact(shared, asked)
  return unknown(
    asked,
    'of another object only its own macros are known, such as $HOSTADDRESS:name$',
  )
}

function ofHost(shared: SharedMacros, asked: OnDemand): MacroValue {
  const { name, of } = asked
  const host = shared.hosts.get(of)
  if (host === undefined) {
    return ofMembers(shared, 'host', asked) ?? unknown(asked, `there is no host '${of}'`)
  }
  const value = macroOf(HOST_MACROS, name, host)
  if (value !== undefined) return value
  if (RUNTIME_MACROS.has(name)) return RUNTIME
  return name.startsWith('_')
    ? customVariable(name, host, undefined)
    : unknown(asked, 'it is no macro of a host')
}

function ofService(
  shared: SharedMacros,
  asked: OnDemand,
  hostName: string | undefined,
): MacroValue {
  const { name, of } = asked
  const [before, serviceName] = cutAtColon(of)
  const isOfSameHost = before === '' && serviceName !== '' && hostName !== undefined
  if (isOfSameHost && shared.service !== undefined)
    return template(`$${name}:${hostName}:${serviceName}$`)
  const host = shared.hosts.get(before)
  if (host === undefined || serviceName === '') {
    const ofGroup = ofMembers(shared, 'service', asked)
    return ofGroup ?? unknown(asked, `write $${name}:host:service$`)
  }
  if (RUNTIME_MACROS.has(name)) return RUNTIME
  const service = shared.service?.(before, serviceName)
  if (service === undefined) return unknown(asked, `there is no service '${before}/${serviceName}'`)
  const value = macroOf(SERVICE_MACROS, name, service)
  if (value !== undefined) return value
  return name.startsWith('_')
    ? customVariable(name, host, service)
    : unknown(asked, 'it is no macro of a service')
}

function ofContact(shared: SharedMacros, asked: OnDemand): MacroValue {
  const { name, of } = asked
  const contact = shared.contacts?.get(of)
  if (contact !== undefined)
    return contactMacro(contact, name) ?? unknown(asked, 'it is no macro of a contact')
  return ofMembers(shared, 'contact', asked) ?? unknown(asked, `there is no contact '${of}'`)
}

/** `$CONTACTEMAIL$` and custom variables; `undefined` when it is no macro of a contact. */
export function contactMacro(contact: ContactMacros, name: string): MacroValue | undefined {
  const value = macroOf(CONTACT_MACROS, name, contact)
  if (value !== undefined || !/^_CONTACT./i.test(name)) return value
  const key = name.slice('_CONTACT'.length).toUpperCase()
  if (Object.hasOwn(contact.variables, key)) return template(contact.variables[key] as string)
  return unknownMacro(name, `contact '${contact.name}' has no variable '${key}'`)
}

/** `$HOSTSTATE:group:, $` asks each member in turn; what is between the values is written as it is. Only when all objects are known. */
function ofMembers(
  { groups, service }: SharedMacros,
  kind: 'host' | 'service' | 'contact',
  { name, of }: OnDemand,
): MacroValue | undefined {
  const [group, between] = cutAtColon(of)
  const found = of.includes(':') && service !== undefined ? groups[kind].get(group) : undefined
  if (found === undefined) return undefined
  const members = sortedMembers(found)
  if (members.length === 0) return data('')
  return template(members.map((one) => `$${name}:${one.replace('!', ':')}$`).join(between))
}

const OWNER = /^(?:_|LAST|LONG|MAX)?(HOST|SERVICE|CONTACT)|^TOTAL(HOST)SERVICES/i

function cutAtColon(of: string): readonly [string, string] {
  const cut = of.indexOf(':')
  return cut < 0 ? [of, ''] : [of.slice(0, cut), of.slice(cut + 1)]
}

function unknown({ name, of }: OnDemand, hint: string): MacroValue {
  return unknownMacro(`${name}:${of}`, hint)
}
