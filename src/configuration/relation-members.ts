import { checkNameOf, parseServiceId, serviceCheckId, type CheckId } from '../domain/check-id.ts'
import type { Group } from '../domain/fleet.ts'
import { fitsGlob } from './condition.ts'
import { asList, type Origin } from './definitions.ts'
import type { GroupsByKind } from './group-macros.ts'
import { didYouMean, type Problems } from './problem.ts'

export interface MemberParts {
  readonly hosts: ReadonlyMap<string, unknown>
  readonly services: ReadonlyMap<CheckId, unknown>
  readonly groups: GroupsByKind
  readonly problems: Problems
}

type Names = string | readonly string[] | undefined

/** What a relation says of one of its sides. */
export interface Selection {
  readonly hosts?: Names
  readonly hostGroups?: Names
  readonly services?: Names
  readonly serviceGroups?: Names
}

/** The keys under which a side is written. */
export type SelectionKeys = Readonly<Record<keyof Selection, string>>

interface Written {
  readonly names: Names
  readonly key: string
  readonly origin: Origin
}

/** Finds the hosts and services that relations name. What is not there is a problem. */
export class RelationMembers {
  readonly #parts: MemberParts
  #servicesByHost: ReadonlyMap<string, readonly string[]> | undefined

  constructor(parts: MemberParts) {
    this.#parts = parts
  }

  hosts(side: Selection, keys: SelectionKeys, origin: Origin): readonly string[] {
    const { groups, hosts } = this.#parts
    const found = new Set<string>()
    const named = { names: side.hosts, key: keys.hosts, origin }
    for (const [index, name] of asList(side.hosts).entries()) {
      const fitting = isGlob(name)
        ? [...hosts.keys()].filter((host) => fitsGlob(name, host))
        : hosts.has(name)
          ? [name]
          : this.#refuse(
              named,
              index,
              `unknown host '${name}'`,
              didYouMean(name, hosts.keys()) ?? 'define it under hosts',
            )
      for (const host of fitting) found.add(host)
    }
    const grouped = { names: side.hostGroups, key: keys.hostGroups, origin }
    for (const host of this.#members(groups.host, grouped, 'host group')) found.add(host)
    return [...found]
  }

  services(side: Selection, keys: SelectionKeys, origin: Origin): readonly CheckId[] {
    const found = new Set<CheckId>()
    const isOnHosts = side.hosts !== undefined || side.hostGroups !== undefined
    const named = { names: side.services, key: keys.services, origin }
    if (isOnHosts) {
      const hosts = this.hosts(side, keys, origin)
      for (const id of this.onHosts(hosts, named)) found.add(id)
    } else {
      for (const [index, name] of asList(side.services).entries()) {
        const id = parseServiceId(name)
        if (id !== undefined && this.#parts.services.has(id)) found.add(id)
        else this.#refuse(named, index, `unknown service '${name}'`, 'write host/service')
      }
    }
    const grouped = { names: side.serviceGroups, key: keys.serviceGroups, origin }
    for (const id of this.#members(this.#parts.groups.service, grouped, 'service group'))
      found.add(id as CheckId)
    return [...found]
  }

  /** Whether it is host/service, not a name alone; a name may hold a `/`, too. */
  isReference(name: string): boolean {
    const id = parseServiceId(name)
    return id !== undefined && this.#parts.services.has(id)
  }

  /** Services of these names on each of the hosts. */
  onHosts(hosts: readonly string[], named: Written): readonly CheckId[] {
    const { services } = this.#parts
    return asList(named.names).flatMap((name, index) =>
      hosts.flatMap((host) => {
        if (isGlob(name)) {
          return this.#namesOn(host)
            .filter((one) => fitsGlob(name, one))
            .map((one) => serviceCheckId(host, one))
        }
        const id = serviceCheckId(host, name)
        if (services.has(id)) return [id]
        return this.#refuse(
          named,
          index,
          `host '${host}' has no service '${name}'`,
          didYouMean(name, this.#namesOn(host)) ?? knownOn(this.#namesOn(host)),
        )
      }),
    )
  }

  #members(groups: ReadonlyMap<string, Group>, written: Written, word: string): readonly string[] {
    return asList(written.names).flatMap((name, index) => {
      const group = groups.get(name)
      if (group !== undefined) return group.members
      return this.#refuse(
        written,
        index,
        `unknown ${word} '${name}'`,
        didYouMean(name, groups.keys()) ?? `define it under ${word.replace(' g', 'G')}s`,
      )
    })
  }

  #refuse(
    { names, key, origin }: Written,
    index: number,
    message: string,
    hint: string | undefined,
  ): readonly [] {
    const path = typeof names === 'string' ? [key] : [key, index]
    this.#parts.problems.add(origin.place(path), message, hint)
    return []
  }

  #namesOn(host: string): readonly string[] {
    this.#servicesByHost ??= namesByHost(this.#parts.services.keys())
    return this.#servicesByHost.get(host) ?? []
  }
}

const SHOWN_MAX = 10

function knownOn(services: readonly string[]): string {
  if (services.length === 0) return 'it has none'
  const more = services.length > SHOWN_MAX ? ' ...' : ''
  return `it has ${services.slice(0, SHOWN_MAX).join(', ')}${more}`
}

function isGlob(name: string): boolean {
  return /[*?]/.test(name)
}

function namesByHost(ids: Iterable<CheckId>): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>()
  for (const id of ids) {
    const { host, service = '' } = checkNameOf(id)
    const known = names.get(host)
    if (known === undefined) names.set(host, [service])
    else known.push(service)
  }
  return names
}
