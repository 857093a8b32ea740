import { describe, expect, test } from 'vitest'
import { problemsOf, readSite, soundSite, warningsOf } from '../../../test/nagios-site.ts'

const SITE =
  'define hostgroup {\n hostgroup_name g\n members h1,h2\n}\n' +
  'define servicegroup {\n servicegroup_name sg\n}\n' +
  ['s', 't']
    .map(
      (name) =>
        `define service {\n use stpl\n hostgroup_name g\n service_description ${name}\n servicegroups sg\n}\n`,
    )
    .join('')

const define = (type: string, lines: string): string => `define ${type} {\n ${lines}\n}\n`
const CRITERIA = 'notification_failure_criteria c,u'

describe('[NG29] service dependencies', () => {
  const pairs = (lines: string): readonly string[] =>
    soundSite(
      SITE + define('servicedependency', `${lines}\n ${CRITERIA}`),
    ).objects.serviceDependencies.map(
      (one) =>
        `${one.hostName}/${one.description} < ${one.dependentHostName}/${one.dependentDescription}`,
    )

  test.each([
    [
      'host_name h1\n service_description s\n dependent_host_name h1,h2\n dependent_service_description t',
      ['h1/s < h1/t', 'h1/s < h2/t'],
    ],
    [
      'hostgroup_name g\n service_description s\n dependent_service_description t',
      ['h1/s < h1/t', 'h2/s < h2/t'],
    ],
    [
      'service_description s\n dependent_hostgroup_name g\n dependent_service_description t',
      ['h1/s < h1/t', 'h2/s < h2/t'],
    ],
    [
      'host_name h1\n service_description s\n dependent_host_name h1\n dependent_service_description *,!s',
      ['h1/s < h1/t'],
    ],
    [
      'host_name h2\n service_description base\n dependent_servicegroup_name sg',
      ['h2/base < h1/s', 'h2/base < h1/t', 'h2/base < h2/s', 'h2/base < h2/t'],
    ],
  ])('%j', (lines, expected) => {
    expect(pairs(lines).toSorted()).toEqual(expected)
  })

  test('criteria: letters in order, none when not written or `n`', () => {
    const lines =
      'host_name h1\n service_description s\n dependent_host_name h2\n dependent_service_description t\n'
    const text = `${lines} execution_failure_criteria n\n notification_failure_criteria c,u,o\n inherits_parent 1\n dependency_period tp`
    expect(
      soundSite(SITE + define('servicedependency', text)).objects.serviceDependencies[0],
    ).toMatchObject({
      executionOptions: undefined,
      notificationOptions: 'ouc',
      inheritsParent: true,
      period: 'tp',
    })
  })

  test('without criteria it has no effect, and a warning says so', () => {
    const reading = soundSite(
      SITE +
        define(
          'servicedependency',
          'host_name h1\n service_description s\n dependent_service_description t',
        ),
    )
    expect(reading.objects.serviceDependencies).toEqual([])
    expect(warningsOf(reading).join()).toContain('has no effect')
  })

  test.each([
    ['service_description s\n dependent_service_description t', 'names no pair of services'],
    [
      'host_name h1\n service_description zz\n dependent_service_description t',
      "unknown service 'zz' on host 'h1'",
    ],
    ['host_name zz\n service_description s\n dependent_service_description t', "unknown host 'zz'"],
    [
      'host_name h1\n dependent_host_name h2\n dependent_service_description t',
      "needs 'service_description' beside it",
    ],
  ])('[NG40] %j is a problem', (lines, expected) => {
    const reading = readSite(SITE + define('servicedependency', `${lines}\n ${CRITERIA}`))
    expect(problemsOf(reading).join('\n')).toContain(expected)
  })
})

describe('host dependencies', () => {
  test('[NG29] one for each pair; `n` counts for their execution', () => {
    const { objects } = soundSite(
      SITE +
        define(
          'hostdependency',
          'host_name h1\n dependent_hostgroup_name g\n dependent_host_name !h1\n execution_failure_criteria n',
        ),
    )
    expect(objects.hostDependencies).toMatchObject([
      {
        hostName: 'h1',
        dependentHostName: 'h2',
        executionOptions: '',
        notificationOptions: undefined,
      },
    ])
  })

  test('[NG30] on an unknown host it is warned of and dropped, or refused', () => {
    const text = define(
      'hostdependency',
      `host_name zz\n dependent_host_name h1\n notification_failure_criteria d`,
    )
    const reading = soundSite(text)
    expect(reading.objects.hostDependencies).toEqual([])
    expect(warningsOf(reading).join()).toContain("unknown host 'zz'")
    expect(problemsOf(readSite(text, { allowEmptyHostgroupAssignment: 0 })).join()).toContain(
      "unknown host 'zz'",
    )
  })
})

