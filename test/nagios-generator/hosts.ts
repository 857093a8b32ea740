import * as fc from 'fast-check'
import { commandUse, groupDirectives } from './people.ts'
import {
  amount,
  chosenFrom,
  count,
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

/** What hosts and services have alike. */
export function monitoredDirectives(all: Pools): Readonly<Record<string, fc.Arbitrary<string>>> {
  return {
    display_name: text,
    check_command: fc.oneof(commandUse(all), commandUse(all), fc.constant('null')),
    check_period: fc.oneof(oneOf(all.periods), fc.constant('null')),
    check_interval: amount,
    normal_check_interval: amount,
    retry_interval: amount,
    retry_check_interval: amount,
    max_check_attempts: count,
    active_checks_enabled: flag,
    passive_checks_enabled: flag,
    importance: fc.constantFrom('0', '7'),
    hourly_value: fc.constantFrom('0', '9'),
    obsess: flag,
    event_handler: fc.oneof(commandUse(all), fc.constant('null')),
    event_handler_enabled: flag,
    check_freshness: flag,
    freshness_threshold: fc.constantFrom('0', '90', '3600'),
    low_flap_threshold: amount,
    high_flap_threshold: amount,
    flap_detection_enabled: flag,
    process_perf_data: flag,
    retain_status_information: flag,
    retain_nonstatus_information: flag,
    contacts: inheritedListOf(all.contacts),
    contact_groups: inheritedListOf(all.contactGroups),
    notification_interval: amount,
    first_notification_delay: amount,
    notification_period: fc.oneof(oneOf(all.periods), fc.constant('null')),
    notifications_enabled: flag,
    notes: text,
    notes_url: text,
    action_url: text,
    icon_image: text,
    icon_image_alt: text,
    _rack: text,
    _SNMP_community: text,
    _1: text,
  }
}

function hostDirectives(all: Pools): Readonly<Record<string, fc.Arbitrary<string>>> {
  const common = monitoredDirectives(all)
  return {
    ...common,
    alias: text,
    address: fc.constantFrom('192.0.2.1', 'www.example.net', '2001:db8::1', '10.0.0.1 ; office'),
    hostgroups: inheritedListOf(all.hostGroups),
    initial_state: fc.constantFrom('o', 'd', 'u'),
    obsess_over_host: flag,
    flap_detection_options: optionsOf('odu'),
    notification_options: optionsOf('durfs'),
    stalking_options: optionsOf('odu'),
    vrml_image: text,
    statusmap_image: text,
    '2d_coords': fc.constantFrom('10,20', ' 5 , 7', '-1,3'),
    '3d_coords': fc.constantFrom('1,2,3', '1.5,2,3.25'),
  }
}

/** A list in `use` has no spaces: Nagios takes them for part of the name. */
export function useOf(templates: readonly string[], last: string): fc.Arbitrary<string> {
  return fc
    .shuffledSubarray([...templates], { maxLength: Math.min(3, templates.length) })
    .map((chosen) => [...chosen, last].join(','))
}

const TEMPLATES = ['t-one', 't-two', 't-three', 't-four']

/** Templates build on those after them, on `last` in the end; some are registered too, when `asReal` says how. */
export function templateBlocks(
  type: string,
  known: Readonly<Record<string, fc.Arbitrary<string>>>,
  last: string,
  size: number,
): fc.Arbitrary<readonly Block[]> {
  return fc.tuple(
    ...TEMPLATES.map((name, index) =>
      fc
        .tuple(
          fc.shuffledSubarray(TEMPLATES.slice(index + 1), { maxLength: Math.min(2, 3 - index) }),
          fc.constantFrom(false, false, true),
          directivesFrom(known, size),
        )
        .map(([above, endsInBase, directives]): Block => {
          const use = [...above, ...(endsInBase ? [last] : [])].join(',')
          return {
            type,
            directives: [
              ['name', name],
              ...(use === '' ? [] : ([['use', use]] as const)),
              ...directives,
              ['register', '0'],
            ],
          }
        }),
    ),
  )
}

export function hostBlocks(all: Pools): fc.Arbitrary<readonly Block[]> {
  const known = hostDirectives(all)
  const base = directivesFrom(known, 6).map((directives): Block => ({
    type: 'host',
    directives: [['name', 'h-base'], ['max_check_attempts', '3'], ...directives, ['register', '0']],
  }))
  const each = all.hosts.map((name, index) => {
    const parents: Readonly<Record<string, fc.Arbitrary<string>>> =
      index === 0 ? {} : { parents: inheritedListOf(all.hosts.slice(0, index)) }
    // A host that others use as a template too: it keeps its names, they take the rest.
    const earlier = all.hosts.slice(0, index).map((_, n) => `as-${n}`)
    return fc
      .tuple(
        useOf([...TEMPLATES, ...earlier], 'h-base'),
        directivesFrom({ ...known, ...parents }, 8),
        fc.boolean(),
      )
      .map(([use, directives, isFirst]): Block => {
        const names: readonly Directive[] = [
          ['host_name', name],
          ['use', use],
          ['name', `as-${index}`],
        ]
        return {
          type: 'host',
          directives: isFirst ? [...names, ...directives] : [...directives, ...names],
        }
      })
  })
  return fc
    .tuple(templateBlocks('host', known, 'h-base', 5), base, fc.tuple(...each), hostExtras(all))
    .map(([templates, last, hosts, extras]) => [...templates, last, ...hosts, ...extras])
}

/** Extended information, the old way of icons and notes. */
function hostExtras(all: Pools): fc.Arbitrary<readonly Block[]> {
  const block = fc
    .tuple(
      listOf(all.hosts),
      directivesFrom({ notes: text, notes_url: text, icon_image: text, vrml_image: text }, 3),
    )
    .map(([hosts, directives]): Block => ({
      type: 'hostextinfo',
      directives: [['host_name', hosts], ...directives],
    }))
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(block, { minLength: 1, maxLength: 2 }) },
  )
}

export function hostGroupBlocks(all: Pools): fc.Arbitrary<readonly Block[]> {
  return fc.tuple(
    ...all.hostGroups.map((name, index) =>
      groupDirectives({
        members: chosenFrom(all.hosts),
        hostgroup_members: all.hostGroups.slice(index + 1),
        notes: text,
        notes_url: text,
        action_url: text,
      }).map((directives): Block => ({
        type: 'hostgroup',
        directives: [['hostgroup_name', name], ...directives],
      })),
    ),
  )
}
