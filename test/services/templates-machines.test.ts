import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { outcomesOf, packagedFleet, statesOf } from '../template-host.ts'
import { freePort, isOpen, makeFolder, startDaemon, type Daemon } from './daemon.ts'

const folder = makeFolder()
const running: Daemon[] = []
let sshPort = 0
let snmpPort = 0
let nrpePort = 0

async function startSshd(): Promise<Daemon> {
  const keyOf = (name: string): string => {
    const path = join(folder.path, name)
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path])
    return path
  }
  const [hostKey, userKey] = [keyOf('host'), keyOf('user')]
  copyFileSync(`${userKey}.pub`, join(folder.path, 'authorized'))
  chmodSync(join(folder.path, 'authorized'), 0o600)
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const config = folder.file(
    'sshd.conf',
    `Port ${sshPort}\nListenAddress 127.0.0.1\nHostKey ${hostKey}\nAuthorizedKeysFile ${folder.path}/authorized\nStrictModes no\nPasswordAuthentication no\nPidFile none\nUsePAM no\n`,
  )
  return startDaemon('/usr/sbin/sshd', ['-D', '-e', '-f', config], () => isOpen(sshPort))
}

async function startSnmpd(): Promise<Daemon> {
  const config = folder.file(
    'snmpd.conf',
    `agentAddress udp:127.0.0.1:${snmpPort}\nrocommunity s3cret 127.0.0.1\nsysDescr A device of the tests\npersistentDir ${folder.path}\n`,
  )
  const words = ['-f', '-C', '-c', config, '-Le', '-I', '-smux']
  return startDaemon('/usr/sbin/snmpd', words, async () => {
    try {
      execFileSync(
        'snmpget',
        [
          '-v2c',
          '-c',
          's3cret',
          '-t',
          '1',
          '-r',
          '0',
          `127.0.0.1:${snmpPort}`,
          '1.3.6.1.2.1.1.3.0',
        ],
        { stdio: 'pipe' },
      )
      return true
    } catch {
      return false
    }
  })
}

function startNrpe(): Promise<Daemon> {
  const config = folder.file(
    'nrpe.cfg',
    `server_port=${nrpePort}
server_address=127.0.0.1
allowed_hosts=127.0.0.1
pid_file=${folder.path}/nrpe.pid
log_file=${folder.path}/nrpe.log
nrpe_user=nobody
nrpe_group=nogroup
command[check_load]=/usr/lib/nagios/plugins/check_load -w 1000,1000,1000 -c 2000,2000,2000
command[check_total_procs]=/usr/lib/nagios/plugins/check_procs -w 0 -c 30000
`,
  )
  return startDaemon('/usr/sbin/nrpe', ['-c', config, '-f', '-n'], () => isOpen(nrpePort))
}

beforeAll(async () => {
  sshPort = await freePort()
  snmpPort = await freePort()
  nrpePort = await freePort()
  for (const start of [startSshd, startSnmpd, startNrpe]) running.push(await start())
}, 40_000)

afterAll(async () => {
  await Promise.all(running.map((daemon) => daemon.stop()))
  folder.remove()
})

const linux = (more = ''): string => `
packages: [linux-ssh]
hosts:
  machine:
    address: 127.0.0.1
    use: linux-ssh
    variables:
      SSH_PORT: ${sshPort}
      SSH_USER: ${userInfo().username}
      SSH_KEY: ${folder.path}/user
      SSH_KNOWN_HOSTS: ${folder.path}/known
      DISKS: [/, /tmp]
      DISK_WARNING: 1%
      DISK_CRITICAL: 0.5%
      LOAD_WARNING: 1000,1000,1000
      LOAD_CRITICAL: 2000,2000,2000
      PROCESSES_WARNING: 20000
      PROCESSES_CRITICAL: 30000
${more}`

