import { flagOf, isWritten, optionsOf, unsignedOf, valueOf } from './definition.ts'
import type { Group } from './groups.ts'
import { byBytes, type Named } from './name-space.ts'
import type {
  NagiosContact,
  NagiosContactGroup,
  NagiosContactPolicy,
  NagiosHostGroup,
  ResolvedDefinition,
} from './objects.ts'
import { refuse, type Resolution } from './resolution.ts'

const ADDRESSES = ['1', '2', '3', '4', '5', '6']

/** Registered contacts by name, with the groups that hold them. */
export function contactsOf(
  contacts: readonly Named[],
  groups: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, NagiosContact> {
  const made = contacts
    .filter(({ definition }) => definition.written.isRegistered)
    .sort((a, b) => byBytes(a.name, b.name))
    .map(({ name, definition }): NagiosContact => {
      const text = (directive: string): string | undefined => valueOf(definition, directive)
      return {
        definition,
        name,
        alias: text('alias') ?? name,
        email: text('email'),
        pager: text('pager'),
        addresses: ADDRESSES.map((digit) => text(`address${digit}`)),
        hosts: policyOf(definition, 'host'),
        services: policyOf(definition, 'service'),
        minimumImportance: unsignedOf(definition, 'minimum_importance'),
        canSubmitCommands: flagOf(definition, 'can_submit_commands', true),
        retainsStatus: flagOf(definition, 'retain_status_information', true),
        retainsNonStatus: flagOf(definition, 'retain_nonstatus_information', true),
        groups: groups.get(name) ?? [],
      }
    })
  return new Map(made.map((contact) => [contact.name, contact]))
}

function policyOf(definition: ResolvedDefinition, about: 'host' | 'service'): NagiosContactPolicy {
  const options = `${about}_notification_options`
  const commands = valueOf(definition, `${about}_notification_commands`) ?? ''
  return {
    isEnabled: flagOf(definition, `${about}_notifications_enabled`, true),
    period: valueOf(definition, `${about}_notification_period`),
    options: isWritten(definition, options) ? optionsOf(definition, options) : '',
    commands: commands.split(/[, ]/).filter((command) => command !== ''),
  }
}

/** Names of groups by the names of their members, last group first: so Nagios hands them to macros. */
export function groupNames<M>(
  groups: readonly Group<M>[],
  nameOf: (member: M) => string,
): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>()
  for (const group of registeredByName(groups).toReversed()) {
    for (const member of group.members) {
      const name = nameOf(member)
      const known = names.get(name)
      if (known === undefined) names.set(name, [group.name])
      else known.push(group.name)
    }
  }
  return names
}

export function registeredByName<G extends Named>(groups: readonly G[]): readonly G[] {
  return groups
    .filter(({ definition }) => definition.written.isRegistered)
    .sort((a, b) => byBytes(a.name, b.name))
}

/** Names of the members of a registered group, each of which must be registered itself. */
export function memberNames(resolution: Resolution, group: Group<Named>): readonly string[] {
  const names: string[] = []
  for (const { name, definition } of group.members) {
    if (definition.written.isRegistered) names.push(name)
    else {
      const message = `its member '${name}' is not registered`
      refuse(resolution, group.definition, { directive: 'members', message })
    }
  }
  return names.sort(byBytes)
}

export function contactGroupsOf(
  resolution: Resolution,
  groups: readonly Group<Named>[],
): ReadonlyMap<string, NagiosContactGroup> {
  return new Map(
    registeredByName(groups).map((group) => {
      const { name, definition } = group
      const alias = valueOf(definition, 'alias') ?? name
      return [name, { definition, name, alias, members: memberNames(resolution, group) }]
    }),
  )
}

/** What host and service groups say of themselves. */
export function groupTexts(
  name: string,
  definition: ResolvedDefinition,
): Omit<NagiosHostGroup, 'members'> {
  return {
    definition,
    name,
    alias: valueOf(definition, 'alias') ?? name,
    notes: valueOf(definition, 'notes'),
    notesUrl: valueOf(definition, 'notes_url'),
    actionUrl: valueOf(definition, 'action_url'),
  }
}
