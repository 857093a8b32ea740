import { placeOf, valueOf } from './definition.ts'
import type { ListPlace, Named, NameSpace } from './name-space.ts'
import type { ResolvedDefinition } from './objects.ts'
import { refuse, titleOf, type Resolution } from './resolution.ts'

/** Groups of groups deeper than this are refused. */
const GROUP_DEPTH_MAX = 500

/** A group while members come together. */
export interface Group<M> extends Named {
  /** In Nagios's order, read from the end. */
  readonly members: Set<M>
  readonly rejected: Set<M>
  /** Groups whose members are members too. */
  readonly subgroups: Set<Group<M>>
  state: 'new' | 'open' | 'done'
}

export function newGroup<M>(name: string, definition: ResolvedDefinition): Group<M> {
  return {
    name,
    definition,
    members: new Set(),
    rejected: new Set(),
    subgroups: new Set(),
    state: 'new',
  }
}

/** What a group's own `members` says. */
export interface OwnMembers<M> {
  readonly members: readonly M[]
  readonly rejected: readonly M[]
  readonly isFaulty: boolean
}

/** Puts members of groups together in the order in which Nagios does it; a rejected one stays out however it would come in. */
export class Grouping<M> {
  readonly #resolution: Resolution
  readonly #groups: NameSpace<Group<M>>
  readonly #type: string

  constructor(resolution: Resolution, groups: NameSpace<Group<M>>, type: string) {
    this.#resolution = resolution
    this.#groups = groups
    this.#type = type
  }

  /** First: what the groups name themselves. `isEmptyFine`: a list that names nobody is no fault. */
  readOwn(expand: (place: ListPlace) => OwnMembers<M>, isEmptyFine: boolean): void {
    for (const group of this.#groups.all) {
      const { definition } = group
      this.#readSubgroups(group)
      if (valueOf(definition, 'members') === undefined) continue
      const own = expand({ definition, directive: 'members' })
      for (const one of own.rejected) group.rejected.add(one)
      for (const one of own.members.toReversed()) this.#add(group, one)
      const isEmpty = own.members.length === 0 && own.rejected.length === 0
      if (isEmpty && !own.isFaulty && !isEmptyFine) {
        refuse(this.#resolution, definition, { directive: 'members', message: 'names nobody' })
      }
    }
  }

  #readSubgroups(group: Group<M>): void {
    const directive = `${this.#type}group_members`
    const { definition } = group
    const value = valueOf(definition, directive)
    if (value === undefined) return
    for (const name of value.split(',').map((item) => item.trim())) {
      const found = this.#groups.find(name)
      if (found !== undefined) group.subgroups.add(found)
      else {
        const message = `unknown ${this.#type}group '${name}'`
        refuse(this.#resolution, definition, {
          directive,
          message,
          hint: this.#groups.nearTo(this.#resolution, name),
        })
      }
    }
  }

  /** Then: what an object says of its groups. A list that leaves none is a fault, as in Nagios. */
  join(member: M, place: ListPlace): void {
    this.joinAll([member], place)
  }

  /** As `join`, for all members of one definition at once. */
  joinAll(together: readonly M[], place: ListPlace): void {
    if (valueOf(place.definition, place.directive) === undefined) return
    const { members, rejected, isFaulty } = this.#groups.expand(this.#resolution, place)
    let isAny = false
    for (const group of members) {
      if (rejected.includes(group)) continue
      isAny = true
      for (const member of together) this.#add(group, member)
    }
    if (isAny || isFaulty) return
    const hint = 'write `null` for none'
    const message = `'${place.directive}' leaves no group`
    refuse(this.#resolution, place.definition, { directive: place.directive, message, hint })
  }

  /** Last: members of groups of groups. */
  nest(): void {
    for (const group of this.#groups.all) this.#nestOne(group, [])
  }

  #nestOne(group: Group<M>, way: readonly Group<M>[]): void {
    if (group.state !== 'new') return
    group.state = 'open'
    const here = [...way, group]
    // The last one written first: which of two services with one name stands hangs on the order of members.
    for (const inner of [...group.subgroups].reverse()) {
      if (inner.state === 'open' || here.length > GROUP_DEPTH_MAX) this.#refuseCircle(inner, here)
      else this.#nestOne(inner, here)
      if (inner.state !== 'done') continue
      if (!this.#resolution.budget.work(inner.members.size, group.definition)) return
      for (const one of [...inner.members].reverse()) this.#add(group, one)
    }
    group.state = 'done'
  }

  #refuseCircle(inner: Group<M>, here: readonly Group<M>[]): void {
    const from = here.indexOf(inner)
    const names = [...here.slice(Math.max(0, from)), inner].map(({ name }) => name)
    const group = here.at(-1) as Group<M>
    const place = placeOf(group.definition, `${this.#type}group_members`)
    const message =
      from < 0
        ? `groups are nested more than ${GROUP_DEPTH_MAX} deep`
        : `groups lead back to themselves: ${names.slice(0, 20).join(' > ')}`
    this.#resolution.problems.add(place, `${titleOf(group.definition)}: ${message}`)
  }

  #add(group: Group<M>, member: M): void {
    if (group.members.has(member) || group.rejected.has(member)) return
    if (this.#resolution.budget.take(1, group.definition)) group.members.add(member)
  }
}

/** Definitions of one type that have a name of their own, with that name. */
export function namedDefinitions(
  definitions: readonly ResolvedDefinition[],
  directive: string,
): readonly (readonly [string, ResolvedDefinition])[] {
  return definitions.flatMap((definition) => {
    const name = valueOf(definition, directive)
    return name === undefined ? [] : [[name, definition] as const]
  })
}
