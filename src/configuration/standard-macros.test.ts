import { describe, expect, test } from 'vitest'
import type { CheckCommand } from '../domain/check.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { Fleet } from '../domain/fleet.ts'
import { compile, type CompileOptions } from './compile.ts'
import { renderProblem } from './problem.ts'

/** Every standard macro of Nagios 4.4, by who fills it. */
const BY_CONFIGURATION = {
  host: `HOSTNAME HOSTDISPLAYNAME HOSTALIAS HOSTADDRESS HOSTCHECKCOMMAND HOSTGROUPNAME HOSTGROUPNAMES HOSTIMPORTANCE HOSTNOTIFICATIONPERIOD
    MAXHOSTATTEMPTS HOSTACTIONURL HOSTNOTESURL HOSTNOTES`,
  hostGroup: `HOSTGROUPALIAS HOSTGROUPMEMBERS HOSTGROUPMEMBERADDRESSES HOSTGROUPNOTES HOSTGROUPNOTESURL HOSTGROUPACTIONURL`,
  service: `SERVICEDESC SERVICEDISPLAYNAME SERVICECHECKCOMMAND SERVICEGROUPNAME SERVICEGROUPNAMES SERVICEIMPORTANCE SERVICENOTIFICATIONPERIOD
    MAXSERVICEATTEMPTS SERVICEISVOLATILE SERVICEACTIONURL SERVICENOTESURL SERVICENOTES`,
  serviceGroup: `SERVICEGROUPALIAS SERVICEGROUPMEMBERS SERVICEGROUPNOTES SERVICEGROUPNOTESURL SERVICEGROUPACTIONURL`,
  contact: `CONTACTNAME CONTACTALIAS CONTACTEMAIL CONTACTPAGER CONTACTADDRESS1 CONTACTADDRESS2 CONTACTADDRESS3 CONTACTADDRESS4 CONTACTADDRESS5
    CONTACTADDRESS6 CONTACTGROUPNAME CONTACTGROUPNAMES CONTACTGROUPALIAS CONTACTGROUPMEMBERS`,
  program: `ADMINEMAIL ADMINPAGER MAINCONFIGFILE STATUSDATAFILE RETENTIONDATAFILE OBJECTCACHEFILE TEMPFILE TEMPPATH LOGFILE RESOURCEFILE COMMANDFILE
    HOSTPERFDATAFILE SERVICEPERFDATAFILE`,
}
const AT_RUN = `HOSTSTATE HOSTSTATEID LASTHOSTSTATE LASTHOSTSTATEID HOSTSTATETYPE HOSTATTEMPT HOSTEVENTID LASTHOSTEVENTID HOSTPROBLEMID LASTHOSTPROBLEMID
  HOSTLATENCY HOSTEXECUTIONTIME HOSTDURATION HOSTDURATIONSEC HOSTDOWNTIME HOSTPERCENTCHANGE LASTHOSTCHECK LASTHOSTSTATECHANGE LASTHOSTUP LASTHOSTDOWN
  LASTHOSTUNREACHABLE HOSTOUTPUT LONGHOSTOUTPUT HOSTPERFDATA HOSTCHECKTYPE HOSTACKAUTHOR HOSTACKAUTHORNAME HOSTACKAUTHORALIAS HOSTACKCOMMENT
  HOSTNOTIFICATIONNUMBER HOSTNOTIFICATIONID HOSTNOTIFICATIONENABLED HOSTINFOURL TOTALHOSTSERVICES TOTALHOSTSERVICESOK TOTALHOSTSERVICESWARNING
  TOTALHOSTSERVICESUNKNOWN TOTALHOSTSERVICESCRITICAL HOSTANDSERVICESIMPORTANCE
  SERVICESTATE SERVICESTATEID LASTSERVICESTATE LASTSERVICESTATEID SERVICESTATETYPE SERVICEATTEMPT SERVICEEVENTID LASTSERVICEEVENTID SERVICEPROBLEMID
  LASTSERVICEPROBLEMID SERVICELATENCY SERVICEEXECUTIONTIME SERVICEDURATION SERVICEDURATIONSEC SERVICEDOWNTIME SERVICEPERCENTCHANGE LASTSERVICECHECK
  LASTSERVICESTATECHANGE LASTSERVICEOK LASTSERVICEWARNING LASTSERVICEUNKNOWN LASTSERVICECRITICAL SERVICEOUTPUT LONGSERVICEOUTPUT SERVICEPERFDATA
  SERVICECHECKTYPE SERVICEACKAUTHOR SERVICEACKAUTHORNAME SERVICEACKAUTHORALIAS SERVICEACKCOMMENT SERVICENOTIFICATIONNUMBER SERVICENOTIFICATIONID
  SERVICENOTIFICATIONENABLED SERVICEINFOURL
  TOTALHOSTSUP TOTALHOSTSDOWN TOTALHOSTSUNREACHABLE TOTALHOSTSDOWNUNHANDLED TOTALHOSTSUNREACHABLEUNHANDLED TOTALHOSTPROBLEMS
  TOTALHOSTPROBLEMSUNHANDLED TOTALSERVICESOK TOTALSERVICESWARNING TOTALSERVICESCRITICAL TOTALSERVICESUNKNOWN TOTALSERVICESWARNINGUNHANDLED
  TOTALSERVICESCRITICALUNHANDLED TOTALSERVICESUNKNOWNUNHANDLED TOTALSERVICEPROBLEMS TOTALSERVICEPROBLEMSUNHANDLED
  NOTIFICATIONTYPE NOTIFICATIONRECIPIENTS NOTIFICATIONISESCALATED NOTIFICATIONAUTHOR NOTIFICATIONAUTHORNAME NOTIFICATIONAUTHORALIAS NOTIFICATIONCOMMENT
  NOTIFICATIONNUMBER LONGDATETIME SHORTDATETIME DATE TIME TIMET PROCESSSTARTTIME EVENTSTARTTIME ISVALIDTIME:work NEXTVALIDTIME:work`

