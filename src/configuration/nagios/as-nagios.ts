import { readDouble, readInt } from './numbers.ts'
import type {
  NagiosContact,
  NagiosDependency,
  NagiosEscalation,
  NagiosHost,
  NagiosMonitored,
  NagiosReading,
  NagiosService,
  NagiosServiceName,
  NagiosTold,
  ResolvedDefinition,
} from './objects.ts'
import { ALL_OPTIONS } from './options.ts'

/** One object in the words of Nagios. Lists are sorted; services in lists are [host, service]. */
export type NagiosWords = Readonly<Record<string, unknown>>

/** Objects in the order of their names, by type, as Nagios writes them into `objects.precache`. Types without objects are left out. */
export function objectsAsNagios({
  objects,
}: NagiosReading): Readonly<Record<string, readonly NagiosWords[]>> {
  const all: Record<string, readonly NagiosWords[]> = {
    timeperiod: [...objects.timePeriods.values()].map(({ name, alias, exclude, ranges }) =>
      given({
        timeperiod_name: name,
        alias,
        exclude: exclude.length === 0 ? undefined : exclude.toReversed().join(','),
        ranges: ranges.length === 0 ? undefined : ranges,
      }),
    ),
    command: [...objects.commands.values()].map(({ name, commandLine }) => ({
      command_name: name,
      command_line: commandLine,
    })),
    contactgroup: [...objects.contactGroups.values()].map(({ name, alias, members }) =>
      given({ contactgroup_name: name, alias, members: listed(members) }),
    ),
    hostgroup: [...objects.hostGroups.values()].map((group) =>
      given({
        hostgroup_name: group.name,
        alias: group.alias,
        members: listed(group.members),
        ...links(group),
      }),
    ),
    servicegroup: [...objects.serviceGroups.values()].map((group) =>
      given({
        servicegroup_name: group.name,
        alias: group.alias,
        members: listed(group.members),
        ...links(group),
      }),
    ),
    contact: [...objects.contacts.values()].map(contactWords),
    host: [...objects.hosts.values()].map(hostWords),
    service: objects.services.map(serviceWords),
    servicedependency: objects.serviceDependencies.flatMap((one) =>
      dependencyWords(one, {
        host_name: one.hostName,
        service_description: one.description,
        dependent_host_name: one.dependentHostName,
        dependent_service_description: one.dependentDescription,
      }),
    ),
    serviceescalation: objects.serviceEscalations.map((one) =>
      escalationWords(one, { host_name: one.hostName, service_description: one.description }),
    ),
    hostdependency: objects.hostDependencies.flatMap((one) =>
      dependencyWords(one, { host_name: one.hostName, dependent_host_name: one.dependentHostName }),
    ),
    hostescalation: objects.hostEscalations.map((one) =>
      escalationWords(one, { host_name: one.hostName }),
    ),
  }
  return Object.fromEntries(Object.entries(all).filter(([, list]) => list.length > 0))
}

function given(words: NagiosWords): NagiosWords {
  return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined))
}

function listed<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items
}

function links(object: {
  readonly notes: string | undefined
  readonly notesUrl: string | undefined
  readonly actionUrl: string | undefined
}): NagiosWords {
  return { notes: object.notes, notes_url: object.notesUrl, action_url: object.actionUrl }
}

const flag = (isOn: boolean): string => (isOn ? '1' : '0')

/** As C writes `%f`. */
function float(value: number): string {
  if (value === Infinity) return 'inf'
  if (value === -Infinity) return '-inf'
  return value.toFixed(6)
}

/** Nagios's own mistake is kept: for hosts it writes the state up as `u` too. */
function options(value: string, up = 'o'): string {
  if (value === ALL_OPTIONS) return 'a'
  const letters = value.split('').map((letter) => (letter === 'o' ? up : letter))
  return value === '' ? 'n' : letters.join(',')
}

function variables({ customVariables }: ResolvedDefinition): NagiosWords {
  return Object.fromEntries(
    [...customVariables].map(([name, { value }]) => [name, value === '' ? 'null' : value]),
  )
}

function contactWords(contact: NagiosContact): NagiosWords {
  const { hosts, services } = contact
  const commands = (list: readonly string[]): string | undefined =>
    list.length === 0 ? undefined : list.toReversed().join(',')
  const addresses = contact.addresses.map((text, index) => [`address${index + 1}`, text] as const)
  return given({
    contact_name: contact.name,
    alias: contact.alias,
    service_notification_period: services.period,
    host_notification_period: hosts.period,
    service_notification_options: options(services.options),
    host_notification_options: options(hosts.options),
    service_notification_commands: commands(services.commands),
    host_notification_commands: commands(hosts.commands),
    email: contact.email,
    pager: contact.pager,
    ...Object.fromEntries(addresses),
    minimum_importance: String(contact.minimumImportance),
    host_notifications_enabled: flag(hosts.isEnabled),
    service_notifications_enabled: flag(services.isEnabled),
    can_submit_commands: flag(contact.canSubmitCommands),
    retain_status_information: flag(contact.retainsStatus),
    retain_nonstatus_information: flag(contact.retainsNonStatus),
    ...variables(contact.definition),
  })
}

