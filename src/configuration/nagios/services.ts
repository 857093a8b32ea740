import { itemsOf, placeOf, trimmed, valueOf } from './definition.ts'
import type { Group } from './groups.ts'
import {
  byBytes,
  PATTERN_COST,
  type Expanded,
  type ListPlace,
  type Named,
  type NameSpace,
  type Patterns,
} from './name-space.ts'
import type { ResolvedDefinition } from './objects.ts'
import { note, refuse, SERVICE_COST, warn, type Resolution } from './resolution.ts'

export type HostEntry = Named
export type HostGroup = Group<HostEntry>

/** One service of one host. */
export interface ServiceInstance {
  readonly definition: ResolvedDefinition
  readonly host: HostEntry
  readonly description: string
  readonly isFromGroup: boolean
  /** What `serviceextinfo` adds, by directive. */
  extended: Map<string, string> | undefined
  /** Names of its service groups. */
  groups: Set<string> | undefined
}

/** Services of one host. */
interface HostServices {
  /** Those that stand, by description. */
  readonly real: Map<string, ServiceInstance>
  /** With those that lost against another of the same name: `*` finds them too. */
  readonly all: ServiceInstance[]
}

const NO_SERVICES: HostServices = { real: new Map(), all: [] }

/** Makes services of definitions, one for each host that is meant, and finds them again. */
export class Services {
  readonly #resolution: Resolution
  readonly #hosts: NameSpace<HostEntry>
  readonly #hostGroups: NameSpace<HostGroup>
  readonly #patterns: Patterns
  readonly #byHost = new Map<string, HostServices>()
  /** In the order in which Nagios keeps them, those that lost too. */
  readonly all: readonly ServiceInstance[]

  constructor(
    resolution: Resolution,
    spaces: {
      readonly hosts: NameSpace<HostEntry>
      readonly hostGroups: NameSpace<HostGroup>
      readonly patterns: Patterns
    },
    definitions: readonly ResolvedDefinition[],
  ) {
    this.#resolution = resolution
    this.#hosts = spaces.hosts
    this.#hostGroups = spaces.hostGroups
    this.#patterns = spaces.patterns
    this.all = this.#make(definitions)
    this.#index()
  }

