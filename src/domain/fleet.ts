import type { Check, CheckCommand } from './check.ts'
import { checkNameOf, type CheckId } from './check-id.ts'
import type { Cluster } from './cluster.ts'
import type { DecisionPolicy } from './decision-policy.ts'
import type { NotificationPolicy, ContactPolicy } from './notification-policy.ts'
import type {
  HostDependency,
  HostEscalation,
  ServiceDependency,
  ServiceEscalation,
} from './relations.ts'
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
  /** Relations have no names of their own: the key is made of what they say. */
  readonly hostDependencies: ReadonlyMap<string, HostDependency>
  readonly serviceDependencies: ReadonlyMap<string, ServiceDependency>
  readonly hostEscalations: ReadonlyMap<string, HostEscalation>
  readonly serviceEscalations: ReadonlyMap<string, ServiceEscalation>
  /** Those that were written; `clusterOf` knows the one that need not be. */
  readonly clusters: ReadonlyMap<string, Cluster>
}

export const EMPTY_FLEET: Fleet = Object.freeze({
  hosts: new Map(),
  services: new Map(),
  hostGroups: new Map(),
  serviceGroups: new Map(),
  timePeriods: new Map(),
  contacts: new Map(),
  contactGroups: new Map(),
  hostDependencies: new Map(),
  serviceDependencies: new Map(),
  hostEscalations: new Map(),
  serviceEscalations: new Map(),
  clusters: new Map(),
})

export function checkIn({ hosts, services }: Fleet, id: CheckId): Check | undefined {
  const { host, service } = checkNameOf(id)
  return (service === undefined ? hosts.get(host) : services.get(id))?.check
}

/** What hosts and services have in common. */
export interface Monitored {
  readonly id: CheckId
  readonly check: Check
  readonly displayName: string
  readonly notes: string
  readonly notesUrl: string
  readonly actionUrl: string
  /** File name, or empty. */
  readonly iconImage: string
  /** 0 and up. */
  readonly importance: number
  /** Custom variables without the underscore, upper case names, as Nagios keeps them. */
  readonly variables: Readonly<Record<string, string>>
  readonly contacts: readonly string[]
  readonly contactGroups: readonly string[]
  readonly statePolicy: StatePolicy
  readonly notificationPolicy: NotificationPolicy
  readonly eventHandler: EventHandler | undefined
  /** Absent: see `DEFAULT_DECISION`. Without a second observer it decides nothing. */
  readonly decision?: DecisionPolicy
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
  /** Whose collectors check it and its services; the first of `observers`. */
  readonly cluster: string
  /** Clusters that check it, each by itself: one or more, none twice, in the order in which they were written. */
  readonly observers: readonly string[]
  /** What it fails together with: its failure domain. Empty: nobody said. */
  readonly site: string
  /** The member of the cluster, without the cluster's name, that checks it while it is there. */
  readonly collector: string | undefined
}

export interface Service extends Monitored {
  readonly hostName: string
  readonly name: string
  /** Services that this one needs. */
  readonly parents: readonly CheckId[]
  readonly groups: readonly string[]
}

export interface Group {
  readonly name: string
  readonly alias: string
  readonly notes: string
  readonly notesUrl: string
  readonly actionUrl: string
  readonly members: readonly string[]
}

export interface Contact {
  readonly name: string
  readonly alias: string
  readonly email: string
  readonly pager: string
  /** `$CONTACTADDRESS1$` and so on; six at most. */
  readonly addresses: readonly string[]
  readonly groups: readonly string[]
  readonly canSubmitCommands: boolean
  /** It is told of objects of at least this importance. */
  readonly minimumImportance: number
  readonly aboutHosts: ContactPolicy
  readonly aboutServices: ContactPolicy
  /** As on hosts and services: `$_CONTACTNAME$`. */
  readonly variables: Readonly<Record<string, string>>
}

/** Runs when the state changes. */
export interface EventHandler {
  readonly isEnabled: boolean
  /** Macros of the object are expanded, those of a change of state are not: see `hasRuntimeMacros`. */
  readonly command: CheckCommand
  /** Secrets masked. */
  readonly shown: string
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
