import { describe, expect, test } from 'vitest'
import { compiledFleet, problemsOf } from '../../test/compiled.ts'

const SITE = `
timePeriods: { work: , night: }
secrets: { TOKEN: s3cret }
commands:
  mail: { line: '/usr/bin/mail -s "$NOTIFICATIONTYPE$ $HOSTNAME$/$SERVICEDESC$" $CONTACTEMAIL$ $ARG1$ --token $TOKEN$' }
  page: { arguments: [page, $CONTACTPAGER$, $_CONTACTSHIFT$, $_SERVICERACK$, '$SERVICEOUTPUT$', $CONTACTGROUPALIAS$] }
contactGroups:
  all: { alias: Everybody, memberGroups: ops }
  ops: { alias: Operators, members: bob }
  dev:
templates:
  contacts:
    person:
      groups: [ops]
      hostNotificationPeriod: work
      serviceNotificationPeriod: work
      serviceNotificationOptions: [c, r]
      minimumImportance: 3
      serviceNotificationCommands: [mail!x]
      variables: { SHIFT: late, TEAM: one }
    nightly: { serviceNotificationPeriod: night, hostNotificationsEnabled: false }
contacts:
  ann:
    use: [nightly, person]
    email: ann o'neil@example.net
    pager: '+36 1'
    addresses: [irc]
    groups: [+, dev]
    serviceNotificationCommands: [mail!now, { command: page }]
    hostNotificationCommands: { line: 'echo $CONTACTNAME$ $HOSTSTATE$' }
    variables: { shift: early }
    canSubmitCommands: false
  bob: { use: person, minimumImportance: null, serviceNotificationCommands: null }
hosts: { a: }
`

describe('[CF10] contacts', () => {
  const fleet = compiledFleet(SITE)
  const ann = fleet.contacts.get('ann')
  test('inherit from templates, lists add and variables are merged', () => {
    expect(ann).toMatchObject({
      name: 'ann',
      alias: 'ann',
      groups: ['all', 'dev', 'ops'],
      variables: { SHIFT: 'early', TEAM: 'one' },
      minimumImportance: 3,
      canSubmitCommands: false,
      aboutHosts: { isEnabled: false, period: 'work', options: 'all' },
      aboutServices: { isEnabled: true, period: 'night', options: 'cr' },
    })
  })
  test('null inherits nothing', () => {
    const bob = fleet.contacts.get('bob')
    expect(bob?.minimumImportance).toBe(0)
    expect(bob?.aboutServices).toMatchObject({ period: 'work', commands: [] })
    expect(fleet.contactGroups.get('all')?.members.toSorted()).toEqual(['ann', 'bob'])
  })
})

describe('[MA14] commands of notifications', () => {
  const ann = compiledFleet(SITE).contacts.get('ann')
  test('have macros of the contact expanded and quoted, those of the moment stay, secrets are masked', () => {
    const [mail] = ann?.aboutServices.commands ?? []
    expect(mail?.command).toMatchObject({
      kind: 'shell-line',
      hasRuntimeMacros: true,
      line: `/usr/bin/mail -s "$NOTIFICATIONTYPE$ $HOSTNAME$/$SERVICEDESC$" 'ann o'\\''neil@example.net' now --token s3cret`,
    })
    expect(mail?.shown).toContain('--token ***')
    expect(mail?.shown).not.toContain('s3cret')
  })
  test('as arguments each value is data', () => {
    const [, page] = ann?.aboutServices.commands ?? []
    expect(page?.command).toMatchObject({
      kind: 'arguments',
      program: 'page',
      hasRuntimeMacros: true,
      arguments: ['+36 1', 'early', '$_SERVICERACK$', '$SERVICEOUTPUT$', 'Operators'],
    })
  })
  test('one command needs no list', () => {
    expect(ann?.aboutHosts.commands.map((one) => one.command)).toMatchObject([
      { line: 'echo ann $HOSTSTATE$' },
    ])
  })
  test.each([
    ['serviceNotificationCommands: [maill]', "unknown command 'maill'", "did you mean 'mail'?"],
    [
      "hostNotificationCommands: [mail, { line: 'x $_CONTACTNONE$' }]",
      "contact 'zoe' has no variable 'NONE'",
      '',
    ],
    ["hostNotificationCommands: { line: 'x $CONTACTMAIL$' }", "unknown macro '$CONTACTMAIL$'", ''],
    ['hostNotificationCommands: { builtin: ping }', 'hostNotificationCommands', ''],
    ['hostNotificationPeriod: nigt', "unknown time period 'nigt'", "did you mean 'night'?"],
    ['groups: [opps]', "unknown contact group 'opps'", "did you mean 'ops'?"],
    ['use: persn', "unknown contact template 'persn'", "did you mean 'person'?"],
    ['addresses: [a, b, c, d, e, f, g]', 'addresses', 'at most 6'],
  ])('%s is a problem', (written, message, hint) => {
    const found = problemsOf(`${SITE}---\ncontacts: { zoe: { ${written} } }\n`)
    expect(found.join('\n')).toContain(message)
    expect(found.join('\n')).toContain(hint)
    expect(found[0]).toMatch(/^36:\d+: /)
  })
})
