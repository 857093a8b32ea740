import { describe, expect, test } from 'vitest'
import { compiledFleet, problemsOf } from '../../test/compiled.ts'

const SITE = `
timePeriods: { work: }
contacts: { ann: , bob: }
contactGroups: { ops: }
hostGroups: { web: { members: [web-1, web-2] }, none: }
serviceGroups: { pages: { members: [web-1/http, web-2/http] } }
hosts:
  gw: { services: { ping: { checkCommand: passive }, snmp: { checkCommand: passive } } }
  web-1: { services: { http: { checkCommand: passive }, https: { checkCommand: passive }, app/one: { checkCommand: passive } } }
  web-2: { services: { http: { checkCommand: passive }, https: { checkCommand: passive } } }
`

describe('[CF25] dependencies', () => {
  const pairs = (text: string): string[] => {
    const fleet = compiledFleet(`${SITE}${text}`)
    return [
      ...[...fleet.hostDependencies.values()].map((one) => `${one.dependent} needs ${one.host}`),
      ...[...fleet.serviceDependencies.values()].map(
        (one) => `${one.dependent.replace('!', '/')} needs ${one.service.replace('!', '/')}`,
      ),
    ].sort()
  }
  test.each([
    [
      'hosts by name, pattern and group',
      'hostDependencies: { d: { hosts: gw, dependentHosts: [web-1, web-?], dependentHostGroups: web } }',
      ['web-1 needs gw', 'web-2 needs gw'],
    ],
    [
      'services of the same host',
      'serviceDependencies: { d: { hosts: web-*, services: http, dependentServices: https } }',
      ['web-1/https needs web-1/http', 'web-2/https needs web-2/http'],
    ],
    [
      'services by pattern on each host',
      "serviceDependencies: { d: { hosts: gw, services: ping, dependentHostGroups: web, dependentServices: 'http*' } }",
      [
        'web-1/http needs gw/ping',
        'web-1/https needs gw/ping',
        'web-2/http needs gw/ping',
        'web-2/https needs gw/ping',
      ],
    ],
    [
      'services as host/service, also with a slash in the name',
      'serviceDependencies: { d: { services: [gw/ping], dependentServices: [web-1/app/one, web-2/http] } }',
      ['web-1/app/one needs gw/ping', 'web-2/http needs gw/ping'],
    ],
    [
      'services by group',
      'serviceDependencies: { d: { hosts: gw, services: snmp, dependentServiceGroups: pages } }',
      ['web-1/http needs gw/snmp', 'web-2/http needs gw/snmp'],
    ],
    [
      'the same pair once',
      'hostDependencies: { d: { hosts: gw, dependentHosts: web-1 }, e: { hosts: [gw, gw], dependentHosts: web-1 } }',
      ['web-1 needs gw'],
    ],
    ['an empty group', 'hostDependencies: { d: { hostGroups: none, dependentHosts: gw } }', []],
  ])('%s', (_, text, expected) => {
    expect(pairs(text)).toEqual(expected)
  })
  test('options of the same pair add up; without options it stops nothing', () => {
    const fleet = compiledFleet(`${SITE}
hostDependencies:
  a: { hosts: gw, dependentHosts: web-1, executionFailureOptions: [d, u] }
  b: { hosts: gw, dependentHosts: web-1, notificationFailureOptions: d, executionFailureOptions: p }
  c: { hosts: gw, dependentHosts: web-1, dependencyPeriod: work, inheritsParent: true, notificationFailureOptions: n }
`)
    expect([...fleet.hostDependencies.values()]).toEqual([
      {
        host: 'gw',
        dependent: 'web-1',
        inheritsParent: false,
        executionFailureOptions: 'dpu',
        notificationFailureOptions: 'd',
        period: undefined,
      },
      {
        host: 'gw',
        dependent: 'web-1',
        inheritsParent: true,
        executionFailureOptions: '',
        notificationFailureOptions: '',
        period: 'work',
      },
    ])
  })
})

