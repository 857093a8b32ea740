import { RUNTIME_MACROS } from '../domain/macros.ts'
import type { Lookup } from './expansion.ts'
import { argumentMacro, isObjectMacro, resourceMacro, type SharedMacros } from './macro-values.ts'
import { groupMacro } from './group-macros.ts'
import { NOTHING, unknownMacro, type ContactMacros } from './object-macros.ts'
import { contactMacro, onDemandMacro } from './on-demand-macros.ts'

export type { ContactMacros } from './object-macros.ts'

/** Answers macros of a notification to one contact. What belongs to the object or the moment stays in the command. */
export function contactLookup(
  shared: SharedMacros,
  contact: ContactMacros,
  args: readonly string[],
): Lookup {
  return (name, of) => {
    if (of !== undefined) return onDemandMacro(shared, { name, of }, undefined)
    const own = contactMacro(contact, name)
    if (own !== undefined) return own
    if (name.startsWith('CONTACTGROUP') && isObjectMacro(name)) {
      const group = contact.groups.at(-1)
      return (group === undefined ? undefined : groupMacro(shared, name, group)) ?? NOTHING
    }
    const argument = argumentMacro(name, args)
    if (argument !== undefined) return argument
    if (isObjectMacro(name) || RUNTIME_MACROS.has(name) || /^_(HOST|SERVICE)./.test(name))
      return { kind: 'runtime' }
    return resourceMacro(shared, name) ?? unknownMacro(name, 'write $$ for a dollar')
  }
}
