import {
  directiveOf,
  doubleOf,
  intOf,
  itemsOf,
  NULL_WORD,
  optionsOf,
  valueOf,
} from './definition.ts'
import type {
  NagiosHost,
  NagiosHostEscalation,
  NagiosService,
  NagiosServiceEscalation,
  NagiosTold,
  ResolvedDefinition,
} from './objects.ts'
import { hostsOf, MASTER, servicesOf, type Targets } from './relation-targets.ts'
import { refuse } from './resolution.ts'
import type { SharedLists } from './shared-lists.ts'

/** Contacts and groups as written for one object, before what it says of itself is added. */
interface Escalated {
  readonly targets: Targets
  readonly lists: SharedLists
}

/** One for each host. What an escalation does not say it takes from its host. */
export function hostEscalations(
  { targets, lists }: Escalated,
  definitions: readonly ResolvedDefinition[],
  hosts: ReadonlyMap<string, NagiosHost>,
): readonly NagiosHostEscalation[] {
  const found: NagiosHostEscalation[] = []
  for (const definition of definitions) {
    const isNamed = [MASTER.host, MASTER.hostGroup].some(
      (directive) => valueOf(definition, directive) !== undefined,
    )
    // A template may leave that to others.
    if (!isNamed && !definition.written.isRegistered) continue
    const named = hostsOf(targets, definition, MASTER)
    if (named === undefined) continue
    if (named.size === 0) {
      refuse(targets.resolution, definition, { message: 'names no host' })
      continue
    }
    if (!definition.written.isRegistered) continue
    if (!targets.resolution.budget.take(named.size, definition)) return found
    for (const { name } of named) {
      const host = hosts.get(name)
      if (host === undefined) {
        refuse(targets.resolution, definition, { message: `host '${name}' is not registered` })
      } else found.push({ ...escalationOf(definition, host, lists), hostName: name })
    }
  }
  return found
}

/** One for each service. */
export function serviceEscalations(
  { targets, lists }: Escalated,
  definitions: readonly ResolvedDefinition[],
  serviceOf: (host: string, description: string) => NagiosService | undefined,
): readonly NagiosServiceEscalation[] {
  const found: NagiosServiceEscalation[] = []
  for (const definition of definitions) {
    if (!definition.written.isRegistered) continue
    const named = servicesOf(targets, definition, MASTER)
    if (named.kind === 'faulty') continue
    const fault = named.kind === 'incomplete' ? named.message : 'names no service'
    if (named.kind === 'incomplete' || named.services.size === 0) {
      refuse(targets.resolution, definition, { message: fault })
      continue
    }
    if (!targets.resolution.budget.take(named.services.size, definition)) return found
    const made = new Set<NagiosService>()
    for (const { host, description } of named.services) {
      const service = serviceOf(host.name, description)
      // Two of one name are one service here: the one that stands.
      if (service === undefined || made.has(service)) continue
      made.add(service)
      const escalation = escalationOf(definition, service, lists)
      found.push({ ...escalation, hostName: host.name, description })
    }
  }
  return found
}

function escalationOf(
  definition: ResolvedDefinition,
  object: NagiosTold & { readonly definition: ResolvedDefinition },
  lists: SharedLists,
): Omit<NagiosHostEscalation, 'hostName'> {
  const isSilent =
    directiveOf(definition, 'contacts') === undefined &&
    directiveOf(definition, 'contact_groups') === undefined
  const names = (directive: 'contacts' | 'contact_groups'): readonly string[] => {
    const own = directive === 'contacts' ? object.contacts : object.contactGroups
    if (isSilent) return own
    const text = directiveOf(definition, directive)?.value
    if (text === undefined || text === NULL_WORD) return []
    if (!text.startsWith('+')) return lists.sorted(text)
    return lists.sorted([...own, ...itemsOf(text.slice(1))].join(','))
  }
  const interval = doubleOf(
    definition,
    'notification_interval',
    object.isIntervalWritten ? object.notificationInterval : 0,
  )
  const isPeriodWritten = directiveOf(definition, 'escalation_period') !== undefined
  return {
    definition,
    firstNotification: intOf(definition, 'first_notification', UNWRITTEN),
    lastNotification: intOf(definition, 'last_notification', UNWRITTEN),
    notificationInterval: interval > 0 ? interval : 0,
    period: isPeriodWritten ? valueOf(definition, 'escalation_period') : object.notificationPeriod,
    options: optionsOf(definition, 'escalation_options'),
    contacts: names('contacts'),
    contactGroups: names('contact_groups'),
  }
}

/** Nagios's mark for what is not given. */
const UNWRITTEN = -2