describe('[CF25] escalations', () => {
  test('are one for each object, with what is written once', () => {
    const fleet = compiledFleet(`${SITE}
hostEscalations:
  e: { hosts: 'web-*', hostGroups: web, firstNotification: 3, contacts: [bob, ann], contactGroups: ops, notificationInterval: 1h, escalationPeriod: work, escalationOptions: [d] }
serviceEscalations:
  s: { hosts: gw, services: '*', lastNotification: 5 }
  t: { serviceGroups: pages }
`)
    expect([...fleet.hostEscalations.values()].map((one) => one.host)).toEqual(['web-1', 'web-2'])
    expect([...fleet.hostEscalations.values()][0]).toEqual({
      host: 'web-1',
      firstNotification: 3,
      lastNotification: 0,
      intervalMs: 3_600_000,
      period: 'work',
      options: 'd',
      contacts: ['ann', 'bob'],
      contactGroups: ['ops'],
    })
    expect([...fleet.serviceEscalations.values()].map((one) => one.service)).toEqual([
      'gw!ping',
      'gw!snmp',
      'web-1!http',
      'web-2!http',
    ])
    expect([...fleet.serviceEscalations.values()][0]).toMatchObject({
      firstNotification: 1,
      lastNotification: 5,
      intervalMs: undefined,
      options: 'all',
      contacts: [],
    })
  })
})

describe('[CF25] a problem of', () => {
  test.each([
    [
      'hostDependencies: { d: { hosts: gw, dependentHosts: gw } }',
      '11:21: ',
      "'gw' depends on itself",
      '',
    ],
    [
      'serviceDependencies: { d: { hosts: gw, services: ping, dependentServices: ping } }',
      '11:24: ',
      "'gw/ping' depends on itself",
      '',
    ],
    [
      'hostDependencies: { d: { hosts: [gw, web1], dependentHosts: web-2 } }',
      '11:38: ',
      "unknown host 'web1'",
      "did you mean 'web-1'?",
    ],
    [
      'hostEscalations: { d: { hosts: nothing-like-it } }',
      '11:32: ',
      "unknown host 'nothing-like-it'",
      'define it under hosts',
    ],
    [
      'hostEscalations: { d: { hostGroups: nothing-like-it } }',
      '11:37: ',
      "unknown host group 'nothing-like-it'",
      'define it under hostGroups',
    ],
    [
      'serviceEscalations: { d: { hosts: web-2, services: disk } }',
      '11:52: ',
      "host 'web-2' has no service 'disk'",
      'it has http, https',
    ],
    [
      'hostDependencies: { d: { hosts: gw, dependentHostGroups: webs } }',
      '11:58: ',
      "unknown host group 'webs'",
      "did you mean 'web'?",
    ],
    [
      'serviceDependencies: { d: { hosts: gw, services: png, dependentHosts: web-1, dependentServices: http } }',
      '11:50: ',
      "host 'gw' has no service 'png'",
      "did you mean 'ping'?",
    ],
    [
      'serviceDependencies: { d: { services: ping, dependentHosts: web-1, dependentServices: http } }',
      '11:39: ',
      "unknown service 'ping'",
      'write host/service',
    ],
    [
      'serviceEscalations: { e: { serviceGroups: [pages, page] } }',
      '11:51: ',
      "unknown service group 'page'",
      "did you mean 'pages'?",
    ],
    [
      'hostEscalations: { e: { hosts: gw, contacts: anna } }',
      '11:46: ',
      "'anna'",
      "did you mean 'ann'?",
    ],
    [
      'hostEscalations: { e: { hosts: gw, escalationPeriod: wor } }',
      '11:54: ',
      "unknown time period 'wor'",
      "did you mean 'work'?",
    ],
  ])('%s', (text, place, message, hint) => {
    const found = problemsOf(`${SITE}${text}`)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(place)
    expect(found[0]).toContain(message)
    expect(found[0]).toContain(hint)
  })

  test('more pairs than the bound is said once for each object, and makes none', () => {
    const hosts = Array.from({ length: 800 }, (_, n) => `  h-${n}:`).join('\n')
    const text = `hosts:\n${hosts}\nhostDependencies: { d: { hosts: '*', dependentHosts: '*' } }\n`
    const found = problemsOf(text)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain('dependencies and escalations stand for more than 500000 pairs')
  })
})
