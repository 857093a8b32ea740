import type { Contact } from '../domain/fleet.ts'
import type { ContactPolicy, NotificationCommand } from '../domain/notification-policy.ts'
import type { CheckPlanner } from './check-plan.ts'
import { optionLetters } from './check-plan.ts'
import type { CommandCompiler } from './command-compiler.ts'
import { contactLookup, type ContactMacros } from './contact-macros.ts'
import { asList, type Definitions, type ValueOf } from './definitions.ts'
import { upperCased } from './host-drafts.ts'
import { Inheritance, placeOf, type Resolved, type Settled } from './inheritance.ts'
import type { SharedMacros } from './macro-values.ts'
import type { Membership } from './membership.ts'
import type { SharedFaults } from './shared-faults.ts'
import { textsOf } from './condition.ts'

type ContactValues = Settled<ValueOf<'contactTemplates'>>

export interface ContactTools {
  readonly planner: CheckPlanner
  readonly compiler: CommandCompiler
  readonly membership: Membership
  readonly shared: () => SharedMacros
  readonly faults: SharedFaults
}

/** A contact whose commands are not compiled yet: they may ask groups of which it is one member. */
interface Draft {
  readonly macros: ContactMacros
  readonly resolved: Resolved<ContactValues>
}

/** Contacts with their groups; call `finish` when all groups are known. */
export function draftContacts(
  definitions: Definitions,
  tools: ContactTools,
): {
  readonly macros: ReadonlyMap<string, ContactMacros>
  finish(): ReadonlyMap<string, Contact>
} {
  const inheritance = new Inheritance(definitions.contactTemplates)
  const drafts: Draft[] = []
  for (const { name, value, origin } of definitions.contacts.values()) {
    const resolved = inheritance.resolve(value, { origin, path: [] })
    const { alias = name, email = '', pager = '', addresses = [], groups } = resolved.values
    drafts.push({
      resolved,
      macros: {
        name,
        alias,
        email,
        pager,
        addresses,
        groups: tools.membership.add(name, asList(groups)),
        variables: textsOf(upperCased(resolved.values.variables)),
      },
    })
  }
  return {
    macros: new Map(drafts.map(({ macros }) => [macros.name, macros])),
    finish: () => new Map(drafts.map((draft) => [draft.macros.name, contactOf(draft, tools)])),
  }
}

function contactOf(draft: Draft, tools: ContactTools): Contact {
  const { values } = draft.resolved
  const policy = (kind: 'host' | 'service'): ContactPolicy => ({
    isEnabled: values[`${kind}NotificationsEnabled`] ?? true,
    period: values[`${kind}NotificationPeriod`],
    options: optionLetters(values[`${kind}NotificationOptions`]),
    commands: commandsOf(draft, `${kind}NotificationCommands`, tools),
  })
  return {
    ...draft.macros,
    canSubmitCommands: values.canSubmitCommands ?? true,
    minimumImportance: values.minimumImportance ?? 0,
    aboutHosts: policy('host'),
    aboutServices: policy('service'),
  }
}

function commandsOf(
  { macros, resolved }: Draft,
  key: 'hostNotificationCommands' | 'serviceNotificationCommands',
  tools: ContactTools,
): readonly NotificationCommand[] {
  const written = resolved.values[key]
  if (written === undefined) return []
  const listed = Array.isArray(written) ? written : [written]
  return listed.flatMap((one, index) => {
    const at = Array.isArray(written) ? [index] : []
    const planned = tools.planner.called(one, (part) => placeOf(resolved, key, [...at, ...part]))
    if (planned.kind !== 'run') return []
    const lookup = contactLookup(tools.shared(), macros, planned.arguments)
    const compiled = tools.compiler.compile(
      planned.command,
      lookup,
      (part, macro, message, hint) => {
        const isInCall = macro.startsWith('_') || part.length === 0
        const place = isInCall ? planned.placeOfCall() : planned.placeOfPart(part)
        tools.faults.add(place, macro, message, hint)
      },
    )
    return compiled === undefined ? [] : [compiled]
  })
}