function toldWords({ contacts, contactGroups, notificationPeriod }: NagiosTold): NagiosWords {
  return {
    contacts: listed(contacts),
    contact_groups: listed(contactGroups),
    notification_period: notificationPeriod,
  }
}

function monitoredWords(values: NagiosMonitored, interval: number, up: string): NagiosWords {
  return {
    check_period: values.checkPeriod,
    check_command: values.checkCommand,
    event_handler: values.eventHandler,
    initial_state: values.initialState,
    importance: String(values.importance),
    check_interval: float(values.checkInterval),
    retry_interval: float(values.retryInterval),
    max_check_attempts: String(values.maxAttempts),
    active_checks_enabled: flag(values.activeChecks),
    passive_checks_enabled: flag(values.passiveChecks),
    obsess: flag(values.obsess),
    event_handler_enabled: flag(values.eventHandlerEnabled),
    low_flap_threshold: float(values.lowFlapThreshold),
    high_flap_threshold: float(values.highFlapThreshold),
    flap_detection_enabled: flag(values.flapDetection),
    flap_detection_options: options(values.flapOptions, up),
    freshness_threshold: String(values.freshnessThreshold),
    check_freshness: flag(values.checkFreshness),
    notification_options: options(values.notificationOptions),
    notifications_enabled: flag(values.notifications),
    notification_interval: float(interval),
    first_notification_delay: float(values.firstNotificationDelay),
    stalking_options: options(values.stalkingOptions, up),
    process_perf_data: flag(values.processPerfData),
    icon_image: values.iconImage,
    icon_image_alt: values.iconImageAlt,
    ...links(values),
    retain_status_information: flag(values.retainsStatus),
    retain_nonstatus_information: flag(values.retainsNonStatus),
  }
}

function hostWords(host: NagiosHost): NagiosWords {
  const { values, name } = host
  return given({
    host_name: name,
    display_name: values.displayName,
    alias: host.alias,
    address: host.address,
    parents: listed(host.parents),
    ...toldWords(host),
    ...monitoredWords(values, host.notificationInterval, 'u'),
    // Nagios reads down and unreachable at the start, and writes up.
    initial_state: 'o',
    vrml_image: host.vrmlImage,
    statusmap_image: host.statusmapImage,
    '2d_coords': coordinates(host.coordinates2d, (text) => String(readInt(text)), 2),
    '3d_coords': coordinates(host.coordinates3d, (text) => float(readDouble(text)), 3),
    ...variables(host.definition),
  })
}

function coordinates(
  text: string | undefined,
  read: (text: string) => string,
  count: number,
): string | undefined {
  const parts = text?.split(/[, ]/).filter((part) => part !== '')
  return parts?.slice(0, count).map(read).join(',')
}

function serviceWords(service: NagiosService): NagiosWords {
  const { values } = service
  return given({
    host_name: service.hostName,
    service_description: service.description,
    display_name: values.displayName,
    parents: parentsInWords(service.parents, service.hostName),
    ...toldWords(service),
    ...monitoredWords(values, service.notificationInterval, 'o'),
    initial_state: 'o',
    is_volatile: flag(values.isVolatile),
    parallelize_check: flag(values.parallelize),
    ...variables(service.definition),
  })
}

/** One parent on the same host Nagios names without the host, which as a list of pairs is none. */
function parentsInWords(
  parents: readonly NagiosServiceName[],
  host: string,
): readonly NagiosServiceName[] | undefined {
  if (parents.length === 0) return undefined
  return parents.length === 1 && parents[0]?.[0] === host ? [] : parents.toSorted(byPair)
}

function byPair([a, b]: NagiosServiceName, [c, d]: NagiosServiceName): number {
  return a < c ? -1 : a > c ? 1 : b < d ? -1 : b > d ? 1 : 0
}

function dependencyWords(one: NagiosDependency, names: NagiosWords): readonly NagiosWords[] {
  const common = {
    ...names,
    dependency_period: one.period,
    inherits_parent: flag(one.inheritsParent),
  }
  const words: NagiosWords[] = []
  if (one.notificationOptions !== undefined) {
    words.push(given({ ...common, notification_failure_options: options(one.notificationOptions) }))
  }
  if (one.executionOptions !== undefined) {
    words.push(given({ ...common, execution_failure_options: options(one.executionOptions) }))
  }
  return words
}

function escalationWords(one: NagiosEscalation, names: NagiosWords): NagiosWords {
  return given({
    ...names,
    first_notification: String(one.firstNotification),
    last_notification: String(one.lastNotification),
    notification_interval: float(one.notificationInterval),
    escalation_period: one.period,
    escalation_options: options(one.options),
    contacts: listed(one.contacts),
    contact_groups: listed(one.contactGroups),
  })
}
