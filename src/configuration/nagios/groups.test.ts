import { describe, expect, test } from 'vitest'
import { problemsOf, readSite, serviceOf, soundSite } from '../../../test/nagios-site.ts'

const group = (name: string, lines: string): string =>
  `define hostgroup {\n hostgroup_name ${name}\n ${lines}\n}\n`
const host = (name: string, lines = ''): string =>
  `define host {\n use tpl\n host_name ${name}\n ${lines}\n}\n`

describe('[NG23] groups', () => {
  test.each([
    ['members *', ['h1', 'h2', 'q']],
    ['members *,!h1', ['h2', 'q']],
    ['members h1,h2,!h2', ['h1', 'q']],
    ['members h1\n hostgroup_members inner', ['h1', 'h2', 'q']],
    ['members !h2\n hostgroup_members inner', ['q']],
    ['members !q', []],
    ['hostgroup_members inner , other', ['h2', 'q']],
    ['members null', ['q']],
  ])('%j', (lines, expected) => {
    const { objects } = soundSite(
      `${group('g', lines)}${group('inner', 'members h2')}${group('other', 'members h2')}${host('q', 'hostgroups g')}`,
    )
    expect(objects.hostGroups.get('g')?.members).toEqual(expected)
  })

  test('what is not registered is no member of `*`, and no member at all by name', () => {
    const unregistered = 'define host {\n host_name r\n register 0\n}\n'
    const { objects } = soundSite(`${unregistered}${group('g', 'members *')}`)
    expect(objects.hostGroups.get('g')?.members).toEqual(['h1', 'h2'])
    expect(problemsOf(readSite(`${unregistered}${group('g', 'members r')}`))).toEqual([
      "site.cfg:7:10: hostgroup 'g': its member 'r' is not registered",
    ])
  })

  test.each([
    [group('g', 'members h1,zz'), "3:10: hostgroup 'g': unknown host 'zz'"],
    [group('g', 'members'), "3:9: hostgroup 'g': names nobody"],
    [group('g', 'hostgroup_members zz'), "3:20: hostgroup 'g': unknown hostgroup 'zz'"],
    [host('q', 'hostgroups zz'), "4:13: host 'q': unknown hostgroup 'zz'"],
    [
      `${group('g', '')}${host('q', 'hostgroups g,!g')}`,
      "8:13: host 'q': 'hostgroups' leaves no group",
    ],
    [
      group('g', 'hostgroup_members k') + group('k', 'hostgroup_members g'),
      'groups lead back to themselves: k > g > k',
    ],
  ])('%j is a problem', (text, expected) => {
    expect(problemsOf(readSite(text)).join('\n')).toContain(expected)
  })

  test('contact groups: members, `*`, and contacts that name them', () => {
    const { objects } = soundSite(
      'define contactgroup {\n contactgroup_name all\n members *\n}\ndefine contactgroup {\n contactgroup_name some\n contactgroup_members all\n members !me\n}\n' +
        'define contact {\n contact_name z\n contactgroups some\n host_notification_commands c\n service_notification_commands c\n}\n',
    )
    expect(objects.contactGroups.get('all')?.members).toEqual(['me', 'z'])
    expect(objects.contactGroups.get('some')?.members).toEqual(['z'])
  })
})

describe('[NG35] groups of a member', () => {
  test('are in the order of macros: by name, last one first', () => {
    const { objects } = soundSite(
      `${group('b', 'members h1')}${group('a', 'members h1')}${group('c', 'hostgroup_members a')}`,
    )
    expect(objects.hosts.get('h1')?.groups).toEqual(['c', 'b', 'a'])
  })
})

describe('[NG28] service groups', () => {
  const service = (name: string, lines = ''): string =>
    `define service {\n use stpl\n host_name h1,h2\n service_description ${name}\n ${lines}\n}\n`
  const serviceGroup = (lines: string): string =>
    `define servicegroup {\n servicegroup_name g\n ${lines}\n}\n`

  test.each([
    ['members h1,s', [['h1', 's']]],
    [
      'members h2,*',
      [
        ['h2', 'base'],
        ['h2', 's'],
        ['h2', 't'],
      ],
    ],
    [
      'members h1,s , h2,t',
      [
        ['h1', 's'],
        ['h2', 't'],
      ],
    ],
    [
      'members h2,*,h2,!s',
      [
        ['h2', 'base'],
        ['h2', 't'],
      ],
    ],
    ['members h1,,s', [['h1', 's']]],
  ])('%s', (lines, expected) => {
    const { objects } = soundSite(service('s') + service('t') + serviceGroup(lines))
    expect(objects.serviceGroups.get('g')?.members).toEqual(expected)
  })

  test('services that name them are in, and know it', () => {
    const reading = soundSite(service('s', 'servicegroups g') + serviceGroup('members h2,base'))
    expect(reading.objects.serviceGroups.get('g')?.members).toEqual([
      ['h1', 's'],
      ['h2', 'base'],
      ['h2', 's'],
    ])
    expect(serviceOf(reading, 'h1', 's').groups).toEqual(['g'])
  })

  test.each([
    ['members h1', "has no service behind 'h1'"],
    ['members h2,base,', "has no service behind ''"],
    ['members h2,zz', "unknown service 'zz' on host 'h2'"],
    ['members hx,s', "unknown host 'hx' for service 's'"],
  ])('%s is a problem', (lines, expected) => {
    expect(problemsOf(readSite(serviceGroup(lines))).join('\n')).toContain(expected)
  })
})
