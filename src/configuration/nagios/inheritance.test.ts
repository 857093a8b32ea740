import { describe, expect, test } from 'vitest'
import {
  problemsOf,
  readSite,
  serviceOf,
  soundSite,
  warningsOf,
} from '../../../test/nagios-site.ts'
import { directiveOf, placeOf, valueOf } from './definition.ts'
import type { NagiosReading, ResolvedDefinition } from './objects.ts'

const GROUPS = ['a', 'b', 'd']
  .map((name) => `define hostgroup {\n hostgroup_name ${name}\n}\n`)
  .join('')

function hostOf({ objects }: NagiosReading, name: string): ResolvedDefinition {
  const definition = objects.hosts.get(name)?.definition
  if (definition === undefined) throw new Error(`no host '${name}'`)
  return definition
}

describe('templates', () => {
  const templates =
    'define host {\n name t1\n register 0\n alias one\n check_interval 7\n hostgroups a\n}\n' +
    'define host {\n name t2\n register 0\n alias two\n retry_interval 3\n hostgroups +b\n notes two\n}\n'

  test('[NG10] what is written wins over templates, an earlier one over a later one', () => {
    const reading = soundSite(
      `${GROUPS}${templates}define host {\n use t1,t2,tpl\n host_name q\n notes own\n}\n`,
    )
    const host = hostOf(reading, 'q')
    expect(valueOf(host, 'alias')).toBe('one')
    expect(valueOf(host, 'notes')).toBe('own')
    expect(reading.objects.hosts.get('q')?.values).toMatchObject({
      checkInterval: 7,
      retryInterval: 3,
      maxAttempts: 2,
    })
  })

  test('[NG10] where each value is written is known', () => {
    const reading = soundSite(
      `${templates}define host {\n use t2,tpl\n hostgroups null\n host_name q\n}\n`,
    )
    const host = hostOf(reading, 'q')
    expect(placeOf(host, 'alias')).toEqual({ file: 'site.cfg', line: 11, column: 8 })
    expect(placeOf(host, 'address')).toEqual({ file: 'site.cfg', line: 16, column: 1 })
  })

  test.each([
    ['t1,t2,tpl', 'd', 'd'],
    ['t1,t2,tpl', '+d', 'a,d'],
    ['t2,t1,tpl', '+d', 'a,b,d'],
    ['t2,tpl', '+d', 'b,d'],
    ['tpl', '+d', 'd'],
    ['t1,tpl', 'null', undefined],
  ])('[NG11] [NG12] use %s, hostgroups %s', (use, own, expected) => {
    const text = `${GROUPS}${templates}define host {\n use ${use}\n host_name q\n hostgroups ${own}\n}\n`
    expect(valueOf(hostOf(soundSite(text), 'q'), 'hostgroups')).toBe(expected)
  })

  test('[NG12] a template that says null keeps later templates away', () => {
    const text = `${GROUPS}${templates}define host {\n name none\n alias null\n hostgroups null\n register 0\n}\ndefine host {\n use none,t1,tpl\n host_name q\n}\n`
    const reading = soundSite(text)
    expect(valueOf(hostOf(reading, 'q'), 'hostgroups')).toBeUndefined()
    // An alias knows no null.
    expect(reading.objects.hosts.get('q')?.alias).toBe('null')
  })

  test('[NG13] a registered host may be a template; its name is not handed down', () => {
    const { objects } = soundSite(
      'define host {\n use tpl\n name n\n host_name q\n alias Q\n}\ndefine host {\n use n\n host_name r\n}\ndefine host {\n use n\n name m\n}\n',
    )
    expect([...objects.hosts.keys()]).toEqual(['h1', 'h2', 'q', 'r'])
    expect(objects.hosts.get('r')?.alias).toBe('Q')
  })

  test('[NG13] services hand down their hosts and their description', () => {
    const reading = soundSite(
      'define service {\n use stpl\n name n\n host_name h1\n service_description q\n}\ndefine service {\n use n\n host_name h2\n}\n',
    )
    expect(serviceOf(reading, 'h2', 'q').definition).not.toBe(
      serviceOf(reading, 'h1', 'q').definition,
    )
  })

  test('[NG14] templates that use each other are cut', () => {
    const { objects } = soundSite(
      'define host {\n name a\n use b\n alias A\n register 0\n}\ndefine host {\n name b\n use a\n address B\n register 0\n}\ndefine host {\n use a,tpl\n host_name q\n}\n',
    )
    expect(objects.hosts.get('q')).toMatchObject({ alias: 'A', address: 'B' })
  })

  test('[NG14] an unknown template is a problem, with a hint for a space', () => {
    expect(problemsOf(readSite('define host {\n use tpl, tpl\n host_name q\n}\n'))).toEqual([
      "site.cfg:2:6: unknown host template ' tpl'\n  hint: names are separated by a comma alone, without a space",
    ])
  })

  test('[NG14] what is missing because of it is not told of as well', () => {
    expect(problemsOf(readSite('define host {\n use nope\n host_name q\n}\n'))).toEqual([
      "site.cfg:2:6: unknown host template 'nope'",
    ])
    const overlooked =
      'define host {\n name t\n use nope\n register 0\n}\ndefine host {\n use t\n host_name q\n}\n'
    expect(problemsOf(readSite(overlooked))).toEqual([
      "site.cfg:6:1: host 'q': has no max_check_attempts",
    ])
  })

  test('[NG14] in a template that others use it is overlooked, with what stands behind it', () => {
    const reading = soundSite(
      'define host {\n name t\n use tpl,nope,late\n register 0\n}\ndefine host {\n name late\n alias late\n register 0\n}\ndefine host {\n use t\n host_name q\n}\n',
    )
    expect(warningsOf(reading).join()).toContain("3:6: unknown host template 'nope'")
    expect(reading.objects.hosts.get('q')).toMatchObject({ alias: 'q', notificationInterval: 5 })
  })

  test('[NG18] a check command with an exclamation mark insists', () => {
    const reading = soundSite(
      'define service {\n name imp\n check_command !c!1\n register 0\n}\ndefine service {\n use imp,stpl\n host_name h1\n service_description s\n check_command c!2\n}\n',
    )
    expect(serviceOf(reading, 'h1', 's').values.checkCommand).toBe('c!1')
  })
})

