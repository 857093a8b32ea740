import { parseDays } from '../domain/time-period/days.ts'
import { parseHours } from '../domain/time-period/hours.ts'
import { isZone } from '../domain/time-period/zone.ts'
import { parseCheckCommand, PASSIVE } from './check-command.ts'
import { checkClusters } from './cluster-references.ts'
import { reportCycles } from './cycles.ts'
import {
  asList,
  type Definition,
  type Definitions,
  type KindName,
  type Origin,
  type ValueOf,
} from './definitions.ts'
import type { Problems } from './problem.ts'
import { reportUnknown, type Names, type Reference } from './unknown-names.ts'
import { KINDS } from './yaml/kinds.ts'
import type { ConditionInput } from './yaml/schema.ts'

type Attributes = Readonly<Record<string, unknown>>
type Called = Parameters<typeof parseCheckCommand>[0]

const RELATIONS = [
  'hostDependencies',
  'serviceDependencies',
  'hostEscalations',
  'serviceEscalations',
] as const
/** Attributes that name other objects. Sides of relations are looked up when services are known. */
const REFERENCES: Readonly<Record<string, KindName>> = {
  parents: 'hosts',
  host: 'hosts',
  contacts: 'contacts',
  contactGroups: 'contactGroups',
  checkPeriod: 'timePeriods',
  notificationPeriod: 'timePeriods',
  hostNotificationPeriod: 'timePeriods',
  serviceNotificationPeriod: 'timePeriods',
  dependencyPeriod: 'timePeriods',
  escalationPeriod: 'timePeriods',
}
/** Whether the parents of a service exist is known when all services are. */
const OF_SERVICES: Readonly<Record<string, KindName | undefined>> = {
  ...REFERENCES,
  hosts: 'hosts',
  parents: undefined,
}
const COMMANDS = [
  'checkCommand',
  'eventHandler',
  'hostNotificationCommands',
  'serviceNotificationCommands',
]

/**
 * Every name that is used must be defined, and nothing may lead back to itself. Reported where it is written, not where it is inherited.
 * @param asking whose references are looked up among the definitions; those of the others are known to be right
 */
export function checkReferences(
  definitions: Definitions,
  problems: Problems,
  asking: Definitions = definitions,
): void {
  const checker = new ReferenceChecker({ known: definitions, asking }, problems)
  checker.objects()
  checker.groups()
  checker.periods()
  checker.conditions()
  checkClusters(definitions, problems)
}

class ReferenceChecker {
  readonly #known: Definitions
  readonly #definitions: Definitions
  readonly #problems: Problems

  constructor(
    { known, asking }: { readonly known: Definitions; readonly asking: Definitions },
    problems: Problems,
  ) {
    this.#known = known
    this.#definitions = asking
    this.#problems = problems
  }

