import { serviceCheckId, type CheckId } from '../domain/check-id.ts'
import { CheckPlanner, type CheckPlan, type ServiceValues } from './check-plan.ts'
import { compileCondition, variableName, type Variables } from './condition.ts'
import {
  asList,
  type Definition,
  type Definitions,
  type Origin,
  type ValueOf,
} from './definitions.ts'
import type { Expander } from './expansion.ts'
import { upperCased, type HostDraft } from './host-drafts.ts'
import { Inheritance, type Resolved } from './inheritance.ts'
import { lookupFor, type SharedMacros } from './macro-values.ts'
import { nameFault } from './names.ts'
import type { Problems } from './problem.ts'
import { SharedFaults } from './shared-faults.ts'

/** What all services of one definition share. */
export interface ServiceTraits {
  readonly values: ServiceValues
  readonly resolved: Resolved<ServiceValues>
  readonly plan: CheckPlan
  readonly variables: Variables
  readonly origin: Origin
}

export interface ServiceDraft {
  readonly id: CheckId
  readonly host: HostDraft
  readonly name: string
  readonly item: string | undefined
  readonly traits: ServiceTraits
}

export interface ServiceTools {
  readonly planner: CheckPlanner
  readonly expander: Expander
  readonly shared: SharedMacros
  readonly problems: Problems
}

/** Every service of every host: those written for a host first, then those that rules add. Rules CF12 and CF13 of docs/spec/configuration.md. */
export function draftServices(
  definitions: Definitions,
  hosts: ReadonlyMap<string, HostDraft>,
  tools: ServiceTools,
): ReadonlyMap<CheckId, ServiceDraft> {
  const drafter = new ServiceDrafter(definitions, hosts, tools)
  for (const [host, services] of definitions.hostServices) {
    for (const definition of services) drafter.written(definition, [host])
  }
  for (const definition of definitions.services.values()) {
    const { host, hosts: more } = definition.value
    drafter.written(definition, [...new Set([...asList(host), ...asList(more)])])
  }
  for (const rule of definitions.apply.values()) drafter.applied(rule)
  return drafter.finish()
}

class ServiceDrafter {
  readonly #hosts: ReadonlyMap<string, HostDraft>
  readonly #tools: ServiceTools
  readonly #inheritance: Inheritance<ServiceValues>
  readonly #drafts = new Map<CheckId, ServiceDraft>()
  readonly #applied = new Set<CheckId>()
  readonly #faults = new SharedFaults()

  constructor(
    definitions: Definitions,
    hosts: ReadonlyMap<string, HostDraft>,
    tools: ServiceTools,
  ) {
    this.#hosts = hosts
    this.#tools = tools
    this.#inheritance = new Inheritance(definitions.serviceTemplates)
  }

  written(
    definition: Definition<ValueOf<'services'> | ServiceValues>,
    hosts: readonly string[],
  ): void {
    const { value, origin } = definition
    const { host: _, hosts: __, name: given, ...own } = value as ValueOf<'services'>
    const name = given ?? definition.name
    if (hosts.length === 0) {
      this.#tools.problems.add(
        origin.place(),
        `service '${definition.name}' is on no host`,
        'write `host: name`, or use `apply` for every host where a condition holds',
      )
    }
    if (!this.#isName(name, definition)) return
    const resolved = this.#inheritance.resolve(own, { origin, path: [] })
    const traits = this.#traits(resolved, origin, `service '${definition.name}'`)
    for (const host of hosts) {
      const draft = this.#hosts.get(host)
      if (draft !== undefined)
        this.#add({ id: serviceCheckId(host, name), host: draft, name, item: undefined, traits })
    }
  }

