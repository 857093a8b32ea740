import { circlesIn, shownCircle } from './circles.ts'
import { placeOf } from './definition.ts'
import type {
  NagiosHostDependency,
  NagiosServiceDependency,
  ResolvedDefinition,
} from './objects.ts'
import type { Verification } from './verification.ts'

/** What must not lead back to itself: parents of hosts, exclusions of periods, dependencies of each kind by itself. */
export function checkCircles(verification: Verification): void {
  const { objects } = verification
  report(verification, {
    circles: circlesIn(objects.hosts.keys(), (name) =>
      // A host that is its own parent has been reported.
      (objects.hosts.get(name)?.parents ?? []).filter((parent) => parent !== name),
    ),
    definitionOf: (name) => objects.hosts.get(name)?.definition,
    directive: 'parents',
    what: 'parents',
  })
  report(verification, {
    circles: circlesIn(
      objects.timePeriods.keys(),
      (name) => objects.timePeriods.get(name)?.exclude ?? [],
    ),
    definitionOf: (name) => objects.timePeriods.get(name)?.definition,
    directive: 'exclude',
    what: 'exclusions',
  })
  for (const kind of ['executionOptions', 'notificationOptions'] as const) {
    checkDependencies(verification, objects.hostDependencies, {
      kind,
      what: 'host dependencies',
      ends: ({ hostName, dependentHostName }) => [hostName, dependentHostName],
    })
    checkDependencies(verification, objects.serviceDependencies, {
      kind,
      what: 'service dependencies',
      ends: (one) => [
        `${one.description} on ${one.hostName}`,
        `${one.dependentDescription} on ${one.dependentHostName}`,
      ],
    })
  }
}

function checkDependencies<D extends NagiosHostDependency | NagiosServiceDependency>(
  verification: Verification,
  dependencies: readonly D[],
  how: {
    readonly kind: 'executionOptions' | 'notificationOptions'
    readonly what: string
    readonly ends: (dependency: D) => readonly [master: string, dependent: string]
  },
): void {
  const masters = new Map<string, string[]>()
  const definitions = new Map<string, ResolvedDefinition>()
  for (const dependency of dependencies) {
    if (dependency[how.kind] === undefined) continue
    const [master, dependent] = how.ends(dependency)
    const known = masters.get(dependent)
    if (known === undefined) masters.set(dependent, [master])
    else known.push(master)
    definitions.set(dependent, dependency.definition)
  }
  const word = how.kind === 'executionOptions' ? 'execution' : 'notification'
  report(verification, {
    circles: circlesIn(masters.keys(), (name) => masters.get(name) ?? []),
    definitionOf: (name) => definitions.get(name),
    directive: undefined,
    what: `${how.what} (${word})`,
  })
}

function report(
  { problems }: Verification,
  {
    circles,
    definitionOf,
    directive,
    what,
  }: {
    readonly circles: readonly (readonly string[])[]
    readonly definitionOf: (name: string) => ResolvedDefinition | undefined
    readonly directive: string | undefined
    readonly what: string
  },
): void {
  for (const circle of circles) {
    const definition = definitionOf(circle[0] as string)
    if (definition === undefined) continue
    const place = placeOf(definition, directive)
    problems.add(place, `${what} lead back to themselves: ${shownCircle(circle)}`)
  }
}
