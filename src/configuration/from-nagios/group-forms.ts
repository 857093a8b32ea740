import type { Attributes } from './attribute-rules.ts'
import { listOf } from './attribute-rules.ts'
import type { ResolvedDefinition } from '../nagios/objects.ts'
import { Membership } from '../membership.ts'
import type { Definition } from '../definitions.ts'

/** A group as Nagios resolved it. */
export interface ResolvedGroup {
  readonly name: string
  readonly definition: ResolvedDefinition
  /** As our groups write members. */
  readonly members: readonly string[]
}

export interface GroupForm {
  readonly members: readonly string[]
  readonly memberGroups: readonly string[]
}

export interface GroupQuestion {
  readonly groups: readonly ResolvedGroup[]
  /** The directive that names groups within groups. */
  readonly nested: string
  /** The groups that each object names itself, templates included. */
  readonly namedBy: ReadonlyMap<string, readonly string[]>
}

export interface GroupAnswer {
  readonly forms: ReadonlyMap<string, GroupForm>
  /** Groups that name all their members themselves: nobody else may name them. */
  readonly selfNaming: ReadonlySet<string>
}

/**
 * How groups are written: nested groups as they were, members only where the member does not name the group itself. A group for which this
 * does not give the members that Nagios found (`*`, `!x`, templates that were overridden) names every member.
 */
export function groupForms({ groups, nested, namedBy }: GroupQuestion): GroupAnswer {
  const selfNaming = new Set<string>()
  for (;;) {
    const forms = formsOf({ groups, nested, namedBy }, selfNaming)
    const wrong = groups.filter(({ name, members }) => {
      const found = forms.found.get(name) ?? []
      return !selfNaming.has(name) && !isSameSet(found, members)
    })
    if (wrong.length === 0) return { forms: forms.written, selfNaming }
    for (const { name } of wrong) selfNaming.add(name)
  }
}

function formsOf(
  { groups, nested, namedBy }: GroupQuestion,
  selfNaming: ReadonlySet<string>,
): {
  readonly written: ReadonlyMap<string, GroupForm>
  readonly found: ReadonlyMap<string, readonly string[]>
} {
  const known = new Map(groups.map(({ name, members }) => [name, members]))
  const namers = new Map<string, Set<string>>()
  for (const [object, named] of namedBy)
    for (const group of named) namers.set(group, (namers.get(group) ?? new Set()).add(object))
  const inner = new Map(
    groups.map(({ name, definition }) => [
      name,
      selfNaming.has(name) ? [] : writtenList(definition, nested).filter((one) => known.has(one)),
    ]),
  )
  const written = new Map<string, GroupForm>()
  for (const { name, members } of groups) {
    const memberGroups = inner.get(name) ?? []
    const covered = new Set(memberGroups.flatMap((one) => known.get(one) ?? []))
    const ownNamers = selfNaming.has(name) ? undefined : namers.get(name)
    written.set(name, {
      memberGroups,
      members: members.filter((one) => !covered.has(one) && ownNamers?.has(one) !== true),
    })
  }
  return { written, found: membersFound(written, namedBy, selfNaming) }
}

function membersFound(
  written: ReadonlyMap<string, GroupForm>,
  namedBy: GroupQuestion['namedBy'],
  selfNaming: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const definitions = new Map(
    [...written].map(([name, value]) => [name, { name, value, origin: NOWHERE }]),
  ) satisfies ReadonlyMap<string, Definition<GroupForm>>
  const membership = new Membership(definitions)
  for (const [object, named] of namedBy)
    membership.add(
      object,
      named.filter((group) => !selfNaming.has(group)),
    )
  return new Map([...membership.result()].map(([name, { members }]) => [name, members]))
}

const NOWHERE = {
  place: () => ({ file: '', line: 1, column: 1 }),
  keyPlace: () => ({ file: '', line: 1, column: 1 }),
}

function writtenList(definition: ResolvedDefinition, directive: string): readonly string[] {
  const found = definition.slots.find((slot) => slot?.name === directive)
  return found === undefined ? [] : listOf(found.value).filter((one) => one !== '+')
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  const set = new Set(a)
  return set.size === new Set(b).size && b.every((one) => set.has(one))
}

/** `groups` of an object without those that name their members themselves. */
export function withoutGroups(values: Attributes, gone: ReadonlySet<string>): Attributes {
  const { groups } = values
  if (!Array.isArray(groups) || !groups.some((group) => gone.has(group as string))) return values
  const rest = (groups as readonly string[]).filter((group) => !gone.has(group))
  return { ...values, groups: rest }
}
