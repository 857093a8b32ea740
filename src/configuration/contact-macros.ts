import type { Lookup, MacroValue } from './expansion.ts'
import {
  argumentMacro,
  isObjectMacro,
  resourceMacro,
  unknownMacro,
  type SharedMacros,
} from './macro-values.ts'
import { groupMacro } from './group-macros.ts'
import { RUNTIME_MACROS } from '../domain/macros.ts'

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

const CONTACT: Readonly<Record<string, (contact: ContactMacros) => string>> = {
  CONTACTNAME: (contact) => contact.name,
  CONTACTALIAS: (contact) => contact.alias,
  CONTACTEMAIL: (contact) => contact.email,
  CONTACTPAGER: (contact) => contact.pager,
  CONTACTGROUPNAME: (contact) => contact.groups.at(-1) ?? '',
  CONTACTGROUPNAMES: (contact) => contact.groups.toReversed().join(','),
}

/** Answers macros of a notification to one contact. What belongs to the object or the moment stays in the command. */
export function contactLookup(
  shared: SharedMacros,
  contact: ContactMacros,
  args: readonly string[],
): Lookup {
  return (name, of) => {
    if (of !== undefined)
      return groupMacro(shared.groups, name, of) ?? unknownMacro(`${name}:${of}`, undefined)
    const own = ofContact(contact, name)
    if (own !== undefined) return own
    const argument = argumentMacro(name, args)
    if (argument !== undefined) return argument
    if (isObjectMacro(name) || RUNTIME_MACROS.has(name) || /^_(HOST|SERVICE)./.test(name))
      return { kind: 'runtime' }
    return resourceMacro(shared, name) ?? unknownMacro(name, 'write $$ for a dollar')
  }
}

function ofContact(contact: ContactMacros, name: string): MacroValue | undefined {
  const value = Object.hasOwn(CONTACT, name) ? CONTACT[name]?.(contact) : undefined
  if (value !== undefined) return { kind: 'data', text: value }
  const address = /^CONTACTADDRESS([1-6])$/.exec(name)?.[1]
  if (address !== undefined)
    return { kind: 'data', text: contact.addresses[Number(address) - 1] ?? '' }
  if (!/^_CONTACT./i.test(name)) return undefined
  const key = name.slice('_CONTACT'.length).toUpperCase()
  if (Object.hasOwn(contact.variables, key))
    return { kind: 'template', text: contact.variables[key] as string }
  return unknownMacro(name, `contact '${contact.name}' has no variable '${key}'`)
}
