import type { Problem } from '../problem.ts'
import type { NagiosType } from './object-types.ts'
import type { NagiosSettings } from './settings.ts'
import type { WrittenDirective, WrittenObject } from './written.ts'

export type { NagiosSettings, NagiosType, WrittenDirective, WrittenObject }

/**
 * What one `define` says after `use`, `+` and `null`: shared by all objects that are made from it. Read values with `valueOf` and
 * places with `placeOf` (`definition.ts`).
 */
export interface ResolvedDefinition {
  readonly type: NagiosType
  readonly written: WrittenObject
  /** By slot (`directives.ts`): the directive that counts. A list may begin with a `+` that nothing took up. */
  readonly slots: readonly (WrittenDirective | undefined)[]
  /** `_NAME` to its directive. */
  readonly customVariables: ReadonlyMap<string, WrittenDirective>
  /** Of time periods: days as the name, hours as the value. */
  readonly ranges: readonly WrittenDirective[]
}

/** [day specification, hours], as Nagios orders them: `['monday', '09:00-12:00,13:00-17:00']`. */
export type NagiosRange = readonly [days: string, hours: string]

export interface NagiosTimePeriod {
  readonly definition: ResolvedDefinition
  readonly name: string
  readonly alias: string
  readonly ranges: readonly NagiosRange[]
  readonly exclude: readonly string[]
}

export interface NagiosCommand {
  readonly definition: ResolvedDefinition
  readonly name: string
  readonly commandLine: string
}

export interface NagiosContactGroup {
  readonly definition: ResolvedDefinition
  readonly name: string
  readonly alias: string
  readonly members: readonly string[]
}

/** Options are letters in Nagios's order without commas, `rwucfs`; empty for none. Lists are sorted by name as Nagios keeps them. */
export interface NagiosContact {
  readonly definition: ResolvedDefinition
  readonly name: string
  readonly alias: string
  readonly email: string | undefined
  readonly pager: string | undefined
  /** address1 to address6; `undefined` where none is. */
  readonly addresses: readonly (string | undefined)[]
  readonly hosts: NagiosContactPolicy
  readonly services: NagiosContactPolicy
  readonly minimumImportance: number
  readonly canSubmitCommands: boolean
  readonly retainsStatus: boolean
  readonly retainsNonStatus: boolean
  /** Names of groups in the order of `$CONTACTGROUPNAMES$`. */
  readonly groups: readonly string[]
}

export interface NagiosContactPolicy {
  readonly isEnabled: boolean
  readonly period: string | undefined
  readonly options: string
  readonly commands: readonly string[]
}

/** What hosts and services say alike. Kept once per definition. Lengths of time are in `interval_length` units unless named otherwise. */
export interface NagiosMonitored {
  readonly displayName: string | undefined
  readonly checkCommand: string | undefined
  readonly checkPeriod: string | undefined
  readonly checkInterval: number
  readonly retryInterval: number
  readonly maxAttempts: number
  readonly activeChecks: boolean
  readonly passiveChecks: boolean
  readonly initialState: string
  readonly importance: number
  readonly obsess: boolean
  readonly eventHandler: string | undefined
  readonly eventHandlerEnabled: boolean
  readonly checkFreshness: boolean
  /** Seconds. */
  readonly freshnessThreshold: number
  /** 0 is the program's own. */
  readonly lowFlapThreshold: number
  readonly highFlapThreshold: number
  readonly flapDetection: boolean
  readonly flapOptions: string
  readonly notifications: boolean
  readonly notificationOptions: string
  readonly firstNotificationDelay: number
  readonly stalkingOptions: string
  readonly processPerfData: boolean
  readonly retainsStatus: boolean
  readonly retainsNonStatus: boolean
  readonly notes: string | undefined
  readonly notesUrl: string | undefined
  readonly actionUrl: string | undefined
  readonly iconImage: string | undefined
  readonly iconImageAlt: string | undefined
}

/** Who is told of an object and when, after a service has taken from its host what it does not say itself. */
export interface NagiosTold {
  readonly contacts: readonly string[]
  readonly contactGroups: readonly string[]
  readonly notificationInterval: number
  /** False when nobody says it: the value is Nagios's own. */
  readonly isIntervalWritten: boolean
  readonly notificationPeriod: string | undefined
}

