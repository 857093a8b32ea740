import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMMANDS, COMMON, type Place, type Site, type SiteHost, type SiteService } from './site.ts'

export interface NagiosSiteOptions {
  /** Every command is this line instead of its plugin. */
  readonly dummy?: string
  /** Seconds between checks of a service. */
  readonly intervalSeconds: number
  /** So many hosts have one service that is checked every second (`Backup port`). */
  readonly busyHosts?: number
}

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/**
 * Writes the site as Nagios object files, as operators do: templates, groups by role and place, most services by group, some at their
 * host. About 110 files below `folder`; the path of the main file.
 */
export function writeNagiosSite(folder: string, site: Site, options: NagiosSiteOptions): string {
  const objects = join(folder, 'objects')
  mkdirSync(objects, { recursive: true })
  const write = (name: string, blocks: readonly string[]): void =>
    writeFileSync(join(objects, name), `${blocks.join('\n\n')}\n`)
  write('timeperiods.cfg', timePeriods())
  write('commands.cfg', commands(options))
  write('contacts.cfg', contacts(site))
  write('templates.cfg', templates(options))
  write('hostgroups.cfg', hostGroups(site))
  write('services.cfg', groupServices(site))
  write('relations.cfg', relations(site))
  const busy = new Set(site.hosts.slice(0, options.busyHosts ?? 0).map((host) => host.name))
  for (const place of site.places) {
    const hosts = site.hosts.filter((host) => host.place === place)
    const half = Math.ceil(hosts.length / 2)
    for (const [index, part] of [hosts.slice(0, half), hosts.slice(half)].entries()) {
      const own = join(objects, place.name)
      mkdirSync(own, { recursive: true })
      write(`${place.name}/hosts-${index + 1}.cfg`, part.map(hostBlock))
      const services = part.flatMap((host) =>
        host.own.map((service) => ownService(host, service, busy.has(host.name))),
      )
      write(`${place.name}/services-${index + 1}.cfg`, services)
    }
  }
  writeFileSync(join(folder, 'resource.cfg'), '$USER1$=/usr/lib/nagios/plugins\n')
  const main = join(folder, 'nagios.cfg')
  writeFileSync(main, mainFile(folder))
  return main
}

function mainFile(folder: string): string {
  return `cfg_dir=${join(folder, 'objects')}
resource_file=${join(folder, 'resource.cfg')}
log_file=${join(folder, 'nagios.log')}
object_cache_file=${join(folder, 'objects.cache')}
status_file=${join(folder, 'status.dat')}
command_file=${join(folder, 'nagios.cmd')}
lock_file=${join(folder, 'nagios.pid')}
temp_file=${join(folder, 'nagios.tmp')}
temp_path=${folder}
check_result_path=${folder}
nagios_user=root
nagios_group=root
interval_length=1
illegal_macro_output_chars=\`~$&|'"<>
`
}

function block(type: string, directives: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(directives).map(([name, value]) => `    ${name.padEnd(30)} ${value}`)
  return `define ${type} {\n${lines.join('\n')}\n}`
}

const timePeriods = (): readonly string[] => [
  block('timeperiod', {
    timeperiod_name: '24x7',
    alias: 'Always',
    ...Object.fromEntries(DAYS.map((day) => [day, '00:00-24:00'])),
  }),
  block('timeperiod', {
    timeperiod_name: 'workhours',
    alias: 'Work hours',
    ...Object.fromEntries(DAYS.slice(1, 6).map((day) => [day, '08:00-18:00'])),
    exclude: 'holidays',
  }),
  block('timeperiod', {
    timeperiod_name: 'holidays',
    alias: 'Holidays',
    'january 1': '00:00-24:00',
    'december 25': '00:00-24:00',
  }),
]

function commands({ dummy }: NagiosSiteOptions): readonly string[] {
  const line = (name: string, command: string): string =>
    block('command', { command_name: name, command_line: dummy ?? `$USER1$/${command}` })
  const checks = Object.entries(COMMANDS).map(([name, command]) =>
    line(
      `check_${name}`,
      command.replace('{address}', '$HOSTADDRESS$').replace(/\{(\d)\}/g, '$$ARG$1$$'),
    ),
  )
  const mail = (name: string, what: string): string =>
    block('command', {
      command_name: name,
      command_line: `/usr/bin/printf "%b" "${what} is $NOTIFICATIONTYPE$" | /usr/bin/mail -s "${what}" $CONTACTEMAIL$`,
    })
  return [
    ...checks,
    mail('notify-host', '$HOSTNAME$'),
    mail('notify-service', '$HOSTNAME$/$SERVICEDESC$'),
  ]
}

