import type { Definitions, Origin } from './definitions.ts'
import { asList } from './definitions.ts'
import { variableName, type Variables } from './condition.ts'
import { CheckPlanner, type CheckPlan, type HostValues } from './check-plan.ts'
import { Inheritance, placeOf, type Resolved } from './inheritance.ts'
import type { HostMacros } from './macro-values.ts'
import type { Membership } from './membership.ts'
import type { Problems } from './problem.ts'
import { reportCycles } from './references.ts'

/** A host with everything but its command filled in. */
export interface HostDraft extends HostMacros {
  readonly parents: readonly string[]
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
  tools: { readonly planner: CheckPlanner; readonly problems: Problems },
): ReadonlyMap<string, HostDraft> {
  const inheritance = new Inheritance(definitions.hostTemplates)
  const drafts = new Map<string, HostDraft>()
  for (const { name, value, origin } of definitions.hosts.values()) {
    const resolved = inheritance.resolve(value, { origin, path: [] })
    const { values } = resolved
    const plan = tools.planner.plan(resolved)
    drafts.set(name, {
      name,
      alias: values.alias ?? name,
      address: values.address ?? name,
      displayName: values.displayName ?? name,
      notes: values.notes ?? '',
      notesUrl: values.notesUrl ?? '',
      actionUrl: values.actionUrl ?? '',
      groups: membership.add(name, asList(values.groups)),
      variables: upperCased(values.variables),
      maxAttempts: plan.maxAttempts,
      iconImage: values.iconImage ?? '',
      importance: values.importance ?? 0,
      templates: inheritance.chain(value.use),
      checkCommand: plan.command.kind === 'run' ? plan.command.text : '',
      parents: asList(values.parents).filter((parent) => definitions.hosts.has(parent)),
      plan,
      resolved,
      origin,
    })
  }
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