  applied(rule: Definition<ValueOf<'apply'>>): void {
    const { where, forEach, service } = rule.value
    if (where === undefined || service === undefined) return
    const isWanted = compileCondition(where)
    const resolved = this.#inheritance.resolve(service, { origin: rule.origin, path: ['service'] })
    const traits = this.#traits(resolved, rule.origin, `the service of apply rule '${rule.name}'`)
    const variable = forEach === undefined ? undefined : variableName(forEach)
    const nameTemplate =
      rule.value.name ?? (variable === undefined ? rule.name : `${rule.name} $ITEM$`)
    for (const host of this.#hosts.values()) {
      if (!isWanted(host)) continue
      for (const item of itemsOf(host, variable)) {
        const name = this.#nameOn(host, rule, { nameTemplate, item, traits })
        if (name === undefined || !this.#isName(name, rule)) continue
        this.#addApplied({ id: serviceCheckId(host.name, name), host, name, item, traits })
      }
    }
  }

  finish(): ReadonlyMap<CheckId, ServiceDraft> {
    this.#faults.report(this.#tools.problems)
    return this.#drafts
  }

  #traits(resolved: Resolved<ServiceValues>, origin: Origin, what: string): ServiceTraits {
    const { values } = resolved
    if (values.checkCommand === undefined) {
      this.#tools.problems.add(
        origin.place(),
        `${what} has no checkCommand`,
        'write `checkCommand: passive` when its results come from outside',
      )
    }
    return {
      values,
      resolved,
      plan: this.#tools.planner.plan(resolved),
      variables: upperCased(values.variables),
      origin,
    }
  }

  #nameOn(
    host: HostDraft,
    rule: Definition<unknown>,
    of: {
      readonly nameTemplate: string
      readonly item: string | undefined
      readonly traits: ServiceTraits
    },
  ): string | undefined {
    if (!of.nameTemplate.includes('$')) return of.nameTemplate
    const service = {
      name: rule.name,
      displayName: rule.name,
      groups: [],
      variables: of.traits.variables,
      notes: '',
      notesUrl: '',
      actionUrl: '',
      maxAttempts: of.traits.plan.maxAttempts,
      isVolatile: false,
      item: of.item,
    }
    const lookup = lookupFor(this.#tools.shared, host, service, [])
    let isComplete = true
    const refuse = (macro: string, message: string, hint: string | undefined): void => {
      isComplete = false
      this.#faults.add(rule.origin.place(['name']), macro, message, hint)
    }
    const { text, hasRuntimeMacros } = this.#tools.expander.text(of.nameTemplate, lookup, refuse)
    if (hasRuntimeMacros)
      refuse('runtime', 'what only a run knows cannot stand in a name', undefined)
    return isComplete ? text : undefined
  }

  #isName(name: string, definition: Definition<unknown>): boolean {
    const fault = nameFault(name)
    if (fault === undefined) return true
    this.#faults.add(
      definition.origin.place(['name']),
      name,
      `'${name}' is no name of a service: ${fault}`,
      undefined,
    )
    return false
  }

  #add(draft: ServiceDraft): void {
    const before = this.#drafts.get(draft.id)
    if (before === undefined) this.#drafts.set(draft.id, draft)
    else this.#refuseTwice(before, draft)
  }

  /** What is written for the host itself stands; two rules must not give one name. */
  #addApplied(draft: ServiceDraft): void {
    const before = this.#drafts.get(draft.id)
    if (before !== undefined) {
      if (this.#applied.has(draft.id)) this.#refuseTwice(before, draft)
      return
    }
    this.#applied.add(draft.id)
    this.#drafts.set(draft.id, draft)
  }

  #refuseTwice(before: ServiceDraft, again: ServiceDraft): void {
    const { file, line, column } = before.traits.origin.place()
    this.#faults.add(
      again.traits.origin.place(),
      `twice ${file}:${line}`,
      `service '${again.host.name}/${again.name}' is defined twice, first at ${file}:${line}:${column}`,
      'rename one of them',
    )
  }
}

/** Without `forEach` once; with it once for each item, and not at all when the host has no such variable. */
function itemsOf(host: HostDraft, variable: string | undefined): readonly (string | undefined)[] {
  if (variable === undefined) return [undefined]
  const value = Object.hasOwn(host.variables, variable) ? host.variables[variable] : undefined
  return value === undefined ? [] : [value].flat().map(String)
}