function contacts(site: Site): readonly string[] {
  const template = block('contact', {
    name: 'generic-contact',
    host_notification_period: '24x7',
    service_notification_period: '24x7',
    host_notification_options: 'd,u,r,f,s',
    service_notification_options: 'w,u,c,r,f,s',
    host_notification_commands: 'notify-host',
    service_notification_commands: 'notify-service',
    register: 0,
  })
  const people = site.places.map(({ name }) =>
    block('contact', {
      use: 'generic-contact',
      contact_name: `oncall-${name}`,
      email: `oncall-${name}@example.net`,
      contactgroups: 'oncall',
    }),
  )
  const boss = block('contact', {
    use: 'generic-contact',
    contact_name: 'duty-manager',
    email: 'duty@example.net',
  })
  const groups = [
    block('contactgroup', { contactgroup_name: 'oncall', alias: 'On call' }),
    block('contactgroup', {
      contactgroup_name: 'everybody',
      contactgroup_members: 'oncall',
      members: 'duty-manager',
    }),
  ]
  return [template, ...people, boss, ...groups]
}

function templates({ intervalSeconds }: NagiosSiteOptions): readonly string[] {
  const timing = {
    check_period: '24x7',
    max_check_attempts: 3,
    check_interval: intervalSeconds,
    retry_interval: Math.max(1, Math.round(intervalSeconds / 5)),
    notification_interval: 3600,
    notification_period: '24x7',
    flap_detection_enabled: 1,
    register: 0,
  }
  return [
    block('host', {
      name: 'generic-host',
      check_command: 'check_ping!100,20%!500,60%',
      hostgroups: 'all',
      contact_groups: 'oncall',
      ...timing,
    }),
    block('host', {
      name: 'server',
      use: 'generic-host',
      notification_options: 'd,u,r',
      register: 0,
    }),
    block('host', {
      name: 'gateway',
      use: 'generic-host',
      hostgroups: '+gateways',
      max_check_attempts: 5,
      register: 0,
    }),
    block('service', { name: 'generic-service', notification_options: 'w,u,c,r', ...timing }),
    block('service', {
      name: 'office-service',
      use: 'generic-service',
      notification_period: 'workhours',
      register: 0,
    }),
  ]
}

function hostGroups(site: Site): readonly string[] {
  const roles = [...new Map(site.hosts.map(({ role }) => [role.name, role])).values()]
  return [
    block('hostgroup', { hostgroup_name: 'all', alias: 'All hosts' }),
    block('hostgroup', { hostgroup_name: 'gateways', alias: 'Gateways' }),
    ...[...roles, ...site.places].map(({ name, alias }) =>
      block('hostgroup', { hostgroup_name: name, alias }),
    ),
    block('hostgroup', { hostgroup_name: 'customer-facing', hostgroup_members: 'web,mail' }),
  ]
}

const checkOf = ({ command, arguments: given }: SiteService): string =>
  [`check_${command}`, ...given].join('!')

function groupServices(site: Site): readonly string[] {
  const roles = [...new Map(site.hosts.map(({ role }) => [role.name, role])).values()]
  const ofGroup = (group: string, use: string, service: SiteService): string =>
    block('service', {
      use,
      hostgroup_name: group,
      service_description: service.name,
      check_command: checkOf(service),
      servicegroups: service.command === 'disk' ? 'storage' : `of-${group}`,
    })
  return [
    block('servicegroup', { servicegroup_name: 'storage', alias: 'Storage' }),
    ...['all', ...roles.map(({ name }) => name)].map((name) =>
      block('servicegroup', { servicegroup_name: `of-${name}` }),
    ),
    ...COMMON.map((service) =>
      ofGroup('all', service.name === 'Users' ? 'office-service' : 'generic-service', service),
    ),
    ...roles.flatMap((role) =>
      role.services.map((service) => ofGroup(role.name, 'generic-service', service)),
    ),
  ]
}

/** A certificate cannot be read from a web server that does not answer; a place whose gateway is down for long is told to all. */
function relations(site: Site): readonly string[] {
  return [
    block('servicedependency', {
      hostgroup_name: 'web',
      service_description: 'HTTP',
      dependent_service_description: 'Certificate',
      notification_failure_criteria: 'u,c',
    }),
    ...site.places.map(({ gateway }) =>
      block('hostescalation', {
        host_name: gateway,
        first_notification: 3,
        last_notification: 0,
        notification_interval: 1800,
        contact_groups: 'everybody',
      }),
    ),
  ]
}

function hostBlock(host: SiteHost): string {
  const groups = [host.place.name, host.role.name].join(',')
  return block('host', {
    use: host.isGateway ? 'gateway' : 'server',
    host_name: host.name,
    alias: aliasOf(host.place, host),
    address: host.address,
    hostgroups: `+${groups}`,
    ...(host.isGateway ? {} : { parents: host.place.gateway }),
    _RACK: host.rack,
  })
}

const aliasOf = (place: Place, { role, rack }: SiteHost): string =>
  `${role.alias} in ${place.alias}, rack ${rack}`

function ownService(host: SiteHost, service: SiteService, isBusy: boolean): string {
  return block('service', {
    use: 'generic-service',
    host_name: host.name,
    service_description: service.name,
    check_command: checkOf(service),
    ...(isBusy && service.name === 'Backup port' ? { check_interval: 1, retry_interval: 1 } : {}),
  })
}
