import * as fc from 'fast-check'
import {
  amount,
  chosenFrom,
  directivesFrom,
  flag,
  inheritedListOf,
  listOf,
  oneOf,
  optionsOf,
  type Block,
  type Directive,
  type Pools,
} from './pools.ts'
import { ALSO_EVERYWHERE, EVERYWHERE, firmPlaceOf, placeOf } from './services.ts'

const dependencyDirectives = (
  all: Pools,
  letters: string,
): Readonly<Record<string, fc.Arbitrary<string>>> => ({
  inherits_parent: flag,
  execution_failure_criteria: optionsOf(letters),
  notification_failure_criteria: optionsOf(letters),
  execution_failure_options: optionsOf(letters),
  notification_failure_options: optionsOf(letters),
  dependency_period: oneOf(all.periods),
})

/** Hosts depend on hosts before them in the pool, so nothing depends on itself; groups are let do what they do. */
function hostDependency(all: Pools): fc.Arbitrary<Block> {
  const middle = Math.ceil(all.hosts.length / 2)
  const [masters, dependents] = [all.hosts.slice(0, middle), all.hosts.slice(middle)]
  const byHosts = fc
    .tuple(listOf(masters), listOf(dependents.length === 0 ? all.hosts : dependents))
    .map(([master, dependent]): readonly Directive[] => [
      ['host_name', master],
      ['dependent_host_name', dependent],
    ])
  const byGroups = fc.tuple(placeOf(all), placeOf(all, 'dependent_')).map(([a, b]) => [...a, ...b])
  return fc
    .tuple(
      fc.oneof({ weight: 9, arbitrary: byHosts }, { weight: 1, arbitrary: byGroups }),
      directivesFrom(dependencyDirectives(all, 'odup'), 3),
      optionsOf('odup'),
    )
    .map(([place, directives, criteria]): Block => ({
      type: 'hostdependency',
      directives: [...place, ['notification_failure_criteria', criteria], ...directives],
    }))
}

/** Mostly of firm places; the others may be refused, or name nothing. */
const somewhere = (all: Pools, prefix = ''): fc.Arbitrary<readonly Directive[]> =>
  fc.oneof(
    { weight: 4, arbitrary: firmPlaceOf(all, prefix) },
    { weight: 1, arbitrary: placeOf(all, prefix) },
  )

/** On the same host without `dependent_host_name`, or between hosts. */
function serviceDependency(all: Pools): fc.Arbitrary<Block> {
  const known = fc.constantFrom(EVERYWHERE, EVERYWHERE, EVERYWHERE, EVERYWHERE, '*')
  const below = fc.oneof(
    { weight: 9, arbitrary: fc.constant(ALSO_EVERYWHERE) },
    { weight: 1, arbitrary: oneOf([...all.descriptions, '*']) },
  )
  return fc
    .tuple(
      somewhere(all),
      fc.option(somewhere(all, 'dependent_')),
      known,
      below,
      directivesFrom(dependencyDirectives(all, 'owucp'), 3),
    )
    .map(([place, dependent, description, lower, directives]): Block => ({
      type: 'servicedependency',
      directives: [
        ...place,
        ['service_description', description],
        ...(dependent ?? []),
        ['dependent_service_description', lower],
        ['notification_failure_criteria', 'c'],
        ...directives,
      ],
    }))
}

const escalationDirectives = (
  all: Pools,
  letters: string,
): Readonly<Record<string, fc.Arbitrary<string>>> => ({
  first_notification: fc.constantFrom('0', '1', '2', '5'),
  last_notification: fc.constantFrom('0', '3', '9'),
  notification_interval: amount,
  escalation_period: oneOf(all.periods),
  escalation_options: optionsOf(letters),
  contacts: inheritedListOf(all.contacts),
  contact_groups: inheritedListOf(all.contactGroups),
})

function escalation(all: Pools, isHost: boolean): fc.Arbitrary<Block> {
  const known = escalationDirectives(all, isHost ? 'dur' : 'wucr')
  const description = fc
    .constantFrom(EVERYWHERE, '*', EVERYWHERE)
    .map((value): readonly Directive[] => [['service_description', value]])
  return fc
    .tuple(
      somewhere(all),
      isHost ? fc.constant([]) : description,
      listOf(all.contacts),
      directivesFrom(known, 4),
    )
    .map(([place, services, contacts, directives]): Block => ({
      type: isHost ? 'hostescalation' : 'serviceescalation',
      directives: [
        ...place,
        ...services,
        ['first_notification', '1'],
        ['last_notification', '4'],
        ['contacts', contacts],
        ...directives,
      ],
    }))
}

/** By service group, the form that names no hosts at all. */
function ofServiceGroups(all: Pools): fc.Arbitrary<Block> {
  const groups = chosenFrom(all.serviceGroups, false)
  const escalated = fc.tuple(groups, listOf(all.contacts)).map(([names, contacts]): Block => ({
    type: 'serviceescalation',
    directives: [
      ['servicegroup_name', names],
      ['first_notification', '2'],
      ['last_notification', '0'],
      ['contacts', contacts],
    ],
  }))
  const dependent = fc.tuple(oneOf(all.hosts), groups).map(([host, names]): Block => ({
    type: 'servicedependency',
    directives: [
      ['host_name', host],
      ['service_description', EVERYWHERE],
      ['dependent_servicegroup_name', names],
      ['execution_failure_criteria', 'u'],
    ],
  }))
  return fc.oneof(escalated, dependent)
}

const few = (block: fc.Arbitrary<Block>): fc.Arbitrary<readonly Block[]> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(block, { minLength: 1, maxLength: 2 }) },
  )

export function relationBlocks(all: Pools): fc.Arbitrary<readonly Block[]> {
  return fc
    .tuple(
      all.hosts.length === 1 ? fc.constant([]) : few(hostDependency(all)),
      few(serviceDependency(all)),
      few(escalation(all, true)),
      few(escalation(all, false)),
      few(ofServiceGroups(all)),
    )
    .map((lists) => lists.flat())
}
