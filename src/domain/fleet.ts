import type { Check } from './check.ts'
import type { CheckId } from './check-id.ts'
import type { TimePeriod } from './time-period.ts'

/** Everything that is monitored, resolved: no templates, no groups of groups, no macros of the configuration left. Immutable. */
export interface Fleet {
  readonly hosts: ReadonlyMap<string, Host>
  readonly services: ReadonlyMap<CheckId, Service>
  readonly hostGroups: ReadonlyMap<string, Group>
  readonly serviceGroups: ReadonlyMap<string, Group>
  readonly timePeriods: ReadonlyMap<string, TimePeriod>
  readonly contacts: ReadonlyMap<string, Contact>
  readonly contactGroups: ReadonlyMap<string, Group>
}

/** What hosts and services have in common. */
export interface Monitored {
  readonly id: CheckId
  readonly check: Check
  readonly displayName: string
  readonly notes: string
  readonly notesUrl: string
  readonly actionUrl: string
  /** Custom variables without the underscore, upper case names, as Nagios keeps them. */
  readonly variables: Readonly<Record<string, string>>
  readonly contacts: readonly string[]
  readonly contactGroups: readonly string[]
  readonly statePolicy: StatePolicy
  /** The command as people may see it: secrets masked. */
  readonly shownCommand: string
  /** Where the object was written: `file:line`. */
  readonly source: string
}

export interface Host extends Monitored {
  readonly name: string
  readonly alias: string
  readonly address: string
  readonly parents: readonly string[]
  readonly groups: readonly string[]
}

export interface Service extends Monitored {
  readonly hostName: string
  readonly name: string
  readonly groups: readonly string[]
}

export interface Group {
  readonly name: string
  readonly alias: string
  readonly members: readonly string[]
}

export interface Contact {
  readonly name: string
  readonly alias: string
  readonly email: string
  readonly pager: string
  /** As on hosts and services: `$_CONTACTNAME$`. */
  readonly variables: Readonly<Record<string, string>>
}

/** What the state machine needs to know of an object. */
export interface StatePolicy {
  readonly maxAttempts: number
  readonly isVolatile: boolean
  readonly flapping: FlappingPolicy
  /** States, as in `FlappingPolicy.options`, whose changes of output are logged too. Absent is none. */
  readonly stalking?: string
}

export interface FlappingPolicy {
  readonly isEnabled: boolean
  /** Per cent of weighted state change. */
  readonly lowPercent: number
  readonly highPercent: number
  /** States that count: single letters as Nagios writes them (o w u c for services, o d u for hosts). */
  readonly options: string
}

export const DEFAULT_FLAPPING: FlappingPolicy = {
  isEnabled: false,
  lowPercent: 20,
  highPercent: 30,
  options: 'all',
}
