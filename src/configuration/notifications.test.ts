import { describe, expect, test } from 'vitest'
import { compiledFleet, problemsOf, serviceIn } from '../../test/compiled.ts'

describe('[CF23] notifications of a service', () => {
  const fleet = compiledFleet(`
timePeriods: { work: , night: }
contacts: { ann: , bob: }
contactGroups: { ops: }
templates: { services: { quiet: { notificationInterval: 2h, contacts: [] } } }
hosts:
  a:
    contacts: [bob, ann, bob]
    contactGroups: ops
    notificationInterval: 1h
    firstNotificationDelay: 5m
    notificationPeriod: work
    notificationOptions: [d, r]
    notificationsEnabled: false
    services:
      plain: { checkCommand: passive }
      own: { checkCommand: passive, notificationInterval: 0s, notificationPeriod: night, contacts: ann, notificationOptions: [u, c, w] }
      quiet: { use: quiet, checkCommand: passive }
      group: { checkCommand: passive, contactGroups: [] }
      never: { checkCommand: passive, notificationOptions: n }
  b: { services: { plain: { checkCommand: passive } } }
`)
  test('takes contacts, interval and period from its host, and no more', () => {
    expect(serviceIn(fleet, 'a/plain')).toMatchObject({
      contacts: ['ann', 'bob'],
      contactGroups: ['ops'],
      notificationPolicy: {
        isEnabled: true,
        intervalMs: 3_600_000,
        firstDelayMs: 0,
        period: 'work',
        options: 'all',
      },
    })
    expect(fleet.hosts.get('a')?.notificationPolicy).toEqual({
      isEnabled: false,
      intervalMs: 3_600_000,
      firstDelayMs: 300_000,
      period: 'work',
      options: 'dr',
    })
  })
  test('has its own where it says so', () => {
    expect(serviceIn(fleet, 'a/own')).toMatchObject({
      contacts: ['ann'],
      contactGroups: [],
      notificationPolicy: { intervalMs: 0, period: 'night', options: 'cuw' },
    })
    expect(serviceIn(fleet, 'a/never').notificationPolicy.options).toBe('')
  })
  test('an empty list, also of a template, is nobody', () => {
    expect(serviceIn(fleet, 'a/quiet')).toMatchObject({ contacts: [], contactGroups: [] })
    expect(serviceIn(fleet, 'a/quiet').notificationPolicy.intervalMs).toBe(7_200_000)
    expect(serviceIn(fleet, 'a/group')).toMatchObject({ contacts: [], contactGroups: [] })
  })
  test('without anything: every half hour, always, of everything', () => {
    expect(serviceIn(fleet, 'b/plain').notificationPolicy).toEqual({
      isEnabled: true,
      intervalMs: 1_800_000,
      firstDelayMs: 0,
      period: undefined,
      options: 'all',
    })
  })
  test('options that are none are problems with the letters that are', () => {
    const [problem] = problemsOf('hosts: { a: { notificationOptions: [d, w] } }')
    expect(problem).toContain('1:40: notificationOptions.1')
    expect(problem).toContain('is none of the letters d, u, r, f, s, n')
  })
})

describe('[CF26] checks that are not run by schedule', () => {
  const fleet = compiledFleet(`
hosts:
  a:
    checkCommand: { builtin: ping }
    activeChecksEnabled: false
    services:
      both: { checkCommand: { builtin: tcp, port: 1 }, passiveChecksEnabled: false, freshnessThreshold: 90s }
      passive: { checkCommand: passive, activeChecksEnabled: false, freshnessThreshold: 1d }
      plain: { checkCommand: { builtin: tcp, port: 1 }, activeChecksEnabled: true, passiveChecksEnabled: true }
`)
  test('are run on demand; a passive one has nothing to run', () => {
    expect(fleet.hosts.get('a')?.check.isOnDemand).toBe(true)
    expect(serviceIn(fleet, 'a/passive').check).not.toHaveProperty('isOnDemand')
  })
  test('may refuse results from outside and say when a result is stale', () => {
    expect(serviceIn(fleet, 'a/both').check).toMatchObject({
      refusesPassive: true,
      freshnessMs: 90_000,
    })
    expect(serviceIn(fleet, 'a/passive').check.freshnessMs).toBe(86_400_000)
  })
  test('what is the default is not written', () => {
    const { check } = serviceIn(fleet, 'a/plain')
    expect(Object.keys(check)).not.toContain('isOnDemand')
    expect(Object.keys(check)).not.toContain('refusesPassive')
    expect(Object.keys(check)).not.toContain('freshnessMs')
  })
})

describe('[CF28] event handlers', () => {
  const text = `
commands:
  restart: { line: '/bin/restart $SERVICEDESC$ $ARG1$ $SERVICESTATE$ $SERVICESTATETYPE$ $TOKEN$' }
secrets: { TOKEN: s3cret }
templates: { services: { t: { eventHandler: restart!now } } }
hosts:
  a:
    eventHandler: { arguments: [handle, $HOSTNAME$, $HOSTSTATE$] }
    services:
      named: { use: t, checkCommand: passive }
      off: { use: t, checkCommand: passive, eventHandlerEnabled: false }
      none: { use: t, checkCommand: passive, eventHandler: null }
      line: { checkCommand: passive, eventHandler: { line: 'echo $HOSTADDRESS$', environment: { X: $HOSTNAME$ } } }
`
  const fleet = compiledFleet(text)
  test('have macros of the object expanded, those of the change stay, secrets are masked', () => {
    expect(serviceIn(fleet, 'a/named').eventHandler).toEqual({
      isEnabled: true,
      command: {
        kind: 'shell-line',
        line: '/bin/restart named now $SERVICESTATE$ $SERVICESTATETYPE$ s3cret',
        hasRuntimeMacros: true,
        environment: {},
      },
      shown: '/bin/restart named now $SERVICESTATE$ $SERVICESTATETYPE$ ***',
    })
    expect(fleet.hosts.get('a')?.eventHandler?.command).toMatchObject({
      kind: 'arguments',
      program: 'handle',
      arguments: ['a', '$HOSTSTATE$'],
    })
    expect(serviceIn(fleet, 'a/line').eventHandler?.command).toMatchObject({
      line: 'echo a',
      environment: { X: 'a' },
    })
  })
  test('may be switched off, and not inherited', () => {
    expect(serviceIn(fleet, 'a/off').eventHandler?.isEnabled).toBe(false)
    expect(serviceIn(fleet, 'a/none').eventHandler).toBeUndefined()
  })
  test('unknown commands, macros and built-in checks are problems at their place', () => {
    const [command, macro, builtin] = [
      'hosts: { a: { eventHandler: restrt } }\ncommands: { restart: { line: x } }',
      'hosts: { a: { eventHandler: { line: echo $HOSTADRESS$ } } }',
      'hosts: { a: { eventHandler: { builtin: ping } } }',
    ].map((one) => problemsOf(one).join('\n'))
    expect(command).toContain("1:29: unknown command 'restrt'")
    expect(command).toContain("did you mean 'restart'?")
    expect(macro).toContain("1:37: unknown macro '$HOSTADRESS$'")
    expect(builtin).toContain('1:')
  })
})