  /** All that stand, by host and description. */
  *standing(): Iterable<ServiceInstance> {
    for (const host of [...this.#byHost.keys()].sort(byBytes)) {
      const { real } = this.#byHost.get(host) ?? NO_SERVICES
      for (const description of [...real.keys()].sort(byBytes)) {
        yield real.get(description) as ServiceInstance
      }
    }
  }

  find(host: string, description: string): ServiceInstance | undefined {
    return this.#byHost.get(host)?.real.get(description)
  }

  /**
   * Nagios goes through definitions from the last to the first. Of each, the last host of the last list becomes the definition's own
   * service, the others are copies; copies stand before all own services when two have one name, and only copies count as made by a group.
   */
  #make(definitions: readonly ResolvedDefinition[]): readonly ServiceInstance[] {
    const copies: ServiceInstance[] = []
    const own: ServiceInstance[] = []
    for (const definition of definitions) {
      if (!definition.written.isRegistered) continue
      if (this.#resolution.budget.isSpent) break
      const description = valueOf(definition, 'service_description')
      const hosts = this.#hostsOf(definition)
      if (hosts === undefined) continue
      if (description === undefined || description === '') {
        if (this.#resolution.incomplete.has(definition.written)) continue
        const message = 'has no description'
        refuse(this.#resolution, definition, { message, hint: 'write service_description' })
        continue
      }
      for (const [index, { host, isFromGroup, isLast }] of hosts.entries()) {
        if (!this.#resolution.budget.take(SERVICE_COST, definition)) break
        const isOwn = isLast && index === hosts.length - 1
        const instance: ServiceInstance = {
          definition,
          host,
          description,
          isFromGroup: isFromGroup && !isOwn,
          extended: undefined,
          groups: undefined,
        }
        if (isOwn) own.push(instance)
        else copies.push(instance)
      }
    }
    return [...copies.reverse(), ...own]
  }

  #hostsOf(definition: ResolvedDefinition): readonly Target[] | undefined {
    const hasHosts = valueOf(definition, 'host_name') !== undefined
    const hasGroups = valueOf(definition, 'hostgroup_name') !== undefined
    if (!hasHosts && !hasGroups) {
      if (this.#resolution.incomplete.has(definition.written)) return undefined
      const hint = 'write host_name or hostgroup_name; a template needs `register 0`'
      refuse(this.#resolution, definition, { message: 'is on no host', hint })
      return undefined
    }
    if (hasHosts && !hasGroups) {
      const only = this.#onlyHost(definition)
      if (only !== undefined) return [{ host: only, isFromGroup: false, isLast: true }]
    }
    const rejected = new Set<HostEntry>()
    let groups: Expanded<HostGroup> | undefined
    if (hasGroups) {
      groups = this.#hostGroups.expand(this.#resolution, {
        definition,
        directive: 'hostgroup_name',
      })
      for (const group of groups.rejected) for (const host of group.members) rejected.add(host)
      const isEmpty = groups.members.length === 0 && rejected.size === 0
      if (isEmpty && !groups.isFaulty) this.#reportEmpty(definition)
    }
    const direct = hasHosts
      ? this.#hosts.expand(this.#resolution, { definition, directive: 'host_name' })
      : undefined
    for (const host of direct?.rejected ?? []) rejected.add(host)
    const lists: (readonly HostEntry[])[] = [direct?.members ?? []]
    for (const group of (groups?.members ?? []).toReversed()) lists.push([...group.members])
    return targetsOf(lists, rejected)
  }

  /** The host of a definition that plainly names one: most do, and need no expansion. */
  #onlyHost(definition: ResolvedDefinition): HostEntry | undefined {
    const text = valueOf(definition, 'host_name') ?? ''
    return this.#patterns.isPattern(text) ? undefined : this.#hosts.find(text)
  }

  #reportEmpty(definition: ResolvedDefinition): void {
    const level = this.#resolution.settings.allowEmptyHostgroupAssignment
    const fault = { directive: 'hostgroup_name', message: 'its host groups leave no host' }
    if (level === 0) refuse(this.#resolution, definition, fault)
    else if (level === 2) warn(this.#resolution, definition, fault)
  }

  /** Services written for a host stand before those that a group makes; of equals, the one that Nagios meets first. */
  #index(): void {
    for (const isFromGroup of [false, true]) {
      for (const instance of this.all) {
        if (instance.isFromGroup !== isFromGroup) continue
        const { host, description } = instance
        let services = this.#byHost.get(host.name)
        if (services === undefined) {
          services = { real: new Map(), all: [] }
          this.#byHost.set(host.name, services)
        }
        const standing = services.real.get(description)
        if (standing === undefined) services.real.set(description, instance)
        else this.#warnOfTwo(instance, standing)
      }
    }
    for (const instance of this.all) this.#byHost.get(instance.host.name)?.all.push(instance)
  }

  #warnOfTwo({ definition, host, description }: ServiceInstance, standing: ServiceInstance): void {
    const { file, line } = standing.definition.written
    const message = `service '${description}' on host '${host.name}' is defined twice`
    const hint = `the definition at ${file}:${line} counts`
    note(this.#resolution.warnings, placeOf(definition), { message, hint })
  }

  /** Services of one host by a list of descriptions: `*`, `!`, patterns. Rejected ones are added to `rejected`. */
  expandOnHost(
    host: string,
    text: string,
    place: ListPlace & { readonly rejected: Set<ServiceInstance> },
  ): readonly ServiceInstance[] {
    const members: ServiceInstance[] = []
    const isHostPattern = this.#patterns.isPattern(host)
    const onHost = this.#byHost.get(host)?.all ?? []
    for (const item of itemsOf(text)) {
      if (!this.#resolution.budget.work(1, place.definition)) break
      if (isHostPattern || this.#patterns.isPattern(item)) {
        for (const one of this.#matching(host, item, place)) members.push(one)
      } else if (item === '*') {
        if (!this.#resolution.budget.work(onHost.length, place.definition)) break
        for (const one of onHost) members.push(one)
      } else {
        const isRejected = item.startsWith('!')
        const found = this.find(host, isRejected ? item.slice(1) : item)
        if (found !== undefined) {
          if (isRejected) place.rejected.add(found)
          else members.push(found)
        } else if (!isRejected) this.#refuseUnknown(host, item, place)
      }
    }
    return members
  }

  #matching(host: string, item: string, place: ListPlace): readonly ServiceInstance[] {
    const hostFits = this.#fits(host, place)
    const itemFits = this.#fits(item, place)
    if (hostFits === undefined || itemFits === undefined) return []
    const candidates = this.#patterns.isPattern(host)
      ? this.all
      : (this.#byHost.get(host)?.all ?? [])
    const cost = candidates.length * PATTERN_COST
    if (!this.#resolution.budget.work(cost, place.definition)) return []
    const found = candidates.filter((one) => hostFits(one.host.name) && itemFits(one.description))
    if (found.length === 0) this.#refuseUnknown(host, item, place)
    return found
  }

  #fits(word: string, place: ListPlace): ((text: string) => boolean) | undefined {
    if (!this.#patterns.isPattern(word)) return (text) => text === word
    const pattern = this.#patterns.of(word)
    if (pattern.kind === 'pattern') return pattern.matches
    const message = `the pattern '${word}' is wrong: ${pattern.message}`
    refuse(this.#resolution, place.definition, { directive: place.directive, message })
    return undefined
  }

  #refuseUnknown(host: string, item: string, { definition, directive }: ListPlace): void {
    const isKnownHost = this.#hosts.find(host) !== undefined
    const message = isKnownHost
      ? `unknown service '${item}' on host '${host}'`
      : `unknown host '${host}' for service '${item}'`
    const hint = isKnownHost ? undefined : this.#hosts.nearTo(this.#resolution, host)
    refuse(this.#resolution, definition, { directive, message, hint })
  }

  /** Pairs `host,service,host,service`, as members of service groups and parents of services are written. */
  expandPairs(place: ListPlace): Expanded<ServiceInstance> {
    const parts = (valueOf(place.definition, place.directive) ?? '').split(',').map(trimmed)
    const members = new Set<ServiceInstance>()
    const rejected = new Set<ServiceInstance>()
    let isFaulty = false
    for (let at = 0; at < parts.length;) {
      while (parts[at] === '' && at < parts.length - 1) at++
      const host = parts[at++] as string
      while (parts[at] === '' && at < parts.length - 1) at++
      const text = parts[at++]
      if (text === undefined || host === '') {
        isFaulty = true
        const message = `${place.directive} has no service behind '${host}'`
        const hint = 'write pairs: host,service,host,service'
        refuse(this.#resolution, place.definition, { directive: place.directive, message, hint })
        break
      }
      const found = this.expandOnHost(host, text, { ...place, rejected })
      if (found.length === 0 && rejected.size === 0) isFaulty = true
      for (const one of found) members.add(one)
    }
    return { members: [...members], rejected: [...rejected], isFaulty }
  }
}

interface Target {
  readonly host: HostEntry
  readonly isFromGroup: boolean
  /** It is the last of the last list, whether it is the last that is taken or not. */
  readonly isLast: boolean
}

/** Hosts in the order of the lists, each read from its end, each host once, rejected ones left out. The first list names hosts. */
function targetsOf(
  lists: readonly (readonly HostEntry[])[],
  rejected: ReadonlySet<HostEntry>,
): readonly Target[] {
  const taken = new Set(rejected)
  const targets: Target[] = []
  for (const [index, list] of lists.entries()) {
    for (let at = list.length - 1; at >= 0; at--) {
      const host = list[at] as HostEntry
      if (taken.has(host)) continue
      taken.add(host)
      const isLast = index === lists.length - 1 && at === 0
      targets.push({ host, isFromGroup: index > 0, isLast })
    }
  }
  return targets
}
