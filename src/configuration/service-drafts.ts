import { serviceCheckId, type CheckId } from '../domain/check-id.ts'
import { CheckPlanner, type CheckPlan, type ServiceValues } from './check-plan.ts'
import type { CompileMemory } from './compile-memory.ts'
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
import { Inheritance, type Resolved, type Source } from './inheritance.ts'
import { lookupFor, type SharedMacros } from './macro-values.ts'
import type { Membership } from './membership.ts'
import { nameFault } from './names.ts'
import type { Place, Problems } from './problem.ts'
import { checkParents, parentsOf } from './service-parents.ts'
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
  readonly groups: readonly string[]
  /** Services that it needs; whether they exist is not known yet. */
  readonly parents: readonly CheckId[]
}

export type NamedDraft = Omit<ServiceDraft, 'groups' | 'parents'>

export interface ServiceTools {
  readonly membership: Membership
  readonly memory: CompileMemory
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
  drafter.ofTemplates(definitions.hostTemplates)
  for (const { name, value, origin } of definitions.apply.values()) {
    const { where, forEach, service } = value
    if (where === undefined || service === undefined) continue
    const rule = {
      what: `the service of apply rule '${name}'`,
      key: name,
      name: value.name,
      forEach,
      service,
      written: service,
      source: { origin, path: ['service'] },
    }
    drafter.applied(rule, hosts.values().filter(compileCondition(where)))
  }
  const drafts = drafter.finish()
  checkParents(drafts, tools.problems)
  return drafts
}

/** A service that several hosts get by a rule or a template. */
interface Rule {
  /** For problems. */
  readonly what: string
  readonly key: string
  readonly name: string | null | undefined
  readonly forEach: string | null | undefined
  readonly service: ValueOf<'serviceTemplates'>
  /** The same object for the same text, see `CompileMemory`. */
  readonly written: object
  readonly source: Source
}

interface PreparedRule {
  readonly key: string
  readonly origin: Origin
  readonly placeOfName: () => Place
  readonly traits: ServiceTraits
  /** Of the host, for `forEach`. */
  readonly variable: string | undefined
  readonly nameTemplate: string
}

