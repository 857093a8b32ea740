import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMMANDS, COMMON, type Site, type SiteHost, type SiteService } from './site.ts'

export interface IcingaSiteOptions {
  readonly intervalSeconds: number
  /** Without: nobody is told, so there are no notification objects. Icinga needs one for each host and service. */
  readonly hasNotifications: boolean
}

/**
 * Writes the site as an Icinga user does: the shipped template library, check commands, templates, groups, apply rules for services by
 * group, `object Service` for those of one host. About 110 files below `folder`; the path of the main file.
 */
export function writeIcingaSite(folder: string, site: Site, options: IcingaSiteOptions): string {
  const objects = join(folder, 'conf.d')
  mkdirSync(objects, { recursive: true })
  const write = (name: string, blocks: readonly string[]): void =>
    writeFileSync(join(objects, name), `${blocks.join('\n\n')}\n`)
  write('timeperiods.conf', timePeriods())
  write('commands.conf', commands())
  write('users.conf', users(site))
  write('templates.conf', templates(options))
  write('groups.conf', groups(site))
  write('services.conf', [...applyRules(site), dependencies()])
  if (options.hasNotifications) write('notifications.conf', notifications())
  for (const place of site.places) {
    const hosts = site.hosts.filter((host) => host.place === place)
    const half = Math.ceil(hosts.length / 2)
    mkdirSync(join(objects, place.name), { recursive: true })
    for (const [index, part] of [hosts.slice(0, half), hosts.slice(half)].entries()) {
      write(`${place.name}/hosts-${index + 1}.conf`, part.map(hostObject))
      write(
        `${place.name}/services-${index + 1}.conf`,
        part.flatMap((host) => host.own.map((service) => ownService(host, service))),
      )
    }
  }
  const main = join(folder, 'icinga2.conf')
  writeFileSync(main, mainFile(folder))
  return main
}

function mainFile(folder: string): string {
  return `const PluginDir = "/usr/lib/nagios/plugins"
const NodeName = "bench"
const ZoneName = NodeName
include <itl>
include <plugins>
object CheckerComponent "checker" {}
object NotificationComponent "notification" {}
object Endpoint NodeName {}
object Zone ZoneName { endpoints = [ NodeName ] }
include_recursive "${join(folder, 'conf.d')}"
`
}

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

const list = (names: readonly string[]): string => `[ ${names.map(quoted).join(', ')} ]`

function object(type: string, name: string, lines: readonly string[]): string {
  return `object ${type} ${quoted(name)} {\n${lines.map((line) => `  ${line}`).join('\n')}\n}`
}

const timePeriods = (): readonly string[] => [
  object('TimePeriod', 'workhours', [
    'ranges = {',
    ...['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map(
      (day) => `  ${quoted(day)} = "08:00-18:00"`,
    ),
    '}',
    'excludes = [ "holidays" ]',
  ]),
  object('TimePeriod', 'holidays', [
    'ranges = {',
    '  "january 1" = "00:00-24:00"',
    '  "december 25" = "00:00-24:00"',
    '}',
  ]),
]

/** The plugin's words; arguments come from variables `arg1` and so on of the object. */
function commands(): readonly string[] {
  return Object.entries(COMMANDS).map(([name, line]) => {
    const [plugin = '', ...words] = line.split(' ')
    const given = words.map((word) =>
      quoted(word.replace('{address}', '$address$').replace(/\{(\d)\}/g, '$$arg$1$$')),
    )
    return object('CheckCommand', `check_${name}`, [
      `command = [ PluginDir + ${quoted(`/${plugin}`)}, ${given.join(', ')} ]`,
    ])
  })
}

function users(site: Site): readonly string[] {
  const people = site.places.map(({ name }) =>
    object('User', `oncall-${name}`, [
      `email = ${quoted(`oncall-${name}@example.net`)}`,
      'groups = [ "oncall", "everybody" ]',
    ]),
  )
  return [
    object('UserGroup', 'oncall', ['display_name = "On call"']),
    object('UserGroup', 'everybody', []),
    ...people,
    object('User', 'duty-manager', ['email = "duty@example.net"', 'groups = [ "everybody" ]']),
  ]
}

