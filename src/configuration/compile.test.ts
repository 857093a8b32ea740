import { describe, expect, test } from 'vitest'
import type { CheckId } from '../domain/check-id.ts'
import type { Fleet, Service } from '../domain/fleet.ts'
import { compile, type CompileOptions } from './compile.ts'
import { durationMs } from './duration.ts'
import { renderProblem } from './problem.ts'

function fleetOf(text: string, options: CompileOptions = {}): Fleet {
  const { fleet, problems } = compile([{ file: 'parallax.yaml', text }], options)
  expect(problems.map(renderProblem)).toEqual([])
  return fleet
}

function serviceOf(fleet: Fleet, id: string): Service {
  const service = fleet.services.get(id.replace('/', '!') as CheckId)
  if (service === undefined)
    throw new Error(`no service ${id}: ${[...fleet.services.keys()].join(', ')}`)
  return service
}

test('[CF1] files and documents make one set', () => {
  const { fleet, problems } = compile([
    { file: 'a.yaml', text: 'hosts: { a: { groups: g } }\n---\nhosts: { b: { parents: a } }\n' },
    { file: 'b.yml', text: 'hostGroups: { g: }\nhosts: { c: }\n' },
  ])
  expect(problems).toEqual([])
  expect([...fleet.hosts.keys()]).toEqual(['a', 'b', 'c'])
  expect(fleet.hosts.get('b')?.parents).toEqual(['a'])
  expect(fleet.hosts.get('c')?.source).toBe('b.yml:2')
})

describe('[CF10] templates', () => {
  const fleet = fleetOf(`
templates:
  hosts:
    base: { checkInterval: 1m, maxCheckAttempts: 5, groups: [all], variables: { SITE: bud, RACK: none } }
    linux: { use: base, checkInterval: 2m, groups: [+, linux], variables: { os: Debian } }
    edge: { checkInterval: 3m, address: 192.0.2.9, variables: { SITE: ams } }
hostGroups: { all: , linux: , web: }
hosts:
  a: { use: [linux, edge], groups: [+, web], variables: { _rack: A1 } }
  b: { use: [edge, linux], groups: web, maxCheckAttempts: 1 }
`)
  test('own over templates, an earlier template over a later one', () => {
    const a = fleet.hosts.get('a')
    expect(a?.check).toMatchObject({ intervalMs: 120_000, maxAttempts: 5 })
    expect(a?.address).toBe('192.0.2.9')
    const b = fleet.hosts.get('b')
    expect(b?.check).toMatchObject({ intervalMs: 180_000, maxAttempts: 1 })
    expect(b?.statePolicy.maxAttempts).toBe(1)
  })
  test('variables are merged and kept in capitals', () => {
    expect(fleet.hosts.get('a')?.variables).toEqual({ SITE: 'bud', RACK: 'A1', OS: 'Debian' })
    expect(fleet.hosts.get('b')?.variables).toEqual({ SITE: 'ams', RACK: 'none', OS: 'Debian' })
  })
  test('groups are replaced, or added to with +', () => {
    expect(fleet.hosts.get('a')?.groups).toEqual(['all', 'linux', 'web'])
    expect(fleet.hosts.get('b')?.groups).toEqual(['web'])
  })
})

test('[CF14] a service without contacts takes those of its host', () => {
  const fleet = fleetOf(`
contacts: { ann: { email: ann@example.net, groups: ops, variables: { mobile: 1 } }, bob: }
contactGroups: { ops: }
hosts:
  a:
    contacts: ann
    contactGroups: ops
    services: { x: { checkCommand: passive }, y: { checkCommand: passive, contacts: bob } }
`)
  expect(serviceOf(fleet, 'a/x')).toMatchObject({ contacts: ['ann'], contactGroups: ['ops'] })
  expect(serviceOf(fleet, 'a/y')).toMatchObject({ contacts: ['bob'], contactGroups: [] })
  expect(fleet.contacts.get('ann')).toMatchObject({
    email: 'ann@example.net',
    variables: { MOBILE: '1' },
  })
  expect(fleet.contactGroups.get('ops')?.members).toEqual(['ann'])
})

test('[CF15] groups by name, by member, and through groups', () => {
  const fleet = fleetOf(`
hostGroups:
  site: { memberGroups: [web], alias: The site }
  web: { members: [b] }
serviceGroups:
  all: { memberGroups: checks }
  checks: { members: a/x }
hosts:
  a: { groups: web, services: { x: { checkCommand: passive }, y: { checkCommand: passive, groups: checks } } }
  b:
`)
  expect(fleet.hostGroups.get('site')).toEqual({
    name: 'site',
    alias: 'The site',
    notes: '',
    notesUrl: '',
    actionUrl: '',
    members: ['a', 'b'],
  })
  expect(fleet.hosts.get('b')?.groups).toEqual(['site', 'web'])
  expect(fleet.serviceGroups.get('all')?.members).toEqual(['a!x', 'a!y'])
})

test('[CF16] hosts without a command and passive objects are not checked', () => {
  const fleet = fleetOf(
    'hosts: { a: { services: { s: { checkCommand: passive } } }, b: { checkCommand: passive } }',
  )
  for (const object of [...fleet.hosts.values(), ...fleet.services.values()]) {
    expect(object.check.command).toEqual({ kind: 'passive' })
    expect(object.shownCommand).toBe('')
  }
})

