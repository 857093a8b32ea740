import { describe, expect, test } from 'vitest'
import { problemsOf, readSite, soundSite, warningsOf } from '../../../test/nagios-site.ts'
import { readNagiosTexts } from './read.ts'

const host = (lines: string): string => `define host {\n use tpl\n host_name q\n ${lines}\n}\n`
const service = (lines: string): string =>
  `define service {\n use stpl\n host_name h1\n service_description s\n ${lines}\n}\n`
const contact = (lines: string): string =>
  `define contact {\n contact_name z\n host_notification_commands c\n service_notification_commands c\n ${lines}\n}\n`

describe('[NG40] what is referred to', () => {
  test.each([
    [host('parents h11'), "4:10: host 'q': unknown host 'h11'\n  hint: did you mean 'h1'?"],
    [host('contacts mee'), "4:11: host 'q': unknown contact 'mee'\n  hint: did you mean 'me'?"],
    [host('contact_groups zz'), "4:17: host 'q': unknown contact group 'zz'"],
    [host('check_period zz'), "4:15: host 'q': unknown time period 'zz'"],
    [host('check_command zz!1'), "4:16: host 'q': unknown command 'zz'"],
    [host('event_handler zz'), "4:16: host 'q': unknown command 'zz'"],
    [service('check_command zz'), "5:16: service 's': unknown command 'zz'"],
    [service('notification_period zz'), "5:22: service 's': unknown time period 'zz'"],
    [service('hostgroup_name zz'), "5:17: service 's': unknown hostgroup 'zz'"],
    [contact('host_notification_period zz'), "5:27: contact 'z': unknown time period 'zz'"],
    [
      'define host {\n host_name r\n register 0\n}\n' + service('host_name r'),
      "service 's': host 'r' is not registered",
    ],
  ])('%j', (text, expected) => {
    expect(problemsOf(readSite(text)).join('\n')).toContain(expected)
  })

  test('a fault of a template is named at the template, once', () => {
    const text =
      'define service {\n name t\n use stpl\n check_period zz\n register 0\n}\n' +
      ['a', 'b']
        .map(
          (name) => `define service {\n use t\n host_name h1,h2\n service_description ${name}\n}\n`,
        )
        .join('')
    expect(problemsOf(readSite(text))).toEqual([
      "site.cfg:4:15: service 'a': unknown time period 'zz'",
      "site.cfg:4:15: service 'b': unknown time period 'zz'",
    ])
  })
})

describe('[NG42] what is required', () => {
  test.each([
    ['define host {\n host_name q\n}\n', "host 'q': has no max_check_attempts"],
    [host('max_check_attempts 0'), 'max_check_attempts must be 1 or more'],
    [host('check_interval -1'), 'check_interval must not be negative'],
    [host('notification_interval -1'), 'notification_interval must not be negative'],
    [host('first_notification_delay -1'), 'first_notification_delay must not be negative'],
    [host('freshness_threshold -1'), 'freshness_threshold must not be negative'],
    [service('retry_interval 0'), 'retry_interval must be more than 0'],
    [service('check_command null'), 'has no check_command'],
    ['define service {\n use stpl\n host_name h1\n}\n', 'has no description'],
    ['define service {\n use stpl\n service_description s\n}\n', 'is on no host'],
    ['define command {\n command_name x\n}\n', "command 'x': has no command_line"],
    ['define contact {\n contact_name z\n}\n', 'has no host_notification_commands'],
    ['define timeperiod {\n timeperiod_name x\n}\n', "timeperiod 'x': has no alias"],
    [host('alias a') + host('alias b'), "host 'q': is defined twice"],
  ])('%j', (text, expected) => {
    expect(problemsOf(readSite(text)).join('\n')).toContain(expected)
  })

  test('hosts, services and contacts', () => {
    const { problems } = readNagiosTexts([{ file: 'a.cfg', text: '# nothing\n' }])
    expect(problems.map(({ message }) => message)).toEqual([
      'there are no contacts',
      'there are no hosts',
      'there are no services',
    ])
  })

  test.each([
    host('retry_interval 0'),
    host('check_period null\n check_command null'),
    host('parents h1,h1'),
    service('freshness_threshold -1'),
  ])('%j is fine', (text) => {
    expect(problemsOf(readSite(text))).toEqual([])
  })
})

describe('[NG43] warnings', () => {
  test.each([
    [host('contacts null'), "host 'q' has no contacts"],
    [host('notification_options r'), 'recoveries alone are never told'],
    [service('contacts null'), "service 's' on host 'h1' has no contacts"],
    [service('check_period null'), "service 's' on host 'h1' has no check_period"],
    [service('notification_period null'), "service 's' on host 'h1' has no notification_period"],
    [
      service('notification_interval 2\n check_interval 3'),
      'is told of more often than it is checked',
    ],
    [contact(''), 'has no service_notification_period'],
    [contact('service_notification_options r'), 'recoveries of services alone are never told'],
  ])('%j', (text, expected) => {
    expect(warningsOf(soundSite(text)).join('\n')).toContain(expected)
  })
})

describe('[NG44] names', () => {
  const named = (name: string): string => `define host {\n use tpl\n host_name ${name}\n}\n`
  test('what the site forbids', () => {
    expect(problemsOf(readSite(named('a#b'), { illegalObjectNameChars: '#' })).join()).toContain(
      "the name holds '#'",
    )
    expect(problemsOf(readSite(named('a#b')))).toEqual([])
  })

  test.each([
    [
      named('a/b'),
      "3:12: host 'a/b': a name must not hold '/'\n  hint: Parallax names a service host/service",
    ],
    [named('-a'), "3:12: host '-a': a name does not begin with '-'"],
    [named('a$b'), "a name must not hold '$'"],
    [named('x'.repeat(256)), 'a name has at most 255 characters'],
    [service('').replace('description s', 'description a$b'), "a name must not hold '$'"],
    ['define command {\n command_name a|b\n command_line x\n}\n', "a name must not hold '|'"],
  ])('%j', (text, expected) => {
    expect(problemsOf(readSite(text)).join('\n')).toContain(expected)
  })

  test('a service may have a slash, spaces and letters of any language', () => {
    const { objects } = soundSite(
      `${named('ä b')}${service('').replace('description s', 'description Disk /: ő #1.')}`,
    )
    expect([...objects.hosts.keys()]).toContain('ä b')
    expect(objects.services[0]?.description).toBe('Disk /: ő #1.')
  })
})