export interface NagiosHost extends NagiosTold {
  readonly definition: ResolvedDefinition
  readonly name: string
  readonly alias: string
  readonly address: string
  readonly parents: readonly string[]
  readonly values: NagiosMonitored
  /** Read and kept, but Parallax draws no such maps. */
  readonly statusmapImage: string | undefined
  readonly vrmlImage: string | undefined
  readonly coordinates2d: string | undefined
  readonly coordinates3d: string | undefined
  /** Names in the order of `$HOSTGROUPNAMES$`. */
  readonly groups: readonly string[]
}

export interface NagiosService extends NagiosTold {
  /** Shared by all services that the same `define` makes; so are `values`. */
  readonly definition: ResolvedDefinition
  readonly hostName: string
  readonly description: string
  readonly values: NagiosServiceValues
  /** [host, service] pairs that this one needs. */
  readonly parents: readonly NagiosServiceName[]
  /** Names in the order of `$SERVICEGROUPNAMES$`. */
  readonly groups: readonly string[]
}

export interface NagiosServiceValues extends NagiosMonitored {
  readonly isVolatile: boolean
  readonly parallelize: boolean
}

export type NagiosServiceName = readonly [hostName: string, description: string]

export interface NagiosHostGroup {
  readonly definition: ResolvedDefinition
  readonly name: string
  readonly alias: string
  readonly notes: string | undefined
  readonly notesUrl: string | undefined
  readonly actionUrl: string | undefined
  /** In the order of names. */
  readonly members: readonly string[]
}

export interface NagiosServiceGroup extends Omit<NagiosHostGroup, 'members'> {
  readonly members: readonly NagiosServiceName[]
}

/** Options as in the definition; `undefined` where that kind of dependency was not written. */
export interface NagiosDependency {
  readonly definition: ResolvedDefinition
  readonly inheritsParent: boolean
  readonly period: string | undefined
  readonly executionOptions: string | undefined
  readonly notificationOptions: string | undefined
}

/** `dependentHostName` needs `hostName`. */
export interface NagiosHostDependency extends NagiosDependency {
  readonly hostName: string
  readonly dependentHostName: string
}

export interface NagiosServiceDependency extends NagiosDependency {
  readonly hostName: string
  readonly description: string
  readonly dependentHostName: string
  readonly dependentDescription: string
}

export interface NagiosEscalation {
  readonly definition: ResolvedDefinition
  readonly hostName: string
  readonly firstNotification: number
  /** 0 is without end. */
  readonly lastNotification: number
  readonly notificationInterval: number
  readonly period: string | undefined
  readonly options: string
  readonly contacts: readonly string[]
  readonly contactGroups: readonly string[]
}

export type NagiosHostEscalation = NagiosEscalation

export interface NagiosServiceEscalation extends NagiosEscalation {
  readonly description: string
}

/** Resolved: no templates, no groups of groups, no group forms. In the order in which Nagios registers them: by name. */
export interface NagiosObjects {
  readonly timePeriods: ReadonlyMap<string, NagiosTimePeriod>
  readonly commands: ReadonlyMap<string, NagiosCommand>
  readonly contacts: ReadonlyMap<string, NagiosContact>
  readonly contactGroups: ReadonlyMap<string, NagiosContactGroup>
  readonly hosts: ReadonlyMap<string, NagiosHost>
  readonly hostGroups: ReadonlyMap<string, NagiosHostGroup>
  readonly services: readonly NagiosService[]
  readonly serviceGroups: ReadonlyMap<string, NagiosServiceGroup>
  readonly hostDependencies: readonly NagiosHostDependency[]
  readonly serviceDependencies: readonly NagiosServiceDependency[]
  readonly hostEscalations: readonly NagiosHostEscalation[]
  readonly serviceEscalations: readonly NagiosServiceEscalation[]
}

/** `$USER1$` from a resource file. */
export interface NagiosResource {
  /** `USER1` */
  readonly name: string
  readonly value: string
  readonly file: string
  readonly line: number
  readonly column: number
}

/** All that was found at a path. To be used only when there are no `problems`. */
export interface NagiosReading {
  /** Every `define` as written, templates too, in the order in which Nagios reads them. */
  readonly written: readonly WrittenObject[]
  readonly objects: NagiosObjects
  /** By name: `USER1`. */
  readonly resources: ReadonlyMap<string, NagiosResource>
  readonly settings: NagiosSettings
  /** What Nagios refuses, and what we refuse beyond it (`docs/reference/nagios.md`). */
  readonly problems: readonly Problem[]
  /** What Nagios only warns of. */
  readonly warnings: readonly Problem[]
  /** Files that were read, in their order. */
  readonly files: readonly string[]
}
