import { describe, expect, test } from 'vitest'
import {
  commandsOf,
  problemsOf,
  readSite,
  serviceOf,
  soundSite,
  warningsOf,
} from '../../../test/nagios-site.ts'

const G = 'define hostgroup {\n hostgroup_name g\n members h1,h2\n}\n'
const service = (where: string, argument: string, more = ''): string =>
  `define service {\n use stpl\n ${where}\n service_description s\n check_command c!${argument}\n ${more}\n}\n`

describe('services', () => {
  test.each([
    ['host_name h1', ['h1/s']],
    ['host_name *', ['h1/s', 'h2/s']],
    ['host_name *,!h1', ['h2/s']],
    ['host_name h1,!h1', []],
    ['hostgroup_name g', ['h1/s', 'h2/s']],
    ['hostgroup_name g\n host_name !h2', ['h1/s']],
    ['hostgroup_name g,!g', []],
    ['hostgroup_name *', ['h1/s', 'h2/s']],
    ['hostgroup_name g\n host_name h1', ['h1/s', 'h2/s']],
    ['hostgroup_name null\n host_name h1', ['h1/s']],
  ])('[NG25] %j', (where, expected) => {
    expect(Object.keys(commandsOf(soundSite(G + service(where, '1'))))).toEqual(expected)
  })

  test('[NG25] services of one definition share it, with its values', () => {
    const reading = soundSite(G + service('hostgroup_name g', '1'))
    const [one, other] = [serviceOf(reading, 'h1', 's'), serviceOf(reading, 'h2', 's')]
    expect(one.definition).toBe(other.definition)
    expect(one.values).toBe(other.values)
  })

  test('[NG25] host groups that leave no host: refused, allowed or warned of', () => {
    const text = G + service('hostgroup_name !e', '1') + G.replace('g\n members h1,h2', 'e')
    expect(problemsOf(readSite(text, { allowEmptyHostgroupAssignment: 0 }))).toHaveLength(1)
    expect(warningsOf(soundSite(text, { allowEmptyHostgroupAssignment: 1 }))).toEqual([])
    expect(warningsOf(soundSite(text)).join()).toContain('its host groups leave no host')
  })
})

describe('[NG26] two services with one name', () => {
  test.each([
    [
      'of a group and of a host',
      service('host_name h1', 'own') + service('hostgroup_name g', 'group'),
      { 'h1/s': 'c!own', 'h2/s': 'c!group' },
    ],
    [
      'of a host and of a group',
      service('hostgroup_name g', 'group') + service('host_name h1', 'own'),
      { 'h1/s': 'c!own', 'h2/s': 'c!group' },
    ],
    [
      'the last host of a group counts as named',
      service('host_name h2', 'own') + service('hostgroup_name g', 'group'),
      { 'h1/s': 'c!group', 'h2/s': 'c!group' },
    ],
    [
      'of two hosts and of one',
      service('host_name h1,h2', 'two') + service('host_name h1', 'one'),
      { 'h1/s': 'c!one', 'h2/s': 'c!two' },
    ],
    [
      'of one host and of two',
      service('host_name h1', 'one') + service('host_name h1,h2', 'two'),
      { 'h1/s': 'c!two', 'h2/s': 'c!two' },
    ],
    [
      'twice of one host: the later one',
      service('host_name h1', '1') + service('host_name h1', '2'),
      { 'h1/s': 'c!2' },
    ],
  ])('%s', (_, text, expected) => {
    const reading = soundSite(G + text)
    expect(commandsOf(reading)).toEqual(expected)
    expect(warningsOf(reading).filter((one) => one.includes('is defined twice'))).not.toEqual([])
  })

  test('service groups of the one that lost hold the one that stands', () => {
    const reading = soundSite(
      `${G}define servicegroup {\n servicegroup_name sg\n}\n${service('hostgroup_name g', 'group', 'servicegroups sg')}${service('host_name h1', 'own')}`,
    )
    expect(reading.objects.serviceGroups.get('sg')?.members).toEqual([
      ['h1', 's'],
      ['h2', 's'],
    ])
    expect(serviceOf(reading, 'h1', 's')).toMatchObject({
      groups: ['sg'],
      values: { checkCommand: 'c!own' },
    })
  })
})

describe('[NG27] what a service takes from its host', () => {
  const extra = 'define contactgroup {\n contactgroup_name cg\n members me\n}\n'
  test('contacts, interval and period that it does not say', () => {
    expect(serviceOf(soundSite(service('host_name h1', '1')), 'h1', 's')).toMatchObject({
      contacts: ['me'],
      contactGroups: [],
      notificationInterval: 5,
      notificationPeriod: 'tp',
    })
  })

  test.each([
    ['contact_groups cg', { contacts: [], contactGroups: ['cg'] }],
    ['contact_groups +cg', { contacts: [], contactGroups: ['cg'] }],
    ['contacts null', { contacts: [], contactGroups: [] }],
    ['notification_interval 0', { contacts: ['me'], notificationInterval: 0 }],
    ['notification_period null', { notificationPeriod: undefined, notificationInterval: 5 }],
  ])('%s', (lines, expected) => {
    const reading = soundSite(extra + service('host_name h1', '1', lines))
    expect(serviceOf(reading, 'h1', 's')).toMatchObject(expected)
  })
})

describe('[NG33] parents', () => {
  const two = (parents: string): string =>
    service('host_name h1,h2', '1') +
    service('host_name h1', '1', `parents ${parents}`).replace('description s', 'description t')

  test.each([
    ['s', [['h1', 's']]],
    ['h2,s', [['h2', 's']]],
    [
      'h2,s,h1,s',
      [
        ['h2', 's'],
        ['h1', 's'],
      ],
    ],
    ['null', []],
  ])('%s', (parents, expected) => {
    expect(serviceOf(soundSite(two(parents)), 'h1', 't').parents).toEqual(expected)
  })

  test.each([
    ['zz', "unknown service 'zz' on host 'h1'"],
    ['t', "'t' on host 'h1' is its own parent"],
    ['h1,t', "'t' on host 'h1' is its own parent"],
    ['h9,s', "unknown host 'h9' for service 's'"],
  ])('%s is a problem', (parents, expected) => {
    expect(problemsOf(readSite(two(parents))).join('\n')).toContain(expected)
  })
})

describe('[NG32] extended info', () => {
  test('gives hosts and services the texts that they do not have', () => {
    const reading = soundSite(
      'define hostextinfo {\n host_name h1,h2\n notes x\n icon_image null\n 2d_coords 1,2\n}\n' +
        'define host {\n use tpl\n host_name q\n notes own\n}\n' +
        'define hostextinfo {\n host_name q\n notes other\n notes_url /q\n}\n' +
        `define serviceextinfo {\n host_name h2\n service_description base\n action_url /a\n}\n`,
    )
    expect(reading.objects.hosts.get('h1')).toMatchObject({
      values: { notes: 'x', iconImage: undefined },
      coordinates2d: '1,2',
    })
    expect(reading.objects.hosts.get('q')?.values).toMatchObject({ notes: 'own', notesUrl: '/q' })
    expect(serviceOf(reading, 'h2', 'base').values.actionUrl).toBe('/a')
  })

  test('of an unknown host is a problem, of nothing it says nothing', () => {
    expect(problemsOf(readSite('define hostextinfo {\n host_name zz\n notes x\n}\n'))).toHaveLength(
      1,
    )
    expect(problemsOf(readSite('define hostextinfo {\n notes x\n}\n'))).toEqual([])
  })
})
