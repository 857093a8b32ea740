import { expect, test } from 'vitest'
import { compile } from '../compile.ts'
import { CompileMemory } from '../compile-memory.ts'
import { renderProblem } from '../problem.ts'
import { revisionOf } from '../revision.ts'

const OBJECTS = `
define contact {
  contact_name me
  host_notification_commands ping
  service_notification_commands ping
}
define command {
  command_name ping
  command_line $USER1$/check_ping -H $HOSTADDRESS$ -p $USER7$ $NOBODY$
}
define host {
  host_name one
  address 192.0.2.1
  check_command ping
  max_check_attempts 3
  notes known as $HOSTNAME$, not as $NOBODY$
}
define service {
  host_name one
  service_description Load
  check_command ping
  max_check_attempts 3
}
`
const MAIN = `cfg_file=objects.cfg\nresource_file=resource.cfg\ninterval_length=30\nhost_check_timeout=20\n`
const SOURCES = [
  { file: 'nagios.cfg', text: MAIN },
  { file: 'objects.cfg', text: OBJECTS },
]
const OPTIONS = {
  readSecret: () => ({ text: '$USER1$=/usr/lib/nagios/plugins\n$USER7$=hunter2\n' }),
}

test('[NF2] the main file says how long an interval is and how long a check may take', () => {
  const { fleet, problems } = compile(SOURCES, OPTIONS)
  expect(problems.map(renderProblem)).toEqual([])
  const host = fleet.hosts.get('one')
  expect(host?.check).toMatchObject({
    intervalMs: 150_000,
    retryIntervalMs: 30_000,
    timeoutMs: 20_000,
  })
  expect(host?.source).toBe('objects.cfg:11')
})

test('[NF4] a macro that nobody knows is plain text, in commands and in notes', () => {
  const { fleet } = compile(SOURCES, OPTIONS)
  expect(fleet.hosts.get('one')?.check.command).toMatchObject({
    line: '/usr/lib/nagios/plugins/check_ping -H 192.0.2.1 -p hunter2 $NOBODY$',
  })
  expect(fleet.hosts.get('one')?.notes).toBe('known as one, not as $NOBODY$')
})

test('[NF6] values of resource files are masked, paths are not', () => {
  const { fleet } = compile(SOURCES, OPTIONS)
  expect(fleet.hosts.get('one')?.shownCommand).toBe(
    '/usr/lib/nagios/plugins/check_ping -H 192.0.2.1 -p *** $NOBODY$',
  )
})

test('[NF5] YAML stands beside the files, and may not say the same again', () => {
  const beside = (text: string) => compile([...SOURCES, { file: 'more.yaml', text }], OPTIONS)
  const more = beside(
    'hosts: { two: { checkCommand: ping, parents: one } }\nservices: { Swap: { host: one, checkCommand: ping } }\n',
  )
  // The command of Nagios is lenient for whoever calls it.
  expect(more.problems.map(renderProblem)).toEqual([])
  expect([...more.fleet.services.keys()]).toEqual(['one!Load', 'one!Swap'])
  expect(more.fleet.hosts.get('two')?.parents).toEqual(['one'])
  expect(beside('hosts: { one: { } }').problems.map(renderProblem).join()).toContain(
    "more.yaml:1:10: host 'one' is defined twice, first at objects.cfg:11:1",
  )
  expect(
    beside('services: { Load: { host: one, checkCommand: ping } }').problems[0]?.message,
  ).toContain('is defined twice')
  expect(beside('hosts: { two: { parents: nobody } }').problems[0]?.message).toContain(
    "unknown host 'nobody'",
  )
})

test('[NF7] what did not change is taken over, what did change is not', () => {
  const memory = new CompileMemory()
  const first = compile(SOURCES, { ...OPTIONS, memory }).fleet
  const again = compile(SOURCES, { ...OPTIONS, memory }).fleet
  expect(revisionOf(again)).toBe(revisionOf(first))
  expect(again.services.get('one!Load' as never)).toBe(first.services.get('one!Load' as never))
  const changed = [
    { file: 'nagios.cfg', text: MAIN },
    { file: 'objects.cfg', text: OBJECTS.replace('192.0.2.1', '192.0.2.2') },
  ]
  const after = compile(changed, { ...OPTIONS, memory }).fleet
  expect(revisionOf(after)).toBe(revisionOf(compile(changed, OPTIONS).fleet))
  expect(after.hosts.get('one')?.address).toBe('192.0.2.2')
  expect(after.services.get('one!Load' as never)?.check.command).toMatchObject({
    line: '/usr/lib/nagios/plugins/check_ping -H 192.0.2.2 -p hunter2 $NOBODY$',
  })
  const secret = { readSecret: () => ({ text: '$USER1$=/opt/plugins\n' }) }
  const elsewhere = compile(changed, { ...secret, memory }).fleet
  expect(revisionOf(elsewhere)).toBe(revisionOf(compile(changed, secret).fleet))
})