function templates({ intervalSeconds }: IcingaSiteOptions): readonly string[] {
  const timing = `  max_check_attempts = 3
  check_interval = ${intervalSeconds}s
  retry_interval = ${Math.max(1, Math.round(intervalSeconds / 5))}s
  enable_flapping = true`
  return [
    `template Host "generic-host" {\n${timing}\n  check_command = "check_ping"\n  vars.arg1 = "100,20%"\n  vars.arg2 = "500,60%"\n  groups = [ "all" ]\n}`,
    `template Host "server" {\n  import "generic-host"\n}`,
    `template Host "gateway" {\n  import "generic-host"\n  max_check_attempts = 5\n  groups += [ "gateways" ]\n}`,
    `template Service "generic-service" {\n${timing}\n}`,
    `template Service "office-service" {\n  import "generic-service"\n  vars.notification_period = "workhours"\n}`,
  ]
}

function rolesOf(site: Site): readonly SiteHost['role'][] {
  return [...new Map(site.hosts.map(({ role }) => [role.name, role])).values()]
}

function groups(site: Site): readonly string[] {
  const named = (name: string, alias: string): string =>
    object('HostGroup', name, [`display_name = ${quoted(alias)}`])
  return [
    named('all', 'All hosts'),
    named('gateways', 'Gateways'),
    ...[...rolesOf(site), ...site.places].map(({ name, alias }) => named(name, alias)),
    object('HostGroup', 'customer-facing', [
      'assign where "web" in host.groups || "mail" in host.groups',
    ]),
    object('ServiceGroup', 'storage', ['display_name = "Storage"']),
    ...['all', ...rolesOf(site).map(({ name }) => name)].map((name) =>
      object('ServiceGroup', `of-${name}`, []),
    ),
  ]
}

const checkLines = (service: SiteService): readonly string[] => [
  `check_command = ${quoted(`check_${service.command}`)}`,
  ...service.arguments.map((value, index) => `vars.arg${index + 1} = ${quoted(value)}`),
]

function applyRules(site: Site): readonly string[] {
  const rule = (group: string, use: string, service: SiteService): string =>
    [
      `apply Service ${quoted(service.name)} {`,
      `  import ${quoted(use)}`,
      ...checkLines(service).map((line) => `  ${line}`),
      `  groups = ${list([service.command === 'disk' ? 'storage' : `of-${group}`])}`,
      `  assign where ${quoted(group)} in host.groups`,
      '}',
    ].join('\n')
  return [
    ...COMMON.map((service) =>
      rule('all', service.name === 'Users' ? 'office-service' : 'generic-service', service),
    ),
    ...rolesOf(site).flatMap((role) =>
      role.services.map((service) => rule(role.name, 'generic-service', service)),
    ),
  ]
}

const dependencies = (): string => `apply Dependency "certificate-needs-http" to Service {
  parent_service_name = "HTTP"
  disable_notifications = true
  states = [ OK, Warning ]
  assign where service.name == "Certificate"
}

apply Dependency "behind-gateway" to Host {
  parent_host_name = host.vars.gateway
  assign where host.vars.gateway
}`

const notifications = (): readonly string[] => [
  object('NotificationCommand', 'notify', ['command = [ "/usr/bin/true" ]']),
  `apply Notification "mail-host" to Host {
  command = "notify"
  user_groups = [ "oncall" ]
  interval = 1h
  states = [ Up, Down ]
  types = [ Problem, Recovery, FlappingStart, FlappingEnd, DowntimeStart, DowntimeEnd ]
  assign where "all" in host.groups
}`,
  `apply Notification "escalate-gateway" to Host {
  command = "notify"
  user_groups = [ "everybody" ]
  interval = 30m
  times = { begin = 2h }
  assign where "gateways" in host.groups
}`,
  `apply Notification "mail-service" to Service {
  command = "notify"
  user_groups = [ "oncall" ]
  interval = 1h
  states = [ OK, Warning, Critical, Unknown ]
  types = [ Problem, Recovery, FlappingStart, FlappingEnd, DowntimeStart, DowntimeEnd ]
  if (service.vars.notification_period) {
    period = service.vars.notification_period
  }
  assign where true
}`,
]

function hostObject(host: SiteHost): string {
  return object('Host', host.name, [
    `import ${quoted(host.isGateway ? 'gateway' : 'server')}`,
    `display_name = ${quoted(`${host.role.alias} in ${host.place.alias}, rack ${host.rack}`)}`,
    `address = ${quoted(host.address)}`,
    `groups += ${list([host.place.name, host.role.name])}`,
    ...(host.isGateway ? [] : [`vars.gateway = ${quoted(host.place.gateway)}`]),
    `vars.rack = ${quoted(host.rack)}`,
  ])
}

function ownService(host: SiteHost, service: SiteService): string {
  return object('Service', service.name, [
    'import "generic-service"',
    `host_name = ${quoted(host.name)}`,
    ...checkLines(service),
  ])
}
