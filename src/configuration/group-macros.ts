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
  MEMBERS: (group) =>
    sortedMembers(group)
      .map((member) => member.replace('!', ','))
      .join(','),
  NOTES: (group) => group.notes,
  NOTESURL: (group) => group.notesUrl,
  ACTIONURL: (group) => group.actionUrl,
}
const PATTERN = /^(HOST|SERVICE|CONTACT)GROUP(NAME|ALIAS|MEMBERS|NOTES|NOTESURL|ACTIONURL)$/
const sorted = new WeakMap<Group, readonly string[]>()

/** In the order of Nagios, whatever order the files have. */
export function sortedMembers(group: Group): readonly string[] {
  const known = sorted.get(group)
  if (known !== undefined) return known
  const members = [...group.members].sort()
  sorted.set(group, members)
  return members
}

const ADDRESSES = 'HOSTGROUPMEMBERADDRESSES'

/** Groups, and the hosts that are in them. */
export interface GroupsAndHosts {
  readonly groups: GroupsByKind
  readonly hosts: ReadonlyMap<string, { readonly address: string }>
}

export const GROUP_MACROS: readonly string[] = [
  ...['HOST', 'SERVICE', 'CONTACT'].flatMap((kind) =>
    Object.keys(VALUES).map((value) => `${kind}GROUP${value}`),
  ),
  ADDRESSES,
]

/** `$HOSTGROUPMEMBERS:web$`. `undefined` when the name is no macro of groups. */
export function groupMacro(
  { groups, hosts }: GroupsAndHosts,
  name: string,
  of: string,
): MacroValue | undefined {
  if (name === ADDRESSES) {
    const group = groups.host.get(of)
    if (group === undefined) return unknownGroup(name, of, 'host')
    const addresses = sortedMembers(group).map((host) => hosts.get(host)?.address ?? '')
    return { kind: 'data', text: addresses.join(',') }
  }
  const match = PATTERN.exec(name)
  if (match === null) return undefined
  const [, kind = '', value = ''] = match
  const group = groups[kind.toLowerCase() as Kind].get(of)
  if (group !== undefined) return { kind: 'data', text: VALUES[value]?.(group) ?? '' }
  return unknownGroup(name, of, kind.toLowerCase())
}

function unknownGroup(name: string, of: string, word: string): MacroValue {
  return {
    kind: 'unknown',
    message: `unknown macro '$${name}:${of}$'`,
    hint: `there is no ${word} group '${of}'`,
  }
}

/** `$HOSTGROUPALIAS$`: of the group that Nagios calls the first, the last by name. Empty for an object in no group. */
export function ownGroupMacro(
  known: GroupsAndHosts,
  name: string,
  own: Readonly<Record<'host' | 'service', readonly string[] | undefined>>,
): MacroValue | undefined {
  const word = name === ADDRESSES ? 'HOST' : PATTERN.exec(name)?.[1]
  if (word === undefined) return undefined
  const kind = word.toLowerCase() as Kind
  const first = kind === 'contact' ? undefined : own[kind]?.at(-1)
  if (first === undefined) return { kind: 'data', text: '' }
  return groupMacro(known, name, first)
}