describe('custom variables', () => {
  test('[NG15] are inherited one by one, whatever letters their names have', () => {
    const reading = soundSite(
      'define host {\n name t\n _Rack none\n _os linux\n register 0\n}\ndefine host {\n use t,tpl\n host_name q\n _RACK A1\n}\n',
    )
    expect(
      [...hostOf(reading, 'q').customVariables].map(([name, { value }]) => [name, value]),
    ).toEqual([
      ['_RACK', 'A1'],
      ['_OS', 'linux'],
    ])
  })

  test('[NG15] of two with one name the object has the first, its heirs the last', () => {
    const reading = soundSite(
      'define host {\n use tpl\n name t\n host_name q\n _A 1\n _A 2\n}\ndefine host {\n use t\n host_name r\n}\n',
    )
    expect(directiveOf(hostOf(reading, 'q'), '_A')?.value).toBe('1')
    expect(directiveOf(hostOf(reading, 'r'), '_A')?.value).toBe('2')
  })
})

describe('[NG17] written twice', () => {
  test.each([
    ['alias one\n alias two', 'alias', 'two'],
    ['check_command c!1\n check_command null', 'check_command', 'c!1'],
    ['check_command null\n check_command c!1', 'check_command', 'c!1'],
    ['notification_options d\n notification_options u', 'notification_options', 'd,u'],
    ['flap_detection_options d\n flap_detection_options u', 'flap_detection_options', 'u'],
  ])('%j', (lines, directive, expected) => {
    const reading = soundSite(`define host {\n use tpl\n host_name q\n ${lines}\n}\n`)
    expect(valueOf(hostOf(reading, 'q'), directive)).toBe(expected)
  })

  test('members of a group add up', () => {
    const { objects } = soundSite(
      'define hostgroup {\n hostgroup_name g\n members h1\n members h2\n}\n',
    )
    expect(objects.hostGroups.get('g')?.members).toEqual(['h1', 'h2'])
  })
})
