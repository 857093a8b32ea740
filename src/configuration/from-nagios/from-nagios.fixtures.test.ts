import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fixtureFiles, fixtureFolder } from '../../../test/fixture-files.ts'
import { serviceCheckId } from '../../domain/check-id.ts'
import type { CheckCommand } from '../../domain/check.ts'
import type { Fleet, Monitored } from '../../domain/fleet.ts'
import { fillRuntimeMacros } from '../../domain/macros.ts'
import { compileDefinitions, type CompileOptions } from '../compile.ts'
import { readNagios } from '../nagios/read.ts'
import { renderProblem } from '../problem.ts'
import { revisionOf } from '../revision.ts'
import { compile } from '../compile.ts'
import { writeYaml } from '../yaml/write-yaml.ts'
import { definitionsOf } from './definitions.ts'
import { templatedDefinitions } from './templated.ts'

interface Expected {
  readonly objects: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>
  readonly resolved_check_commands: {
    readonly host_commands: readonly ExpectedCommand[]
    readonly service_commands: readonly ExpectedCommand[]
  }
}
interface ExpectedCommand {
  readonly host_name: string
  readonly service_description?: string
  readonly command_line: string | null
  readonly notes_expanded?: string
}

/** The `$USERn$` of the recording. */
const RESOURCES = `resources:
  USER1: /usr/lib/nagios/plugins
  USER2: '/opt/local plugins'
  USER3: s3cr$et
  USER5: $USER1$/nested
  USER32: thirty-two
`
const OPTIONS: CompileOptions = {}

async function fleetsOf(path: string): Promise<{ direct: Fleet; imported: Fleet }> {
  const reading = await readNagios(dirname(join(fixtureFolder, path)))
  expect(reading.problems.map(renderProblem)).toEqual([])
  const resources = [...compileResources()]
  const known = {
    ...reading,
    resources: new Map(
      resources.map(([name, value]) => [
        name,
        { name, value, file: 'resource.cfg', line: 1, column: 1 },
      ]),
    ),
  }
  const direct = compileDefinitions(definitionsOf(known), OPTIONS)
  expect(direct.problems.map(renderProblem)).toEqual([])
  const text = writeYaml(templatedDefinitions(known))
  const imported = compile([{ file: 'imported.yaml', text }], OPTIONS)
  expect(imported.problems.map(renderProblem)).toEqual([])
  return { direct: direct.fleet, imported: imported.fleet }
}

function compileResources(): readonly (readonly [string, string])[] {
  return [...RESOURCES.matchAll(/^ {2}(USER\d+): '?(.*?)'?$/gm)].map(
    (match) => [match[1] as string, match[2] as string] as const,
  )
}

describe.each(fixtureFiles<Expected>('resolved_check_commands'))('$path', ({ path, content }) => {
  test('[NF1] importing to YAML and compiling it gives the revision of the files themselves', async () => {
    const { direct, imported } = await fleetsOf(path)
    expect(imported.hosts.size).toBeGreaterThan(0)
    for (const kind of Object.keys(direct) as (keyof Fleet)[]) {
      const of = (fleet: Fleet): unknown =>
        Object.fromEntries([...fleet[kind]].map(([id, object]) => [id, without(object)]))
      expect(of(imported), kind).toEqual(of(direct))
    }
    expect(revisionOf(imported)).toBe(revisionOf(direct))
  })

  test('[NF2] hosts and services are those that Nagios resolved', async () => {
    const { direct } = await fleetsOf(path)
    const { host = [], service = [] } = content.objects
    expect([...direct.hosts.keys()].sort()).toEqual(
      host.map((one) => String(one['host_name'])).sort(),
    )
    for (const one of host) {
      const found = direct.hosts.get(one['host_name'] as string)
      expect(asNagios(found as Monitored), String(one['host_name'])).toEqual(wanted(one))
      expect(found?.address).toBe(one['address'] ?? one['host_name'])
      expect([...(found?.parents ?? [])].sort()).toEqual(one['parents'] ?? [])
    }
    expect(direct.services.size).toBe(service.length)
    for (const one of service) {
      const id = serviceCheckId(one['host_name'] as string, one['service_description'] as string)
      const found = direct.services.get(id)
      expect(found, id).toBeDefined()
      expect(asNagios(found as Monitored), id).toEqual(wanted(one))
    }
  })

  test('[NF3] groups, dependencies and escalations are those that Nagios resolved', async () => {
    const { direct } = await fleetsOf(path)
    const members = (groups: Fleet['hostGroups']): unknown =>
      Object.fromEntries([...groups].map(([name, group]) => [name, [...group.members].sort()]))
    const expectedMembers = (type: string, join_: (member: unknown) => string): unknown =>
      Object.fromEntries(
        (content.objects[type] ?? []).map((group) => [
          group[`${type}_name`],
          ((group['members'] as unknown[] | undefined) ?? []).map(join_).sort(),
        ]),
      )
    expect(members(direct.hostGroups)).toEqual(expectedMembers('hostgroup', String))
    expect(members(direct.contactGroups)).toEqual(expectedMembers('contactgroup', String))
    expect(members(direct.serviceGroups)).toEqual(
      expectedMembers('servicegroup', (member) => (member as string[]).join('!')),
    )
    const pairs = (type: string, prefix: string): string[] =>
      [
        ...new Set(
          (content.objects[type] ?? []).map(
            (one) =>
              [one[`${prefix}host_name`], one[`${prefix}service_description`]]
                .filter(Boolean)
                .join('!') +
              (type.endsWith('dependency')
                ? ` ${[one['dependent_host_name'], one['dependent_service_description']].filter(Boolean).join('!')}`
                : ''),
          ),
        ),
      ].sort()
    expect(
      [
        ...new Set(
          [...direct.hostDependencies.values()].map((one) => `${one.host} ${one.dependent}`),
        ),
      ].sort(),
    ).toEqual(pairs('hostdependency', ''))
    expect(
      [
        ...new Set(
          [...direct.serviceDependencies.values()].map((one) => `${one.service} ${one.dependent}`),
        ),
      ].sort(),
    ).toEqual(pairs('servicedependency', ''))
    expect([...direct.hostEscalations.values()].length).toBe(
      (content.objects['hostescalation'] ?? []).length,
    )
    expect([...direct.serviceEscalations.values()].length).toBe(
      (content.objects['serviceescalation'] ?? []).length,
    )
  })

  test('[NF4] command lines are those that Nagios runs', async () => {
    const { direct } = await fleetsOf(path)
    const { host_commands: hosts, service_commands: services } = content.resolved_check_commands
    for (const one of [...hosts, ...services]) {
      const { host_name: host, service_description: service } = one
      const object =
        service === undefined
          ? direct.hosts.get(host)
          : direct.services.get(serviceCheckId(host, service))
      const command = object?.check.command as CheckCommand
      const line = lineOf(command)
      expect(line, `${host} ${service ?? ''}`).toBe(one.command_line ?? undefined)
      if (one.notes_expanded !== undefined) expect(object?.notes).toBe(one.notes_expanded)
    }
    expect(hosts.length + services.length).toBe(direct.hosts.size + direct.services.size)
  })
})