const names = (text: string): readonly string[] => text.trim().split(/\s+/)
const RUN = names(AT_RUN)
const ALL = [...Object.values(BY_CONFIGURATION).flatMap(names), ...RUN]

const SITE = `
timePeriods: { work: { days: { monday: 09:00-17:00 } } }
resources: { ADMINEMAIL: root@example.net }
hostGroups: { web: { alias: Web servers, notes: of the shop, members: [h, other] } }
serviceGroups: { sg: { alias: All, members: [h/s, other/t] } }
contactGroups: { ops: { alias: Operators, members: [ann, bob] } }
contacts:
  bob: { email: bob@example.net }
`

interface Wheres {
  readonly check: CheckCommand
  readonly hostCheck: CheckCommand
  readonly handler: CheckCommand
  readonly notification: CheckCommand
}

/** The arguments as the command of a check of service and host, of an event handler, and of a notification to `ann`. */
function wheresOf(args: readonly string[], options: CompileOptions = {}) {
  const call = JSON.stringify({ arguments: ['run', ...args] })
  const text = `${SITE}
  ann: { alias: Ann A., email: ann@example.net, pager: '1', addresses: [x, y], variables: { SHIFT: late }, serviceNotificationCommands: ${call} }
hosts:
  h:
    address: 192.0.2.1
    notificationPeriod: work
    checkCommand: ${call}
    variables: { RACK: A1 }
    services:
      s: { checkCommand: ${call}, eventHandler: ${call}, notes: note, isVolatile: true, importance: 7, maxCheckAttempts: 4 }
  other:
    address: 192.0.2.2
    services: { t: { checkCommand: passive, notes: of t, variables: { TIER: gold } } }
`
  const { fleet, problems } = compile([{ file: 'p.yaml', text }], options)
  return { wheres: wheresIn(fleet), problems: problems.map(renderProblem) }
}

function wheresIn(fleet: Fleet): Wheres {
  const service = fleet.services.get('h!s' as CheckId)
  const host = fleet.hosts.get('h')
  const notification = fleet.contacts.get('ann')?.aboutServices.commands[0]?.command
  if (service?.eventHandler === undefined || host === undefined || notification === undefined)
    throw new Error('something is missing')
  return {
    check: service.check.command,
    hostCheck: host.check.command,
    handler: service.eventHandler.command,
    notification,
  }
}

function argumentOf(command: CheckCommand, index = 0): string | undefined {
  return command.kind === 'arguments' ? command.arguments[index] : undefined
}