class ServiceDrafter {
  readonly #hosts: ReadonlyMap<string, HostDraft>
  readonly #tools: ServiceTools
  readonly #inheritance: Inheritance<ValueOf<'serviceTemplates'>>
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
    definition: Definition<ValueOf<'services'> | ValueOf<'serviceTemplates'>>,
    hosts: readonly string[],
  ): void {
    const { value, origin } = definition
    const name = ('name' in value ? value.name : undefined) ?? definition.name
    if (hosts.length === 0) {
      this.#tools.problems.add(
        origin.place(),
        `service '${definition.name}' is on no host`,
        'write `host: name`, or use `apply` for every host where a condition holds',
      )
    }
    if (!this.#isName(name, () => origin.place(['name']))) return
    const traits = this.#tools.memory.traits(definition, () => {
      const { host: _, hosts: __, name: ___, ...own } = value as ValueOf<'services'>
      const resolved = this.#inheritance.resolve(own, { origin, path: [] })
      return this.#traits(resolved, { origin, path: [] }, `service '${definition.name}'`)
    })
    for (const host of hosts) {
      const draft = this.#hosts.get(host)
      if (draft !== undefined)
        this.#add({ id: serviceCheckId(host, name), host: draft, name, item: undefined, traits })
    }
  }

  /** A nearer template stands before a farther one, and both before rules. */
  ofTemplates(templates: Definitions['hostTemplates']): void {
    const prepared = new Map<string, readonly PreparedRule[]>()
    for (const { name, value, origin } of templates.values()) {
      if (value.services === undefined || value.services === null) continue
      const rules = Object.entries(value.services).map(([key, written]) => {
        const { name: given, forEach, ...service } = written
        return this.#prepared({
          what: `service '${key}' of host template '${name}'`,
          key,
          name: given,
          forEach,
          service,
          written,
          source: { origin, path: ['services', key] },
        })
      })
      prepared.set(name, rules)
    }
    if (prepared.size === 0) return
    for (const host of this.#hosts.values()) {
      for (const template of host.templates) {
        for (const rule of prepared.get(template) ?? []) this.#onHost(rule, host)
      }
    }
  }

  applied(rule: Rule, hosts: Iterable<HostDraft>): void {
    const prepared = this.#prepared(rule)
    for (const host of hosts) this.#onHost(prepared, host, this.#applied)
  }

  #prepared(rule: Rule): PreparedRule {
    const { source, service, key } = rule
    const variable =
      rule.forEach === undefined || rule.forEach === null ? undefined : variableName(rule.forEach)
    return {
      key,
      origin: source.origin,
      placeOfName: () => placeOfRuleName(rule),
      traits: this.#tools.memory.traits(rule.written, () =>
        this.#traits(this.#inheritance.resolve(service, source), source, rule.what),
      ),
      variable,
      nameTemplate: rule.name ?? (variable === undefined ? key : `${key} $ITEM$`),
    }
  }

  /** What is there already stands; within `exclusive`, the same name twice is a problem. */
  #onHost(rule: PreparedRule, host: HostDraft, exclusive?: Set<CheckId>): void {
    for (const item of itemsOf(host, rule.variable)) {
      const name = this.#nameOn(host, rule, item)
      if (name === undefined || !this.#isName(name, rule.placeOfName)) continue
      const draft = { id: serviceCheckId(host.name, name), host, name, item, traits: rule.traits }
      const before = this.#drafts.get(draft.id)
      if (before === undefined) {
        exclusive?.add(draft.id)
        this.#drafts.set(draft.id, this.#completed(draft))
      } else if (exclusive?.has(draft.id) === true) this.#refuseTwice(before, draft)
    }
  }

  finish(): ReadonlyMap<CheckId, ServiceDraft> {
    this.#faults.report(this.#tools.problems)
    return this.#drafts
  }

  #traits(
    resolved: Resolved<ServiceValues>,
    { origin, path }: Source,
    what: string,
  ): ServiceTraits {
    const { values } = resolved
    if (values.checkCommand === undefined) {
      this.#tools.problems.add(
        isOfTemplate(path) ? origin.keyPlace(path) : origin.place(),
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

  #nameOn(host: HostDraft, rule: PreparedRule, item: string | undefined): string | undefined {
    if (!rule.nameTemplate.includes('$')) return rule.nameTemplate
    const service = {
      name: rule.key,
      displayName: rule.key,
      groups: [],
      variables: rule.traits.variables,
      notes: '',
      notesUrl: '',
      actionUrl: '',
      maxAttempts: rule.traits.plan.maxAttempts,
      isVolatile: false,
      importance: 0,
      checkCommand: '',
      item,
    }
    const lookup = lookupFor(this.#tools.shared, host, service, [])
    let isComplete = true
    const refuse = (macro: string, message: string, hint: string | undefined): void => {
      isComplete = false
      this.#faults.add(rule.placeOfName(), macro, message, hint)
    }
    const { text, hasRuntimeMacros } = this.#tools.expander.text(rule.nameTemplate, lookup, refuse)
    if (hasRuntimeMacros)
      refuse('runtime', 'what only a run knows cannot stand in a name', undefined)
    return isComplete ? text : undefined
  }

  #isName(name: string, placeOfName: () => Place): boolean {
    const fault = nameFault(name, 'service')
    if (fault === undefined) return true
    this.#faults.add(placeOfName(), name, `'${name}' is no name of a service: ${fault}`, undefined)
    return false
  }

  #add(draft: NamedDraft): void {
    const before = this.#drafts.get(draft.id)
    if (before === undefined) this.#drafts.set(draft.id, this.#completed(draft))
    else this.#refuseTwice(before, draft)
  }

  #completed(draft: NamedDraft): ServiceDraft {
    const { values } = draft.traits
    const own = asList(values.groups)
    const groups = this.#tools.membership.add(draft.id, own, `${draft.host.name}/${draft.name}`)
    return this.#tools.memory.service(draft, groups, () => ({
      ...draft,
      groups,
      parents: parentsOf(draft),
    }))
  }

  #refuseTwice(before: ServiceDraft, again: NamedDraft): void {
    const { file, line, column } = before.traits.origin.place()
    this.#faults.add(
      again.traits.origin.place(),
      `twice ${file}:${line}`,
      `service '${again.host.name}/${again.name}' is defined twice, first at ${file}:${line}:${column}`,
      'rename one of them',
    )
  }
}

/** A template has several services, an apply rule one. */
function isOfTemplate(path: Source['path']): boolean {
  return path.length > 1
}

/** Of the name, or of the key that stands for it. */
function placeOfRuleName({ name, source: { origin, path } }: Rule): Place {
  if (!isOfTemplate(path)) return origin.place(['name'])
  return name === undefined ? origin.keyPlace(path) : origin.place([...path, 'name'])
}

/** Without `forEach` once; with it once for each item, and not at all when the host has no such variable. */
function itemsOf(host: HostDraft, variable: string | undefined): readonly (string | undefined)[] {
  if (variable === undefined) return [undefined]
  const value = Object.hasOwn(host.variables, variable) ? host.variables[variable] : undefined
  return value === undefined ? [] : [value].flat().map(String)
}