test('[CF17] built-in checks look at their host, and macros may stand for numbers', () => {
  const fleet = fleetOf(`
commands: { port: { builtin: tcp, port: $ARG1$, warning: $ARG2$ } }
hosts:
  a:
    address: 192.0.2.1
    checkCommand: { builtin: ping }
    services:
      tcp: { checkCommand: port!22!2s }
      web: { checkCommand: { builtin: http, path: /health } }
      far: { checkCommand: { builtin: http, url: 'https://example.org/' } }
`)
  expect(fleet.hosts.get('a')?.check.command).toMatchObject({ options: { host: '192.0.2.1' } })
  expect(serviceOf(fleet, 'a/tcp').check.command).toMatchObject({
    options: { host: '192.0.2.1', port: 22, warning: 2 },
  })
  expect(serviceOf(fleet, 'a/tcp').shownCommand).toBe('tcp host=192.0.2.1 port=22 warning=2s')
  expect(serviceOf(fleet, 'a/web').check.command).toMatchObject({
    options: { host: '192.0.2.1', path: '/health' },
  })
  expect(serviceOf(fleet, 'a/far').check.command).not.toHaveProperty('options.host')
})

test('[CF10] timing, periods and flapping reach the check and its policy', () => {
  const fleet = fleetOf(`
timePeriods:
  work:
    timezone: Europe/Budapest
    days: { monday - friday: 09:00-17:00, december 25: [], saturday: ['10:00-12:00', '14:00-15:00'] }
    exclude: [freeze]
  freeze: { days: { 2027-12-20 - 2028-01-05: 00:00-24:00 } }
hosts:
  a:
    services:
      s:
        checkCommand: passive
        checkInterval: 1h30m
        retryInterval: 90s
        checkTimeout: 500ms
        checkPeriod: work
        isVolatile: true
        flapDetectionEnabled: true
        lowFlapThreshold: 5
        flapDetectionOptions: [w, c]
`)
  expect(serviceOf(fleet, 'a/s').check).toMatchObject({
    intervalMs: 5_400_000,
    retryIntervalMs: 90_000,
    timeoutMs: 500,
    period: 'work',
  })
  expect(serviceOf(fleet, 'a/s').statePolicy).toEqual({
    maxAttempts: 3,
    isVolatile: true,
    flapping: { isEnabled: true, lowPercent: 5, highPercent: 30, options: 'cw' },
  })
  expect(fleet.timePeriods.get('work')).toEqual({
    name: 'work',
    alias: 'work',
    timezone: 'Europe/Budapest',
    exclude: ['freeze'],
    ranges: [
      ['monday - friday', '09:00-17:00'],
      ['december 25', ''],
      ['saturday', '10:00-12:00,14:00-15:00'],
    ],
  })
})

test('[CF5] durations', () => {
  expect(['30s', '5m', '1h30m', '500ms', '2d', '1m500ms'].map(durationMs)).toEqual([
    30_000, 300_000, 5_400_000, 500, 172_800_000, 60_500,
  ])
  expect(['', 's', '1', '1 m', '-1m', '1s1m', '1M'].map(durationMs)).toEqual(
    Array(7).fill(undefined),
  )
})

test('equal parts of many checks are one object', () => {
  const fleet = fleetOf(`
hosts: { a: , b: }
apply: { s: { where: { host: '*' }, service: { checkCommand: { line: 'true', environment: { LC_ALL: C } }, variables: { X: 1 } } } }
`)
  const [a, b] = [serviceOf(fleet, 'a/s'), serviceOf(fleet, 'b/s')]
  expect(a.statePolicy).toBe(b.statePolicy)
  expect(a.groups).toBe(b.groups)
  expect(a.variables).toBe(b.variables)
  const environments = [a, b].map(({ check }) =>
    check.command.kind === 'shell-line' ? check.command.environment : undefined,
  )
  expect(environments[0]).toBe(environments[1])
})

test('5,000 hosts with ten services each compile fast and stay small', () => {
  const rules = Array.from(
    { length: 10 },
    (_, index) => `  s${index}: { where: { group: web }, service: { checkCommand: c!${index} } }`,
  )
  const hosts = Array.from(
    { length: 5000 },
    (_, index) =>
      `  h${index}: { groups: web, address: 10.0.${index >> 8}.${index & 255}, variables: { RACK: r${index % 50} } }`,
  )
  const text = [
    'hostGroups: { web: }',
    `commands: { c: { line: '/bin/check -H $HOSTADDRESS$ -p $ARG1$ -r $_HOSTRACK$' } }`,
    'apply:',
    ...rules,
    'hosts:',
    ...hosts,
  ].join('\n')
  const startedAt = performance.now()
  const fleet = fleetOf(text)
  const tookMs = performance.now() - startedAt
  expect(fleet.services.size).toBe(50_000)
  // Measured 1.3 s on two cores; the bound leaves room for a busy machine and still finds anything quadratic.
  expect(tookMs).toBeLessThan(10_000)
})