describe('[MA12] every standard macro of Nagios', () => {
  const dollars = ALL.map((name) => `$${name}$`)
  const { wheres, problems } = wheresOf(dollars)

  test('is known in commands of checks, handlers and notifications', () => {
    expect(ALL.length).toBeGreaterThan(160)
    expect(problems).toEqual([])
  })
  test.each(RUN.map((name) => [name]))('%s is filled at the time of the run', (name) => {
    const index = ALL.indexOf(name)
    for (const command of Object.values(wheres)) {
      expect(argumentOf(command, index)).toBe(`$${name}$`)
    }
  })
  const { host, hostGroup, service, serviceGroup, contact, program } = BY_CONFIGURATION
  test.each(names([host, hostGroup, service, serviceGroup].join(' ')))(
    '%s is filled when the configuration is read, and stays in a notification',
    (name) => {
      const index = ALL.indexOf(name)
      for (const command of [wheres.check, wheres.hostCheck, wheres.handler])
        expect(argumentOf(command, index)).not.toContain('$')
      expect(argumentOf(wheres.notification, index)).toBe(`$${name}$`)
    },
  )
  test.each(names(contact))('%s is filled in a notification and empty elsewhere', (name) => {
    const index = ALL.indexOf(name)
    for (const command of [wheres.check, wheres.hostCheck, wheres.handler])
      expect(argumentOf(command, index)).toBe('')
    expect(argumentOf(wheres.notification, index)).not.toContain('$')
  })
  test.each(names(program))('%s is a resource, and empty without', (name) => {
    for (const command of Object.values(wheres)) {
      const value = name === 'ADMINEMAIL' ? 'root@example.net' : ''
      expect(argumentOf(command, ALL.indexOf(name))).toBe(value)
    }
  })
  test.each([
    ['HOSTNOTIFICATIONPERIOD', 'work'],
    ['SERVICENOTIFICATIONPERIOD', 'work'],
    ['HOSTGROUPMEMBERADDRESSES', '192.0.2.1,192.0.2.2'],
    ['HOSTGROUPNOTES', 'of the shop'],
    ['SERVICEGROUPMEMBERS', 'h,s,other,t'],
    ['SERVICEISVOLATILE', '1'],
    ['SERVICEIMPORTANCE', '7'],
    ['MAXSERVICEATTEMPTS', '4'],
  ])('%s is %s', (name, value) => {
    expect(argumentOf(wheres.check, ALL.indexOf(name))).toBe(value)
  })
  test.each([
    ['CONTACTEMAIL', 'ann@example.net'],
    ['CONTACTADDRESS2', 'y'],
    ['CONTACTADDRESS3', ''],
    ['CONTACTGROUPNAME', 'ops'],
    ['CONTACTGROUPALIAS', 'Operators'],
    ['CONTACTGROUPMEMBERS', 'ann,bob'],
  ])('%s is %s', (name, value) => {
    expect(argumentOf(wheres.notification, ALL.indexOf(name))).toBe(value)
  })
  test('in the check of a host, macros of services are empty', () => {
    expect(argumentOf(wheres.hostCheck, ALL.indexOf('SERVICEDESC'))).toBe('')
    expect(argumentOf(wheres.hostCheck, ALL.indexOf('HOSTNAME'))).toBe('h')
  })
})

describe('[MA12] macros that ask another object', () => {
  test.each([
    ['$HOSTADDRESS:other$', '192.0.2.2'],
    ['$SERVICENOTES:other:t$', 'of t'],
    ['$SERVICEGROUPNAME:other:t$', 'sg'],
    ['$_SERVICETIER:other:t$', 'gold'],
    ['$_HOSTRACK:h$', 'A1'],
    ['$HOSTGROUPALIAS:web$', 'Web servers'],
    ['$HOSTGROUPNAME:web$', 'web'],
    ['$HOSTGROUPNAME:other$', 'web'],
    ['$HOSTGROUPMEMBERADDRESSES:web$', '192.0.2.1,192.0.2.2'],
    ['$SERVICEGROUPALIAS:sg$', 'All'],
    ['$CONTACTGROUPMEMBERS:ops$', 'ann,bob'],
    ['$CONTACTEMAIL:bob$', 'bob@example.net'],
    ['$_CONTACTSHIFT:ann$', 'late'],
    ['$HOSTSTATE:other$', '$HOSTSTATE:other$'],
    ['$LASTHOSTSTATE:other$', '$LASTHOSTSTATE:other$'],
    ['$TOTALHOSTSERVICESOK:other$', '$TOTALHOSTSERVICESOK:other$'],
    ['$LONGSERVICEOUTPUT:other:t$', '$LONGSERVICEOUTPUT:other:t$'],
  ])('%s is %s everywhere', (macro, value) => {
    const { wheres, problems } = wheresOf([macro])
    expect(problems).toEqual([])
    for (const command of Object.values(wheres)) expect(argumentOf(command)).toBe(value)
  })
  test.each([
    ['$HOSTADDRESS:othr$', "there is no host 'othr'"],
    ['$SERVICENOTES:other:u$', "there is no service 'other/u'"],
    ['$SERVICENOTES:other$', 'write $SERVICENOTES:host:service$'],
    ['$CONTACTEMAIL:carl$', "there is no contact 'carl'"],
    ['$HOSTGROUPALIAS:wob$', "there is no host group 'wob'"],
    ['$HOSTGROUPMEMBERADDRESSES:wob$', "there is no host group 'wob'"],
    ['$HOSTGRUPALIAS:web$', "there is no host 'web'"],
    ['$HOSTNOSUCH:h$', 'it is no macro of a host'],
    ['$SERVICENOSUCH:other:t$', 'it is no macro of a service'],
    ['$CONTACTNOSUCH:bob$', 'it is no macro of a contact'],
    ['$_SERVICENONE:other:t$', "service 'other/t' has no variable 'NONE'"],
    ['$_CONTACTNONE:bob$', "contact 'bob' has no variable 'NONE'"],
    ['$TIMET:h$', 'of another object only its own macros are known'],
  ])('%s is refused: %s', (macro, words) => {
    expect(wheresOf([macro]).problems.join('\n')).toContain(words)
  })
})

