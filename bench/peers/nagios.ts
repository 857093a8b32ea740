import { execFileSync, spawn } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pause } from '../report.ts'
import { needPackages } from './packages.ts'
import { killTree } from './process-tree.ts'
import { PLUGINS, type Peer, type PeerFleet } from './peer.ts'

const DEFAULTS = `check_external_commands=1
use_syslog=0
log_rotation_method=n
retain_state_information=0
enable_notifications=0
execute_service_checks=1
execute_host_checks=1
accept_passive_service_checks=1
accept_passive_host_checks=1
log_passive_checks=0
log_external_commands=0
log_service_retries=0
service_inter_check_delay_method=s
service_interleave_factor=s
host_inter_check_delay_method=s
max_concurrent_checks=0
service_check_timeout=60
host_check_timeout=30
interval_length=1
check_for_updates=0
check_service_freshness=0
check_host_freshness=0
enable_flap_detection=1
enable_environment_macros=0
event_broker_options=0
status_update_interval=10
`

/** Nagios 4 from Debian, in a temporary folder, as its own user. */
export async function startNagios(fleet: PeerFleet): Promise<Peer> {
  needPackages('nagios4-core', 'monitoring-plugins-basic', 'iputils-ping')
  const folder = mkdtempSync(join(tmpdir(), 'nagios-'))
  const spread = Math.max(1, fleet.intervalSeconds)
  for (const name of ['rw', 'spool', 'archive']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'objects.cfg'), objectsOf(fleet))
  writeFileSync(join(folder, 'resource.cfg'), `$USER1$=${PLUGINS}\n`)
  const paths = `log_file=${folder}/nagios.log
cfg_file=${folder}/objects.cfg
resource_file=${folder}/resource.cfg
object_cache_file=${folder}/objects.cache
status_file=${folder}/status.dat
command_file=${folder}/rw/nagios.cmd
query_socket=${folder}/rw/nagios.qh
lock_file=${folder}/nagios.pid
temp_file=${folder}/nagios.tmp
temp_path=${folder}
log_archive_path=${folder}/archive
check_result_path=${folder}/spool
state_retention_file=${folder}/retention.dat
nagios_user=nagios
nagios_group=nagios
max_service_check_spread=${spread}
max_host_check_spread=${spread}
`
  writeFileSync(join(folder, 'nagios.cfg'), paths + DEFAULTS)
  giveAway(folder)
  const began = performance.now()
  const child = spawn('/usr/sbin/nagios4', [join(folder, 'nagios.cfg')], { stdio: 'ignore' })
  while (!existsSync(join(folder, 'rw/nagios.cmd')) || !existsSync(join(folder, 'objects.cache'))) {
    if (child.exitCode !== null)
      throw new Error(
        `nagios4 ended: ${execFileSync('tail', ['-n', '5', join(folder, 'nagios.log')], { encoding: 'utf8' })}`,
      )
    await pause(20)
  }
  const startSeconds = (performance.now() - began) / 1000
  return {
    pid: child.pid as number,
    startSeconds,
    folder,
    stop: async () => {
      killTree(child.pid as number)
      await pause(200)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The daemon gives up root, so its folder must be its user's. */
function giveAway(folder: string): void {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nagios:'))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined)
    throw new Error('the package nagios4-core made no user nagios')
  execFileSync('chown', ['-R', `${uid}:${gid}`, folder])
  chownSync(folder, Number(uid), Number(gid))
}

function objectsOf(fleet: PeerFleet): string {
  const common = `define timeperiod {\n timeperiod_name always\n alias a\n${['sun', 'mon', 'tues', 'wednes', 'thurs', 'fri', 'satur'].map((day) => ` ${day}day 00:00-24:00`).join('\n')}\n}
define contact {\n contact_name c\n host_notifications_enabled 0\n service_notifications_enabled 0\n host_notification_period always\n service_notification_period always\n host_notification_options n\n service_notification_options n\n host_notification_commands host\n service_notification_commands host\n}\n`
  const shared = ` check_interval ${fleet.intervalSeconds}\n retry_interval ${fleet.intervalSeconds}\n max_check_attempts 3\n check_period always\n notification_period always\n contacts c\n active_checks_enabled ${fleet.isActive ? 1 : 0}\n initial_state o\n`
  const commands = [['host', fleet.hostCommand] as const, ...fleet.services]
    .map(
      ([name, command]) =>
        `define command {\n command_name ${name}\n command_line $USER1$/${command}\n}\n`,
    )
    .join('')
  const hosts = Array.from({ length: fleet.hosts }, (_, n) => {
    const host = `define host {\n host_name h${n}\n address 127.0.0.1\n check_command host\n${shared}}\n`
    return (
      host +
      fleet.services
        .map(
          ([name]) =>
            `define service {\n host_name h${n}\n service_description ${name}\n check_command ${name}\n${shared}}\n`,
        )
        .join('')
    )
  })
  return common + commands + hosts.join('')
}
