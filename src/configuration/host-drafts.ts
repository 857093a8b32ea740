import type { CompileMemory } from './compile-memory.ts'
import type { Definition, Definitions, Origin } from './definitions.ts'
import { asList } from './definitions.ts'
import { variableName, type Variables } from './condition.ts'
import { type CheckPlanner, type CheckPlan, type HostValues } from './check-plan.ts'
import { Inheritance, placeOf, type Resolved } from './inheritance.ts'
import type { HostMacros } from './macro-values.ts'
import type { Membership } from './membership.ts'
import { ObserveRules } from './observe-rules.ts'
import { observedBy, unsaidBy, type Observed } from './observers.ts'
import type { Problems } from './problem.ts'
import { reportCycles } from './cycles.ts'
import { SharedFaults } from './shared-faults.ts'

/** A host with everything but its command filled in. */
export interface HostDraft extends HostMacros, Observed {
  readonly parents: readonly string[]
  readonly collector: string | undefined
  readonly iconImage: string
  readonly importance: number
  /** Of all templates, the nearest first. */
  readonly templates: readonly string[]
  readonly plan: CheckPlan
  readonly resolved: Resolved<HostValues>
  readonly origin: Origin
}

export function draftHosts(
  definitions: Definitions,
  membership: Membership,
  tools: HostTools,
): ReadonlyMap<string, HostDraft> {
  const { memory } = tools
  const inheritance = new Inheritance(definitions.hostTemplates)
  const drafts = new Map<string, HostDraft>()
  const rules = new ObserveRules(definitions)
  const faults = new SharedFaults()
  for (const definition of definitions.hosts.values()) {
    const { name, value, origin } = definition
    const before = memory.hostBefore(definition)
    const resolved = before?.resolved ?? inheritance.resolve(value, { origin, path: [] })
    const { values } = resolved
    const made = {
      ...(before ?? draftOf(definition, resolved, tools.planner)),
      templates: before?.templates ?? inheritance.chain(value.use),
      groups: membership.add(name, asList(values.groups)),
      parents: asList(values.parents)
        .filter((parent) => definitions.hosts.has(parent))
        .sort(),
    }
    const observed = observedBy(resolved, rules.of(made, unsaidBy(resolved), faults))
    drafts.set(name, memory.host(definition, { ...made, ...observed }))
  }
  faults.report(tools.problems)
  reportCycles(
    {
      word: 'host',
      edges: new Map([...drafts].map(([name, draft]) => [name, draft.parents])),
      placeOf: (name) => {
        const draft = drafts.get(name)
        return draft === undefined ? undefined : placeOf(draft.resolved, 'parents')
      },
    },
    tools.problems,
  )
  return drafts
}

export interface HostTools {
  readonly planner: CheckPlanner
  readonly memory: CompileMemory
  readonly problems: Problems
}

function draftOf(
  { name, origin }: Definition<unknown>,
  resolved: Resolved<HostValues>,
  planner: CheckPlanner,
): Omit<HostDraft, 'groups' | 'parents' | 'templates' | keyof Observed> {
  const { values } = resolved
  const plan = planner.plan(resolved)
  return {
    name,
    alias: values.alias ?? name,
    address: values.address ?? name,
    displayName: values.displayName ?? name,
    notes: values.notes ?? '',
    notesUrl: values.notesUrl ?? '',
    actionUrl: values.actionUrl ?? '',
    variables: upperCased(values.variables),
    maxAttempts: plan.maxAttempts,
    collector: values.collector,
    iconImage: values.iconImage ?? '',
    importance: values.importance ?? 0,
    checkCommand: plan.command.kind === 'run' ? plan.command.text : '',
    notificationPeriod: plan.notices.period,
    plan,
    resolved,
    origin,
  }
}

const NO_VARIABLES: Variables = Object.freeze({})

export function upperCased(
  written: Readonly<Record<string, unknown>> | null | undefined,
): Variables {
  if (written === undefined || written === null) return NO_VARIABLES
  return Object.fromEntries(
    Object.entries(written)
      .map(([name, value]) => [variableName(name), value] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ) as Variables
}
