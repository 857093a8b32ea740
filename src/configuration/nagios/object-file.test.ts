import { describe, expect, test } from 'vitest'
import {
  problemsOf,
  readSite,
  serviceOf,
  soundSite,
  warningsOf,
} from '../../../test/nagios-site.ts'
import { parseObjectFile } from './object-file.ts'

describe('definitions', () => {
  test('[NG3] what stands behind the type on its line is passed over', () => {
    const { objects } = soundSite('define host{ host_name zz }\n use tpl\n host_name q\n\t}\n')
    expect([...objects.hosts.keys()]).toEqual(['h1', 'h2', 'q'])
  })

  test('[NG3] a comment may stand behind the closing brace, and a semicolon is one', () => {
    expect(soundSite('define host {\n use tpl\n host_name q\n};\n').objects.hosts.size).toBe(3)
  })

  test('[NG3] what was written is kept with its places, templates too', () => {
    const { objects } = parseObjectFile(
      'a.cfg',
      '\ndefine  host  {\n\tname   t\n  _rack\tA 1 ; x\n}',
    )
    expect(objects).toEqual([
      {
        type: 'host',
        directives: [
          { name: 'name', value: 't', file: 'a.cfg', line: 3, column: 9, slot: -1 },
          { name: '_RACK', value: 'A 1', file: 'a.cfg', line: 4, column: 9, slot: -1 },
        ],
        file: 'a.cfg',
        line: 2,
        templateName: 't',
        isRegistered: true,
      },
    ])
  })

  test.each([
    [
      'define hostgrup {\n}\n',
      "1:8: unknown type of object 'hostgrup'\n  hint: did you mean 'hostgroup'?",
    ],
    ['define {\n}\n', '1:8: `define` without a type\n  hint: write `define host {`'],
    ['foo\n', "1:1: 'foo' stands outside of a definition"],
    ['cfg_file=x\n', 'this looks like a line of a main file'],
    ['define host {\n host_name x\n}}\n}\n', "3:1: unknown directive '}}' in a host"],
    ['define host\n{\n}\n', "2:1: unknown directive '{' in a host"],
    ['define host {\n use tpl\n}\n', '1:1: this host has no name\n  hint: write its host_name'],
    ['define host {\n host_name a\n host_name b\n}\n', "3:2: 'host_name' is written twice"],
    ['define host {\n _ x\n}\n', '2:2: a custom variable without a name'],
    ['define host {\n contacts\n}\n', "2:2: 'contacts' has no value"],
    ['define host {\n notification_options d,q\n}\n', "2:23: unknown option 'q'"],
    ['define host {\n initial_state q\n}\n', "2:16: unknown state 'q'"],
    ['define host {\n 2d_coords 10\n}\n', '2:12: 2 numbers are needed'],
    ['define host {\n chek_command c\n}\n', "did you mean 'check_command'?"],
    ['define contact {\n address7 x\n}\n', "2:2: unknown directive 'address7'"],
  ])('[NG4] %j', (text, expected) => {
    expect(problemsOf(readSite(text)).join('\n')).toContain(expected)
  })

  test('[NG4] one fault hides no other, and what is right is read', () => {
    const reading = readSite(
      'define machine {\n host_name a\n}\ndefine host {\n use tpl\n colour red\n host_name q\ndefine host {\n use tpl\n host_name r\n}\n',
    )
    expect(problemsOf(reading)).toEqual([
      "site.cfg:1:8: unknown type of object 'machine'",
      "site.cfg:6:2: unknown directive 'colour' in a host",
      'site.cfg:8:1: a definition begins inside the definition of line 4\n  hint: a definition ends with `}` on a line of its own',
    ])
    expect([...reading.objects.hosts.keys()]).toEqual(['h1', 'h2', 'q', 'r'])
  })

  test('[NG20] older spellings are read as those of today, deprecated ones with a warning', () => {
    const reading = soundSite(
      'define service {\n use stpl\n host h1\n description s\n normal_check_interval 7\n retry_check_interval 2\n hourly_value 3\n obsess_over_service 0\n}\n',
    )
    const { values } = serviceOf(reading, 'h1', 's')
    expect(values).toMatchObject({
      checkInterval: 7,
      retryInterval: 2,
      importance: 3,
      obsess: false,
    })
    expect(warningsOf(reading).filter((text) => text.includes('deprecated'))).toHaveLength(3)
  })

  test('[NG20] what has no effect any more is warned of and dropped', () => {
    const reading = soundSite(
      'define host {\n use tpl\n host_name q\n failure_prediction_enabled 1\n}\n',
    )
    expect(warningsOf(reading).join()).toContain("4:2: 'failure_prediction_enabled' has no effect")
  })

  test('[NG21] numbers are read as C reads them', () => {
    const reading = soundSite(
      'define host {\n use tpl\n host_name q\n check_interval 0x10\n retry_interval 1e2x\n importance -3\n max_check_attempts 5.9\n freshness_threshold five\n obsess yes\n}\n',
    )
    expect(reading.objects.hosts.get('q')?.values).toMatchObject({
      checkInterval: 16,
      retryInterval: 100,
      importance: 4_294_967_293,
      maxAttempts: 5,
      freshnessThreshold: 0,
      obsess: false,
    })
    expect(warningsOf(reading).filter((text) => text.includes('is no number'))).toHaveLength(3)
  })

  test('[NG22] what nobody says has the value of Nagios', () => {
    const { objects } = soundSite('define host {\n host_name q\n max_check_attempts 1\n}\n')
    expect(objects.hosts.get('q')).toMatchObject({
      alias: 'q',
      address: 'q',
      notificationInterval: 30,
      isIntervalWritten: false,
      notificationPeriod: undefined,
      values: {
        checkInterval: 5,
        retryInterval: 1,
        checkCommand: undefined,
        notificationOptions: 'all',
        flapOptions: 'all',
        stalkingOptions: '',
        activeChecks: true,
        initialState: 'o',
      },
    })
  })
})