describe('[NG31] escalations', () => {
  const extra = 'define contactgroup {\n contactgroup_name cg\n members me\n}\n'
  test.each([
    [
      '',
      {
        contacts: ['me'],
        contactGroups: [],
        notificationInterval: 5,
        period: 'tp',
        options: 'all',
      },
    ],
    ['contacts +me\n contact_groups +cg', { contacts: ['me'], contactGroups: ['cg'] }],
    ['contact_groups cg', { contacts: [], contactGroups: ['cg'] }],
    [
      'escalation_period null\n notification_interval -3\n escalation_options d,r',
      { period: undefined, notificationInterval: 0, options: 'rd' },
    ],
    ['first_notification 2\n last_notification 0', { firstNotification: 2, lastNotification: 0 }],
  ])('of a host: %j', (lines, expected) => {
    const { objects } = soundSite(extra + define('hostescalation', `host_name h1\n ${lines}`))
    expect(objects.hostEscalations).toHaveLength(1)
    expect(objects.hostEscalations[0]).toMatchObject({ hostName: 'h1', ...expected })
  })

  test.each([
    ['host_name h2\n service_description *', ['h2/base', 'h2/s', 'h2/t']],
    ['hostgroup_name g\n service_description s', ['h1/s', 'h2/s']],
    ['servicegroup_name sg\n host_name h1\n service_description !t', ['h1/s', 'h2/s', 'h2/t']],
  ])('of services: %j', (lines, expected) => {
    const { objects } = soundSite(SITE + define('serviceescalation', `${lines}\n contacts me`))
    expect(
      objects.serviceEscalations
        .map(({ hostName, description }) => `${hostName}/${description}`)
        .toSorted(),
    ).toEqual(expected)
  })

  test.each([
    ['hostescalation', 'contacts me', 'names no host'],
    ['hostescalation', 'host_name zz', "unknown host 'zz'"],
    ['hostescalation', 'host_name h1\n contacts zz', "unknown contact 'zz'"],
    ['hostescalation', 'host_name h1\n escalation_period zz', "unknown time period 'zz'"],
    ['serviceescalation', 'contacts me', 'names no service'],
    ['serviceescalation', 'host_name h1\n service_description s,!s', 'names no service'],
    ['serviceescalation', 'service_description s', "needs 'host_name' beside it"],
  ])('[NG40] %s %j is a problem', (type, lines, expected) => {
    expect(problemsOf(readSite(SITE + define(type, lines))).join('\n')).toContain(expected)
  })
})

describe('[NG41] ways that lead back', () => {
  const host = (name: string, parents: string): string =>
    define('host', `use tpl\n host_name ${name}\n parents ${parents}`)
  const depends = (one: string, other: string, criteria: string): string =>
    define('hostdependency', `host_name ${one}\n dependent_host_name ${other}\n ${criteria}`)

  test.each([
    [host('a', 'b') + host('b', 'a'), 'parents lead back to themselves: a > b > a'],
    [host('a', 'a'), "host 'a': is its own parent"],
    [
      define('timeperiod', 'timeperiod_name x\n alias x\n exclude x'),
      'exclusions lead back to themselves: x > x',
    ],
    [
      depends('h1', 'h2', 'execution_failure_criteria n') +
        depends('h2', 'h1', 'execution_failure_criteria d'),
      'host dependencies (execution) lead back to themselves',
    ],
    [
      depends('h1', 'h1', 'notification_failure_criteria d'),
      'host dependencies (notification) lead back',
    ],
  ])('%j', (text, expected) => {
    expect(problemsOf(readSite(text)).join('\n')).toContain(expected)
  })

  test('of two kinds together there is no circle', () => {
    const text =
      depends('h1', 'h2', 'execution_failure_criteria d') +
      depends('h2', 'h1', 'notification_failure_criteria d')
    expect(soundSite(text).objects.hostDependencies).toHaveLength(2)
  })
})
