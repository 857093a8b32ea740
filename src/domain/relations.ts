import type { CheckId } from './check-id.ts'

/** How hosts and services hang together beside parents: resolved, one relation for each pair or object. */

export interface Dependency {
  readonly inheritsParent: boolean
  /** States of what is needed, in letters, in which the dependent is not checked; empty for none. */
  readonly executionFailureOptions: string
  /** States in which nobody is told of the dependent. */
  readonly notificationFailureOptions: string
  /** Name of a time period; `undefined` is always. */
  readonly period: string | undefined
}

/** `dependent` needs `host`. */
export interface HostDependency extends Dependency {
  readonly host: string
  readonly dependent: string
}

/** `dependent` needs `service`. */
export interface ServiceDependency extends Dependency {
  readonly service: CheckId
  readonly dependent: CheckId
}

export interface Escalation {
  readonly firstNotification: number
  /** 0 is until the end. */
  readonly lastNotification: number
  /** `undefined`: the object's own. */
  readonly intervalMs: number | undefined
  readonly period: string | undefined
  /** States in letters; `all` for all. */
  readonly options: string
  readonly contacts: readonly string[]
  readonly contactGroups: readonly string[]
}

export interface HostEscalation extends Escalation {
  readonly host: string
}

export interface ServiceEscalation extends Escalation {
  readonly service: CheckId
}