/** At the start of Nagios every host is UP. */
function lineOf(command: CheckCommand): string | undefined {
  const filled = fillRuntimeMacros(command, { 'HOSTSTATE:edge-1': 'UP' })
  return filled.kind === 'shell-line' ? filled.line : undefined
}

function without(object: object): object {
  const { source: _, ...rest } = object as { source?: string }
  return 'members' in rest ? { ...rest, members: [...(rest.members as string[])].sort() } : rest
}

/** What the fleet keeps of an object, in Nagios's directives. */
function asNagios(object: Monitored): unknown {
  const { check, statePolicy: state, notificationPolicy: told } = object
  return {
    check_period: check.period ?? null,
    check_interval: check.intervalMs / 60_000,
    retry_interval: check.retryIntervalMs / 60_000,
    max_check_attempts: check.maxAttempts,
    active_checks_enabled: check.isOnDemand !== true,
    passive_checks_enabled: check.refusesPassive !== true,
    freshness: check.freshnessMs ?? null,
    is_volatile: state.isVolatile,
    flap_detection_options: state.flapping.options,
    stalking_options: state.stalking ?? '',
    has_event_handler: object.eventHandler !== undefined,
    contacts: [...object.contacts].sort(),
    contact_groups: [...object.contactGroups].sort(),
    notification_interval: told.intervalMs / 60_000,
    notification_period: told.period ?? null,
    notification_options: told.options,
    notifications_enabled: told.isEnabled,
    first_notification_delay: told.firstDelayMs / 60_000,
    importance: object.importance,
    icon_image: object.iconImage,
    variables: object.variables,
  }
}

function wanted(one: Readonly<Record<string, unknown>>): unknown {
  const text = (name: string): string => (one[name] as string | undefined) ?? ''
  const letters = (name: string, none: string): string =>
    text(name) === 'a' ? 'all' : text(name) === 'n' ? none : text(name).split(',').sort().join('')
  const isActive = text('active_checks_enabled') === '1' && Number(text('check_interval')) > 0
  const isChecked = one['check_command'] !== undefined
  return {
    check_period: one['check_period'] ?? null,
    // An interval of 0 is no interval: the check is not run by schedule.
    check_interval: Number(text('check_interval')) || 5,
    retry_interval: Number(text('retry_interval')),
    max_check_attempts: Number(text('max_check_attempts')),
    active_checks_enabled: isActive || !isChecked,
    passive_checks_enabled: text('passive_checks_enabled') === '1',
    freshness: text('check_freshness') === '1' ? Number(text('freshness_threshold')) * 1000 : null,
    is_volatile: text('is_volatile') === '1',
    // Of a host Nagios writes u for up.
    flap_detection_options:
      one['service_description'] === undefined && text('flap_detection_options') === 'u,d'
        ? 'do'
        : letters('flap_detection_options', 'all'),
    stalking_options: letters('stalking_options', ''),
    has_event_handler: one['event_handler'] !== undefined,
    contacts: one['contacts'] ?? [],
    contact_groups: one['contact_groups'] ?? [],
    notification_interval: Number(text('notification_interval')),
    notification_period: one['notification_period'] ?? null,
    notification_options: letters('notification_options', ''),
    notifications_enabled: text('notifications_enabled') === '1',
    first_notification_delay: Number(text('first_notification_delay')),
    importance: Number(text('importance')),
    icon_image: text('icon_image'),
    variables: Object.fromEntries(
      Object.entries(one)
        .filter(([name]) => name.startsWith('_'))
        .map(([name, value]) => [name.slice(1), value]),
    ),
  }
}
