import type { Group } from '../domain/fleet.ts'
import { asList, type Definition } from './definitions.ts'

interface GroupValue {
  readonly alias?: string | undefined
  readonly members?: string | readonly string[] | undefined
  readonly memberGroups?: string | readonly string[] | undefined
  readonly notes?: string | undefined
  readonly notesUrl?: string | undefined
  readonly actionUrl?: string | undefined
}

type Groups = ReadonlyMap<string, Definition<GroupValue>>

/** Who is in which group, with groups of groups resolved. */
export class Membership {
  readonly #groups: Groups
  /** Groups that contain this group. */
  readonly #outer = new Map<string, string[]>()
  /** Groups that name this object. */
  readonly #naming = new Map<string, string[]>()
  readonly #closures = new Map<string, readonly string[]>()
  readonly #members = new Map<string, string[]>()

  constructor(groups: Groups) {
    this.#groups = groups
    for (const [name, { value }] of groups) {
      this.#members.set(name, [])
      for (const inner of asList(value.memberGroups)) push(this.#outer, inner, name)
      for (const member of asList(value.members)) push(this.#naming, member, name)
    }
  }

  /** Adds an object that names these groups itself. Returns all groups it is in, sorted; equal answers are one array. */
  add(object: string, own: readonly string[], alsoKnownAs?: string): readonly string[] {
    const naming = [
      ...(this.#naming.get(object) ?? []),
      ...(this.#naming.get(alsoKnownAs ?? '') ?? []),
    ]
    const known = own.filter((name) => this.#groups.has(name))
    const groups = this.#closure(naming.length === 0 ? known : [...known, ...naming.sort()])
    for (const group of groups) this.#members.get(group)?.push(object)
    return groups
  }

  result(): ReadonlyMap<string, Group> {
    return new Map(
      [...this.#groups].map(([name, { value }]) => [
        name,
        {
          name,
          alias: value.alias ?? name,
          notes: value.notes ?? '',
          notesUrl: value.notesUrl ?? '',
          actionUrl: value.actionUrl ?? '',
          members: this.#members.get(name) ?? [],
        },
      ]),
    )
  }

  #closure(direct: readonly string[]): readonly string[] {
    const key = direct.join('\0')
    const known = this.#closures.get(key)
    if (known !== undefined) return known
    const all = new Set(direct)
    for (const group of all)
      for (const outer of this.#outer.get(group)?.sort() ?? []) all.add(outer)
    const closure = Object.freeze([...all].sort())
    this.#closures.set(key, closure)
    return closure
  }
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