  objects(): void {
    const { hosts, hostTemplates, services, serviceTemplates, hostServices, apply } =
      this.#definitions
    const { contacts, contactTemplates } = this.#definitions
    for (const { value, origin } of [...hosts.values(), ...hostTemplates.values()]) {
      this.#attributes(value, origin, { use: 'hostTemplates', groups: 'hostGroups', path: [] })
    }
    for (const { value, origin } of hostTemplates.values()) {
      for (const [key, one] of Object.entries(value.services ?? {}))
        this.#attributes(one, origin, {
          use: 'serviceTemplates',
          groups: 'serviceGroups',
          path: ['services', key],
        })
    }
    const service = { use: 'serviceTemplates', groups: 'serviceGroups' } as const
    for (const { value, origin } of [
      ...services.values(),
      ...serviceTemplates.values(),
      ...[...hostServices.values()].flat(),
    ]) {
      this.#attributes(value, origin, { ...service, path: [] })
    }
    for (const { value, origin } of apply.values()) {
      this.#attributes(value.service ?? {}, origin, { ...service, path: ['service'] })
    }
    for (const { value, origin } of [...contacts.values(), ...contactTemplates.values()]) {
      this.#attributes(value, origin, {
        use: 'contactTemplates',
        groups: 'contactGroups',
        path: [],
      })
    }
    for (const kind of RELATIONS) {
      for (const { value, origin } of this.#definitions[kind].values())
        this.#attributes(value, origin, { path: [] })
    }
    this.#cycles('contactTemplates', (value) => asList(value.use), ['use'])
    this.#cycles('hostTemplates', (value) => asList(value.use), ['use'])
    this.#cycles('serviceTemplates', (value) => asList(value.use), ['use'])
  }

  groups(): void {
    for (const [kind, members] of [
      ['hostGroups', 'hosts'],
      ['contactGroups', 'contacts'],
    ] as const) {
      for (const { value, origin } of this.#definitions[kind].values()) {
        this.#names(origin, { path: ['members'], names: value.members, kind: members })
      }
    }
    for (const kind of ['hostGroups', 'serviceGroups', 'contactGroups'] as const) {
      for (const { value, origin } of this.#definitions[kind].values()) {
        this.#names(origin, { path: ['memberGroups'], names: value.memberGroups, kind })
      }
      this.#cycles(kind, (value) => asList(value.memberGroups), ['memberGroups'])
    }
  }

  periods(): void {
    for (const { value, origin } of this.#definitions.timePeriods.values()) {
      this.#names(origin, { path: ['exclude'], names: value.exclude, kind: 'timePeriods' })
      if (value.timezone !== undefined && !isZone(value.timezone)) {
        this.#problems.add(
          origin.place(['timezone']),
          `unknown time zone '${value.timezone}'`,
          'write a name such as Europe/Budapest or UTC',
        )
      }
      for (const [days, hours] of Object.entries(value.days ?? {})) {
        if (parseDays(days) === undefined) {
          this.#problems.add(
            origin.keyPlace(['days', days]),
            `'${days}' names no days`,
            "write monday, 'monday - friday', 'day -1', 'monday 3 march', 'december 25' or '2027-12-24'",
          )
        }
        for (const [index, text] of asList(hours).entries()) {
          if (parseHours(text) !== undefined) continue
          const path = typeof hours === 'string' ? ['days', days] : ['days', days, index]
          this.#problems.add(
            origin.place(path),
            `'${text}' are no hours`,
            "write '09:00-17:00', several with commas",
          )
        }
      }
    }
    this.#cycles('timePeriods', (value) => asList(value.exclude), ['exclude'])
  }

  conditions(): void {
    const { apply, observe } = this.#definitions
    for (const { value, origin } of [...apply.values(), ...observe.values()]) {
      if (value.where !== undefined) this.#condition(value.where, origin, ['where'])
    }
  }

  #condition(condition: ConditionInput, origin: Origin, path: readonly PropertyKey[]): void {
    for (const [key, kind] of [
      ['host', 'hosts'],
      ['group', 'hostGroups'],
    ] as const) {
      const names = condition[key]
      if (names !== undefined) this.#names(origin, { path: [...path, key], names, kind }, /[*?]/)
    }
    for (const key of ['and', 'or'] as const) {
      for (const [index, inner] of (condition[key] ?? []).entries())
        this.#condition(inner, origin, [...path, key, index])
    }
    if (condition.not !== undefined) this.#condition(condition.not, origin, [...path, 'not'])
  }

  #attributes(
    value: Attributes,
    origin: Origin,
    at: {
      readonly use?: KindName
      readonly groups?: KindName
      readonly path: readonly PropertyKey[]
    },
  ): void {
    const isService = at.groups === 'serviceGroups'
    for (const [key, names] of Object.entries(value)) {
      const kind =
        key === 'use'
          ? at.use
          : key === 'groups'
            ? at.groups
            : isService
              ? OF_SERVICES[key]
              : REFERENCES[key]
      if (kind === undefined) continue
      this.#names(origin, { path: [...at.path, key], names: names as Names, kind }, /^\+$/)
    }
    for (const key of COMMANDS) {
      if (value[key] !== undefined) this.#commands(value[key] as Called, origin, [...at.path, key])
    }
  }

  #commands(written: Called, origin: Origin, path: readonly PropertyKey[]): void {
    if (Array.isArray(written)) {
      for (const [index, one] of (written as Called[]).entries())
        this.#commands(one, origin, [...path, index])
      return
    }
    const called = parseCheckCommand(written)
    if (called?.kind !== 'named' || called.name === PASSIVE) return
    const isText = typeof written === 'string'
    const at = [...path, ...(isText ? [] : ['command'])]
    this.#names(origin, { path: at, names: called.name, kind: 'commands' })
  }

  #names(origin: Origin, reference: Reference, ignored?: RegExp): void {
    reportUnknown({ known: this.#known, problems: this.#problems, origin }, reference, ignored)
  }

  #cycles<K extends KindName>(
    kind: K,
    next: (value: ValueOf<K>) => readonly string[],
    path: readonly string[],
  ): void {
    const known = this.#known[kind] as unknown as ReadonlyMap<string, Definition<ValueOf<K>>>
    const edges = new Map([...known].map(([name, { value }]) => [name, next(value)]))
    reportCycles(
      { word: KINDS[kind].word, edges, placeOf: (name) => known.get(name)?.origin.place(path) },
      this.#problems,
    )
  }
}