test('[TM2] linux-ssh: a real sshd, every check, limits by variables', async () => {
  const outcomes = await outcomesOf(packagedFleet(linux()))
  expect(
    Object.fromEntries(Object.entries(outcomes).map(([name, one]) => [name, one.state])),
    JSON.stringify(outcomes, null, 1),
  ).toEqual({
    host: 'ok',
    'ssh login': 'ok',
    load: 'ok',
    'disk /': 'ok',
    'disk /tmp': 'ok',
    swap: 'ok',
    processes: 'ok',
  })
  expect(outcomes['load']?.perfdata).toMatch(/^load1=/)
  expect(outcomes['disk /']?.perfdata).toMatch(/^\/=/)
  const strict = await statesOf(
    packagedFleet(
      linux('      PROCESSES_WARNING: 1\n').replace('      PROCESSES_WARNING: 20000\n', ''),
    ),
  )
  expect(strict['processes']).toBe('warning')
}, 60_000)

test('[TM2] linux-ssh: without sshd everything is red', async () => {
  const gone = await freePort()
  const states = await statesOf(
    packagedFleet(linux().replace(`SSH_PORT: ${sshPort}`, `SSH_PORT: ${gone}`)),
  )
  expect(new Set(Object.values(states))).not.toContain('ok')
}, 60_000)

const device = (community: string): string => `
packages: [snmp-device]
secrets: { SNMP_READ: ${community} }
hosts:
  device:
    address: 127.0.0.1
    use: snmp-device
    variables: { SNMP_PORT: ${snmpPort}, SNMP_COMMUNITY: $SNMP_READ$, INTERFACES: [1], SNMP_LOADS: [1, 2], SNMP_LOAD_WARNING: '1000', SNMP_LOAD_CRITICAL: '2000' }
`

test('[TM2] snmp-device: a real snmpd; the community is a secret', async () => {
  const fleet = packagedFleet(device('s3cret'))
  const outcomes = await outcomesOf(fleet)
  expect(
    Object.fromEntries(Object.entries(outcomes).map(([name, one]) => [name, one.state])),
    JSON.stringify(outcomes, null, 1),
  ).toEqual({
    host: 'ok',
    uptime: 'ok',
    description: 'ok',
    'interface 1': 'ok',
    'traffic 1': 'ok',
    'load 1': 'ok',
    'load 2': 'ok',
  })
  expect(outcomes['description']?.output).toContain('A device of the tests')
  expect(outcomes['traffic 1']?.perfdata).toMatch(/in=\d+c? out=\d+c?|\S+=\d+c?/)
  for (const { shownCommand } of fleet.services.values()) {
    expect(shownCommand).toContain('-C "***"')
    expect(shownCommand).not.toContain('s3cret')
  }
}, 60_000)

test('[TM2] snmp-device: a wrong community is no answer', async () => {
  const states = await statesOf(packagedFleet(device('wrong')))
  expect(new Set(Object.values(states))).not.toContain('ok')
}, 90_000)

test('[TM2] linux-agent: a real NRPE agent', async () => {
  const agent = (more: string): string => `
packages: [linux-agent]
hosts: { machine: { address: 127.0.0.1, use: linux-agent, variables: { AGENT_PORT: ${nrpePort}, AGENT_OPTIONS: -n, ${more} } } }
`
  const outcomes = await outcomesOf(
    packagedFleet(agent('AGENT_CHECKS: [check_load, check_total_procs]')),
  )
  const states = Object.fromEntries(
    Object.entries(outcomes).map(([name, one]) => [name, one.state]),
  )
  expect(states, JSON.stringify(outcomes, null, 1)).toEqual({
    host: 'ok',
    agent: 'ok',
    check_load: 'ok',
    check_total_procs: 'warning',
  })
  expect(outcomes['check_load']?.perfdata).toMatch(/^load1=/)
  const unknown = await statesOf(packagedFleet(agent('AGENT_CHECKS: [check_nothing]')))
  expect(unknown['check_nothing']).not.toBe('ok')
}, 60_000)