describe('[MA15] macros of the same host and of all members', () => {
  test.each([
    ['$SERVICESTATE::s$', '$SERVICESTATE:h:s$'],
    ['$SERVICENOTES::s$', 'note'],
    ['$HOSTSTATEID:web:,$', '$HOSTSTATEID:h$,$HOSTSTATEID:other$'],
    ['$HOSTADDRESS:web: and $', '192.0.2.1 and 192.0.2.2'],
    ['$SERVICESTATEID:sg:,$', '$SERVICESTATEID:h:s$,$SERVICESTATEID:other:t$'],
    ['$CONTACTEMAIL:ops:;$', 'ann@example.net;bob@example.net'],
  ])('%s is %s', (macro, value) => {
    const { wheres, problems } = wheresOf([macro])
    // The notification, which is about any host, stands in line 10.
    const elsewhere = problems.filter((problem) => !problem.startsWith('p.yaml:10:'))
    expect(macro.includes('::') ? elsewhere : problems).toEqual([])
    expect(argumentOf(wheres.check)).toBe(value)
  })
  test('of Nagios files: what is there is asked, what is not is plain text', () => {
    const text = `define contact {
  contact_name                  ann
  host_notification_commands    c
  service_notification_commands c
}
define command {
  command_name c
  command_line x $SERVICENOTES::s$ $SERVICENOTES::gone$ $HOSTADDRESS:g:,$ $HOSTNOSUCH:g:,$
}
define hostgroup {
  hostgroup_name g
  members        h
}
define host {
  host_name          h
  address            192.0.2.1
  max_check_attempts 3
  contacts           ann
}
define service {
  host_name           h
  service_description s
  check_command       c
  max_check_attempts  3
  contacts            ann
  notes               of s
}
`
    const { fleet, problems } = compile([{ file: 'objects.cfg', text }])
    expect(problems.map(renderProblem)).toEqual([])
    expect(fleet.services.get('h!s' as CheckId)?.check.command).toMatchObject({
      line: `x 'of s' $SERVICENOTES:h:gone$ 192.0.2.1 $HOSTNOSUCH:h$`,
    })
  })
  test('a notification is about any host, and says so', () => {
    expect(wheresOf(['$SERVICESTATE::s$']).problems.join()).toContain(
      'write $SERVICESTATE:host:service$',
    )
  })
})

describe('[MA13] unknownMacros: literal', () => {
  const compiled = (call: string, top = '') =>
    compile([
      {
        file: 'p.yaml',
        text: `${top}\nhosts: { h: { services: { s: { checkCommand: ${call} } } } }`,
      },
    ])
  const lineOf = (call: string, top = ''): string => {
    const { fleet, problems } = compiled(call, top)
    expect(problems.map(renderProblem)).toEqual([])
    const { command } = fleet.services.get('h!s' as CheckId)?.check ?? {}
    return command?.kind === 'shell-line' ? command.line : ''
  }

  test('keeps what nobody knows as it is written, and $USERn$ is empty', () => {
    const line =
      "'$USER9$/x $HOSTNAME$ $NOBODY$ $HOSTADDRESS:gone$ $_HOSTNONE$ $(date) $HOME/x $$5 $ARG3$'"
    expect(lineOf(`{ line: ${line}, unknownMacros: literal }`)).toBe(
      '/x h $NOBODY$ $HOSTADDRESS:gone$ $_HOSTNONE$ $(date) $HOME/x $5 ',
    )
  })
  test('and they stay also beside macros of the run', () => {
    const { fleet } = compiled("{ line: 'x $NOBODY$ $SERVICESTATE$', unknownMacros: literal }")
    const { command } = fleet.services.get('h!s' as CheckId)?.check ?? {}
    expect(command).toMatchObject({ line: 'x $$NOBODY$$ $SERVICESTATE$', hasRuntimeMacros: true })
  })
  test('is the command’s own: where it is not written, or refused, they are problems', () => {
    for (const call of ["{ line: 'x $NOBODY$' }", "{ line: 'x $NOBODY$', unknownMacros: refused }"])
      expect(compiled(call).problems.map(renderProblem).join()).toContain(
        "unknown macro '$NOBODY$'",
      )
    const top = "commands: { c: { line: 'x $NOBODY$ $ARG1$', unknownMacros: literal } }"
    expect(lineOf("c!'$OTHER$'", top)).toBe("x $NOBODY$ '$OTHER$'")
  })
})
