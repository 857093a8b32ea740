import { flagOf, isWritten, optionsOf, valueOf } from './definition.ts'
import type {
  NagiosDependency,
  NagiosHostDependency,
  NagiosServiceDependency,
  ResolvedDefinition,
} from './objects.ts'
import {
  DEPENDENT,
  MASTER,
  hostsOf,
  servicesOf,
  type FoundServices,
  type Side,
  type Targets,
} from './relation-targets.ts'
import { refuse, warn } from './resolution.ts'
import type { HostEntry, ServiceInstance } from './services.ts'

/** One dependency for each pair; those of hosts that say nothing, and those on unknown hosts, make none, as in Nagios. */
export function hostDependencies(
  targets: Targets,
  definitions: readonly ResolvedDefinition[],
): readonly NagiosHostDependency[] {
  const found: NagiosHostDependency[] = []
  for (const definition of definitions) {
    const sides = hostPairs(targets, definition)
    if (sides === undefined || !definition.written.isRegistered) continue
    const options = dependencyOptions(definition)
    if (options.executionOptions === undefined && options.notificationOptions === undefined) {
      const message = 'has no effect: it has no failure criteria'
      warn(targets.resolution, definition, { message })
      continue
    }
    for (const host of sides.masters) {
      if (!targets.resolution.budget.take(sides.dependents.size, definition)) return found
      for (const dependent of sides.dependents) {
        found.push({ ...options, hostName: host.name, dependentHostName: dependent.name })
      }
    }
  }
  return found
}

interface HostPairs {
  readonly masters: ReadonlySet<HostEntry>
  readonly dependents: ReadonlySet<HostEntry>
}

/** Unknown names are no more than a warning here unless empty groups are forbidden: Nagios goes on without the dependency. */
function hostPairs(targets: Targets, definition: ResolvedDefinition): HostPairs | undefined {
  const isNothingNamed = [MASTER, DEPENDENT].every(({ host, hostGroup }) =>
    [host, hostGroup].every((directive) => valueOf(definition, directive) === undefined),
  )
  if (isNothingNamed) return undefined
  const { resolution } = targets
  const isStrict = resolution.settings.allowEmptyHostgroupAssignment === 0
  const lenient = { ...resolution, problems: isStrict ? resolution.problems : resolution.warnings }
  const expanded = { ...targets, resolution: lenient }
  const masters = hostsOf(expanded, definition, MASTER)
  const dependents = hostsOf(expanded, definition, DEPENDENT)
  if (masters === undefined || dependents === undefined) return undefined
  if (masters.size > 0 && dependents.size > 0) return { masters, dependents }
  const side = masters.size === 0 ? MASTER : DEPENDENT
  const message = `has no effect: '${side.host}' names no host`
  if (isStrict) refuse(resolution, definition, { directive: side.host, message })
  else warn(resolution, definition, { directive: side.host, message })
  return undefined
}

function dependencyOptions(definition: ResolvedDefinition): NagiosDependency {
  const criteria = (directive: string): string | undefined =>
    isWritten(definition, directive) ? optionsOf(definition, directive) : undefined
  return {
    definition,
    inheritsParent: flagOf(definition, 'inherits_parent', false),
    period: valueOf(definition, 'dependency_period'),
    executionOptions: criteria('execution_failure_criteria'),
    notificationOptions: criteria('notification_failure_criteria'),
  }
}

type ServicePair = readonly [master: ServiceInstance, dependent: ServiceInstance]

/** One dependency for each pair. Without hosts on one side, both services are on one host. */
export function serviceDependencies(
  targets: Targets,
  definitions: readonly ResolvedDefinition[],
): readonly NagiosServiceDependency[] {
  const found: NagiosServiceDependency[] = []
  for (const definition of definitions) {
    if (!definition.written.isRegistered) continue
    const pairs = servicePairs(targets, definition)
    const options = dependencyOptions(definition)
    if (options.executionOptions === undefined && options.notificationOptions === undefined) {
      const message = 'has no effect: it has no failure criteria'
      if (pairs !== undefined) warn(targets.resolution, definition, { message })
      continue
    }
    const seen = new Map<ServiceInstance, Set<ServiceInstance>>()
    for (const [master, dependent] of pairs ?? []) {
      if (!targets.resolution.budget.take(1, definition)) return found
      let known = seen.get(master)
      if (known === undefined) seen.set(master, (known = new Set()))
      if (known.has(dependent)) continue
      known.add(dependent)
      found.push({
        ...options,
        hostName: master.host.name,
        description: master.description,
        dependentHostName: dependent.host.name,
        dependentDescription: dependent.description,
      })
    }
  }
  return found
}

function servicePairs(
  targets: Targets,
  definition: ResolvedDefinition,
): Iterable<ServicePair> | undefined {
  const names = (side: Side): boolean =>
    [side.host, side.hostGroup, side.serviceGroup].some(
      (directive) => valueOf(definition, directive) !== undefined,
    )
  const [hasMaster, hasDependent] = [names(MASTER), names(DEPENDENT)]
  const dependentText = valueOf(definition, DEPENDENT.service)
  if (!hasDependent && (!hasMaster || dependentText === undefined)) {
    const hint = 'name hosts of one side at least, and both services'
    refuse(targets.resolution, definition, { message: 'names no pair of services', hint })
    return undefined
  }
  if (hasMaster && hasDependent) {
    const masters = taken(targets, definition, servicesOf(targets, definition, MASTER))
    const dependents = taken(targets, definition, servicesOf(targets, definition, DEPENDENT))
    if (masters === undefined || dependents === undefined) return undefined
    return everyPair(masters, dependents)
  }
  return onOneHost(targets, definition, hasMaster)
}

function taken(
  targets: Targets,
  definition: ResolvedDefinition,
  found: FoundServices,
): ReadonlySet<ServiceInstance> | undefined {
  if (found.kind === 'found') return found.services
  if (found.kind === 'incomplete')
    refuse(targets.resolution, definition, { message: found.message })
  return undefined
}

function* everyPair(
  masters: ReadonlySet<ServiceInstance>,
  dependents: ReadonlySet<ServiceInstance>,
): Iterable<ServicePair> {
  for (const master of masters) for (const dependent of dependents) yield [master, dependent]
}

/** The side that has hosts is expanded, the other one's services are looked for on the same hosts. */
function onOneHost(
  targets: Targets,
  definition: ResolvedDefinition,
  hasMaster: boolean,
): Iterable<ServicePair> | undefined {
  const known = hasMaster ? MASTER : DEPENDENT
  const other = (hasMaster ? DEPENDENT : MASTER).service
  const first = taken(targets, definition, servicesOf(targets, definition, known))
  const text = valueOf(definition, other)
  if (first === undefined || text === undefined) return undefined
  const pairs: ServicePair[] = []
  for (const one of first) {
    const rejected = new Set<ServiceInstance>()
    const place = { definition, directive: other, rejected }
    for (const found of targets.services.expandOnHost(one.host.name, text, place)) {
      if (!targets.resolution.budget.take(1, definition)) return pairs
      if (!rejected.has(found)) pairs.push(hasMaster ? [one, found] : [found, one])
    }
  }
  return pairs
}
