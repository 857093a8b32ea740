import type { NagiosEscalation, NagiosReading, ResolvedDefinition } from '../nagios/objects.ts'
import type { Attributes } from './attribute-rules.ts'
import { dependencyValue, escalationValue, put, type Collected } from './definitions.ts'
import { Names } from './template-names.ts'

type Row = readonly [side: string, other: string, value: Attributes]

/**
 * Dependencies and escalations: all pairs of one `define` that say the same are one, with lists of hosts or services on both sides where these
 * make the same pairs.
 */
export function addRelationForms({ objects, settings }: NagiosReading, into: Collected): void {
  const ref = (host: string, description: string): string => `${host}/${description}`
  addPairs(
    into,
    ['hostDependencies', 'hosts', 'dependentHosts'],
    objects.hostDependencies,
    (one) => [one.hostName, one.dependentHostName, dependencyValue(one, 'odup')],
  )
  addPairs(
    into,
    ['serviceDependencies', 'services', 'dependentServices'],
    objects.serviceDependencies,
    (one) => [
      ref(one.hostName, one.description),
      ref(one.dependentHostName, one.dependentDescription),
      dependencyValue(one, 'owucp'),
    ],
  )
  const escalation = (one: NagiosEscalation, name: string, states: string): Row => [
    name,
    '',
    escalationValue(one, settings, states),
  ]
  addPairs(into, ['hostEscalations', 'hosts'], objects.hostEscalations, (one) =>
    escalation(one, one.hostName, 'dur'),
  )
  addPairs(into, ['serviceEscalations', 'services'], objects.serviceEscalations, (one) =>
    escalation(one, ref(one.hostName, one.description), 'wucr'),
  )
}

type RelationKind =
  'hostDependencies' | 'serviceDependencies' | 'hostEscalations' | 'serviceEscalations'

function addPairs<R extends { readonly definition: ResolvedDefinition }>(
  into: Collected,
  [kind, ...keys]: readonly [RelationKind, string, string?],
  relations: readonly R[],
  rowOf: (relation: R) => Row,
): void {
  const names = new Names()
  for (const [definition, ofOne] of Map.groupBy(relations, (one) => one.definition)) {
    const rows = ofOne.map(rowOf)
    for (const alike of Map.groupBy(rows, ([, , value]) => JSON.stringify(value)).values()) {
      for (const [sides, others] of rectangles(alike)) {
        const value: Attributes = {
          [keys[0]]: single(sides),
          ...(keys[1] === undefined ? {} : { [keys[1]]: single(others) }),
          ...alike[0]?.[2],
        }
        put(into, kind, { name: names.fresh(nameOf(sides, others)), value, from: definition })
      }
    }
  }
}

/** Sets of rows that are every combination of two lists: one when all are, else one for each left side. */
function rectangles(rows: readonly Row[]): readonly (readonly [string[], string[]])[] {
  const byLeft = Map.groupBy(rows, ([left]) => left)
  const byRight = Map.groupBy(byLeft, ([, mine]) =>
    JSON.stringify([...new Set(mine.map(([, right]) => right))].sort()),
  )
  return [...byRight].map(([rights, lefts]) => [
    lefts.map(([left]) => left),
    JSON.parse(rights) as string[],
  ])
}

function single(names: readonly string[]): string | readonly string[] {
  const [only] = names
  return names.length === 1 && only !== undefined ? only : names
}

function nameOf(sides: readonly string[], others: readonly string[]): string {
  const side =
    sides.length === 1 ? (sides[0] as string) : `${sides[0]} and ${sides.length - 1} more`
  const other = others[0] ?? ''
  return (other === '' ? side : `${side} for ${other}`).replaceAll('/', ' ')
}
