import { checkNameOf } from '../domain/check-id.ts'
import type { Fleet } from '../domain/fleet.ts'
import type {
  Dependency,
  Escalation,
  HostDependency,
  HostEscalation,
  ServiceDependency,
  ServiceEscalation,
} from '../domain/relations.ts'
import { optionLetters } from './check-plan.ts'
import {
  asList,
  type Definition,
  type Definitions,
  type Origin,
  type ValueOf,
} from './definitions.ts'
import { durationMs } from './duration.ts'
import {
  RelationMembers,
  type MemberParts,
  type Selection,
  type SelectionKeys,
} from './relation-members.ts'

type Relations = Pick<
  Fleet,
  'hostDependencies' | 'serviceDependencies' | 'hostEscalations' | 'serviceEscalations'
>

/** More pairs than these in one fleet are refused: two groups of thousands make millions. */
const PAIRS_MAX = 500_000

/** Every dependency and escalation, one for each pair or object. Equal ones are one. */
export function resolveRelations(definitions: Definitions, parts: MemberParts): Relations {
  const resolver = new RelationResolver(parts)
  for (const one of definitions.hostDependencies.values()) resolver.hostDependency(one)
  for (const one of definitions.serviceDependencies.values()) resolver.serviceDependency(one)
  for (const one of definitions.hostEscalations.values()) resolver.hostEscalation(one)
  for (const one of definitions.serviceEscalations.values()) resolver.serviceEscalation(one)
  return resolver
}

class RelationResolver implements Relations {
  readonly hostDependencies = new Map<string, HostDependency>()
  readonly serviceDependencies = new Map<string, ServiceDependency>()
  readonly hostEscalations = new Map<string, HostEscalation>()
  readonly serviceEscalations = new Map<string, ServiceEscalation>()
  readonly #members: RelationMembers
  readonly #parts: MemberParts
  #pairs = 0

  constructor(parts: MemberParts) {
    this.#parts = parts
    this.#members = new RelationMembers(parts)
  }

  hostDependency({ value, origin }: Definition<ValueOf<'hostDependencies'>>): void {
    const traits = dependencyTraits(value)
    const needed = this.#members.hosts(value, NEEDED, origin)
    const dependents = this.#members.hosts(dependentSide(value), DEPENDENT, origin)
    if (!this.#admits(needed.length * dependents.length, origin)) return
    for (const host of needed) {
      for (const dependent of dependents) {
        if (host === dependent) this.#refuseItself(origin, host)
        else putDependency(this.hostDependencies, { host, dependent, ...traits })
      }
    }
  }

  serviceDependency({ value, origin }: Definition<ValueOf<'serviceDependencies'>>): void {
    const traits = dependencyTraits(value)
    const needed = this.#members.services(value, NEEDED, origin)
    const side = dependentSide(value)
    const isSameHost =
      side.hosts === undefined &&
      side.hostGroups === undefined &&
      !asList(side.services).some((name) => this.#members.isReference(name))
    const anywhere = isSameHost
      ? this.#members.services({ ...side, services: undefined }, DEPENDENT, origin)
      : this.#members.services(side, DEPENDENT, origin)
    if (!this.#admits(needed.length * Math.max(1, anywhere.length), origin)) return
    const named = { names: side.services, key: DEPENDENT.services, origin }
    for (const service of needed) {
      const beside = isSameHost ? this.#members.onHosts([checkNameOf(service).host], named) : []
      for (const dependent of [...anywhere, ...beside]) {
        if (service === dependent) this.#refuseItself(origin, service.replace('!', '/'))
        else putDependency(this.serviceDependencies, { service, dependent, ...traits })
      }
    }
  }

  hostEscalation({ value, origin }: Definition<ValueOf<'hostEscalations'>>): void {
    const traits = escalationTraits(value)
    const hosts = this.#members.hosts(value, NEEDED, origin)
    if (!this.#admits(hosts.length, origin)) return
    for (const host of hosts) put(this.hostEscalations, { host, ...traits })
  }

  serviceEscalation({ value, origin }: Definition<ValueOf<'serviceEscalations'>>): void {
    const traits = escalationTraits(value)
    const services = this.#members.services(value, NEEDED, origin)
    if (!this.#admits(services.length, origin)) return
    for (const service of services) put(this.serviceEscalations, { service, ...traits })
  }

  #admits(pairs: number, origin: Origin): boolean {
    this.#pairs += pairs
    if (this.#pairs <= PAIRS_MAX) return true
    this.#parts.problems.add(
      origin.place(),
      `dependencies and escalations stand for more than ${PAIRS_MAX} pairs`,
      'name fewer hosts, or use parents',
    )
    return false
  }

  #refuseItself(origin: Origin, name: string): void {
    this.#parts.problems.add(origin.place(), `'${name}' depends on itself`)
  }
}

const NEEDED: SelectionKeys = {
  hosts: 'hosts',
  hostGroups: 'hostGroups',
  services: 'services',
  serviceGroups: 'serviceGroups',
}
const DEPENDENT: SelectionKeys = {
  hosts: 'dependentHosts',
  hostGroups: 'dependentHostGroups',
  services: 'dependentServices',
  serviceGroups: 'dependentServiceGroups',
}

function dependentSide(
  value: ValueOf<'hostDependencies'> & Partial<ValueOf<'serviceDependencies'>>,
): Selection {
  return {
    hosts: value.dependentHosts,
    hostGroups: value.dependentHostGroups,
    services: value.dependentServices,
    serviceGroups: value.dependentServiceGroups,
  }
}

function put<R extends object>(relations: Map<string, R>, relation: R): void {
  relations.set(JSON.stringify(relation), relation)
}

/** What is said of one pair for the same times is one dependency. */
function putDependency<D extends Dependency>(dependencies: Map<string, D>, one: D): void {
  const { executionFailureOptions, notificationFailureOptions, ...pair } = one
  const key = JSON.stringify(pair)
  const before = dependencies.get(key)
  if (before === undefined) dependencies.set(key, one)
  else
    dependencies.set(key, {
      ...before,
      executionFailureOptions: union(before.executionFailureOptions, executionFailureOptions),
      notificationFailureOptions: union(
        before.notificationFailureOptions,
        notificationFailureOptions,
      ),
    })
}

function union(a: string, b: string): string {
  return [...new Set(a + b)].sort().join('')
}

/** Without options a dependency stops nothing, as in Nagios. */
function dependencyTraits(value: ValueOf<'hostDependencies'>): Dependency {
  return {
    inheritsParent: value.inheritsParent ?? false,
    executionFailureOptions: statesOf(value.executionFailureOptions),
    notificationFailureOptions: statesOf(value.notificationFailureOptions),
    period: value.dependencyPeriod,
  }
}

function statesOf(written: string | readonly string[] | undefined): string {
  return written === undefined ? '' : optionLetters(written)
}

function escalationTraits(
  value: ValueOf<'hostEscalations'> | ValueOf<'serviceEscalations'>,
): Escalation {
  const { notificationInterval } = value
  return {
    firstNotification: value.firstNotification ?? 1,
    lastNotification: value.lastNotification ?? 0,
    intervalMs: notificationInterval === undefined ? undefined : durationMs(notificationInterval),
    period: value.escalationPeriod,
    options: optionLetters(value.escalationOptions),
    contacts: [...asList(value.contacts)].sort(),
    contactGroups: [...asList(value.contactGroups)].sort(),
  }
}
