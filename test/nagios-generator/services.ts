import * as fc from 'fast-check'
import { monitoredDirectives, templateBlocks, useOf } from './hosts.ts'
import { commandUse, groupDirectives } from './people.ts'
import {
  chosenFrom,
  directivesFrom,
  flag,
  inheritedListOf,
  listOf,
  oneOf,
  optionsOf,
  text,
  type Block,
  type Directive,
  type Pools,
} from './pools.ts'

function serviceDirectives(all: Pools): Readonly<Record<string, fc.Arbitrary<string>>> {
  const common = monitoredDirectives(all)
  const parents = fc
    .shuffledSubarray([...all.hosts], { minLength: 1, maxLength: Math.min(2, all.hosts.length) })
    .map((hosts) => hosts.map((host) => `${host},${EVERYWHERE}`).join(','))
  return {
    ...common,
    check_command: commandUse(all),
    parents,
    servicegroups: inheritedListOf(all.serviceGroups),
    initial_state: fc.constantFrom('o', 'w', 'u', 'c'),
    is_volatile: flag,
    parallelize_check: flag,
    obsess_over_service: flag,
    flap_detection_options: optionsOf('owuc'),
    notification_options: optionsOf('wucrfs'),
    stalking_options: optionsOf('owuc'),
  }
}

/** Where a service stands: hosts, host groups, both, `*`, less some. */
export function placeOf(all: Pools, prefix = ''): fc.Arbitrary<readonly Directive[]> {
  const hosts = chosenFrom(all.hosts).map((value): Directive => [`${prefix}host_name`, value])
  const groups = chosenFrom(all.hostGroups).map((value): Directive => [
    `${prefix}hostgroup_name`,
    value,
  ])
  return fc.oneof(
    { weight: 4, arbitrary: fc.tuple(hosts) },
    { weight: 3, arbitrary: fc.tuple(groups) },
    { weight: 2, arbitrary: fc.tuple(hosts, groups) },
  )
}

/** Such a place without exclusions: it never comes to nothing. */
export function firmPlaceOf(all: Pools, prefix = ''): fc.Arbitrary<readonly Directive[]> {
  const hosts = fc.oneof(listOf(all.hosts), listOf(all.hosts), fc.constant('*'))
  return fc.tuple(hosts.map((value): Directive => [`${prefix}host_name`, value]))
}

/** One or two definitions for each description, so that some services are defined twice. */
export function serviceBlocks(all: Pools): fc.Arbitrary<readonly Block[]> {
  const known = serviceDirectives(all)
  const base = fc
    .tuple(commandUse(all), directivesFrom(known, 5))
    .map(([command, directives]): Block => ({
      type: 'service',
      directives: [
        ['name', 's-base'],
        ['check_command', command],
        ['max_check_attempts', '3'],
        ...directives,
        ['register', '0'],
      ],
    }))
  const one = (description: string): fc.Arbitrary<Block> =>
    fc
      .tuple(
        useOf(['t-one', 't-two', 't-three', 't-four'], 's-base'),
        placeOf(all),
        directivesFrom(known, 7),
      )
      .map(([use, place, directives]): Block => ({
        type: 'service',
        directives: [['use', use], ...place, ['service_description', description], ...directives],
      }))
  const each = all.descriptions.map((description) =>
    fc.oneof(
      { weight: 3, arbitrary: fc.array(one(description), { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(one(description), { minLength: 2, maxLength: 2 }) },
    ),
  )
  const placed = { ...known, host_name: inheritedListOf(all.hosts) }
  return fc
    .tuple(templateBlocks('service', placed, 's-base', 5), base, everywhere(all), fc.tuple(...each))
    .map(([templates, last, common, services]) => [
      ...templates,
      last,
      ...common,
      ...services.flat(),
    ])
}

/** Two services that relations and groups refer to: they are on every host. */
export const EVERYWHERE = 'Everywhere'
export const ALSO_EVERYWHERE = 'On all hosts'

function everywhere(all: Pools): fc.Arbitrary<readonly Block[]> {
  return oneOf(all.commands).map((command) =>
    [EVERYWHERE, ALSO_EVERYWHERE].map((description): Block => ({
      type: 'service',
      directives: [
        ['host_name', '*'],
        ['service_description', description],
        ['check_command', command],
        ['max_check_attempts', '1'],
      ],
    })),
  )
}

export function serviceGroupBlocks(all: Pools): fc.Arbitrary<readonly Block[]> {
  const pairs = fc
    .tuple(
      fc.shuffledSubarray([...all.hosts], { minLength: 1 }),
      fc.constantFrom(',', ', '),
      fc.constantFrom(ALSO_EVERYWHERE, ALSO_EVERYWHERE, EVERYWHERE),
    )
    .map(([hosts, comma, name]) => hosts.map((host) => `${host}${comma}${name}`).join(comma))
  return fc.tuple(
    ...all.serviceGroups.map((name, index) =>
      groupDirectives({
        members: pairs,
        servicegroup_members: all.serviceGroups.slice(index + 1),
        notes: text,
      }).map((directives): Block => ({
        type: 'servicegroup',
        directives: [['servicegroup_name', name], ...directives],
      })),
    ),
  )
}

/** Extended information of services, the old way. */
export function serviceExtras(all: Pools): fc.Arbitrary<readonly Block[]> {
  const block = fc
    .tuple(listOf(all.hosts), directivesFrom({ notes: text, icon_image: text }, 2))
    .map(([hosts, directives]): Block => ({
      type: 'serviceextinfo',
      directives: [['host_name', hosts], ['service_description', EVERYWHERE], ...directives],
    }))
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(block, { minLength: 1, maxLength: 2 }) },
  )
}
