import type { Group } from '../domain/fleet.ts'
import type { MacroValue } from './expansion.ts'

/** Groups by name, for the macros that ask them. */
export interface GroupsByKind {
  readonly host: ReadonlyMap<string, Group>
  readonly service: ReadonlyMap<string, Group>
  readonly contact: ReadonlyMap<string, Group>
}

type Kind = keyof GroupsByKind

const VALUES: Readonly<Record<string, (group: Group) => string>> = {
  NAME: (group) => group.name,
  ALIAS: (group) => group.alias,
  MEMBERS: (group) => group.members.map((member) => member.replace('!', ',')).join(','),
  NOTES: (group) => group.notes,
  NOTESURL: (group) => group.notesUrl,
  ACTIONURL: (group) => group.actionUrl,
}
const PATTERN = /^(HOST|SERVICE|CONTACT)GROUP(NAME|ALIAS|MEMBERS|NOTES|NOTESURL|ACTIONURL)$/

export const GROUP_MACROS: readonly string[] = ['HOST', 'SERVICE', 'CONTACT'].flatMap((kind) =>
  Object.keys(VALUES).map((value) => `${kind}GROUP${value}`),
)

/** `$HOSTGROUPMEMBERS:web$`. `undefined` when the name is no macro of groups. */
export function groupMacro(groups: GroupsByKind, name: string, of: string): MacroValue | undefined {
  const match = PATTERN.exec(name)
  if (match === null) return undefined
  const [, kind = '', value = ''] = match
  const group = groups[kind.toLowerCase() as Kind].get(of)
  if (group !== undefined) return { kind: 'data', text: VALUES[value]?.(group) ?? '' }
  return {
    kind: 'unknown',
    message: `unknown macro '$${name}:${of}$'`,
    hint: `there is no ${kind.toLowerCase()} group '${of}'`,
  }
}

/** `$HOSTGROUPALIAS$`: of the group that Nagios calls the first, the last by name. Empty for an object in no group. */
export function ownGroupMacro(
  groups: GroupsByKind,
  name: string,
  own: Readonly<Record<'host' | 'service', readonly string[] | undefined>>,
): MacroValue | undefined {
  const match = PATTERN.exec(name)
  if (match === null) return undefined
  const kind = (match[1] ?? '').toLowerCase() as Kind
  const first = kind === 'contact' ? undefined : own[kind]?.at(-1)
  if (first === undefined) return { kind: 'data', text: '' }
  return groupMacro(groups, name, first)
}
