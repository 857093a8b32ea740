import { doubleOf, isWritten, valueOf } from './definition.ts'
import type { NagiosTold, ResolvedDefinition } from './objects.ts'
import type { SharedLists } from './shared-lists.ts'

/** Of a host, or of a service before it looks at its host. */
export interface OwnTold extends NagiosTold {
  /** Contacts or groups are written, if only `null`. */
  readonly areContactsWritten: boolean
  readonly isPeriodWritten: boolean
}

const INTERVAL_MISSING = 30

export function ownTold(definition: ResolvedDefinition, lists: SharedLists): OwnTold {
  return {
    contacts: lists.sorted(valueOf(definition, 'contacts')),
    contactGroups: lists.sorted(valueOf(definition, 'contact_groups')),
    areContactsWritten:
      isWritten(definition, 'contacts') || isWritten(definition, 'contact_groups'),
    notificationInterval: doubleOf(definition, 'notification_interval', INTERVAL_MISSING),
    isIntervalWritten: isWritten(definition, 'notification_interval'),
    notificationPeriod: valueOf(definition, 'notification_period'),
    isPeriodWritten: isWritten(definition, 'notification_period'),
  }
}

/** A service that names neither contacts nor groups takes both from its host; so with the interval and the period, each by itself. */
export function toldOf(own: OwnTold, host: OwnTold): NagiosTold {
  const who = own.areContactsWritten ? own : host
  const interval = own.isIntervalWritten ? own : host
  const period = own.isPeriodWritten ? own : host
  return {
    contacts: who.contacts,
    contactGroups: who.contactGroups,
    notificationInterval: interval.notificationInterval,
    isIntervalWritten: interval.isIntervalWritten,
    notificationPeriod: period.notificationPeriod,
  }
}
