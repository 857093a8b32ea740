import type { CheckCommand } from './check.ts'

/** When people are told of an object. */
export interface NotificationPolicy {
  readonly isEnabled: boolean
  /** Between two notifications of a problem that stays; 0 tells once. */
  readonly intervalMs: number
  /** How long a problem must stand before the first one. */
  readonly firstDelayMs: number
  /** Name of a time period; `undefined` is always. */
  readonly period: string | undefined
  /** Letters as Nagios writes them: d u r f s for hosts, w u c r f s for services; `all`, or empty for nothing. */
  readonly options: string
}

export const DEFAULT_NOTIFICATIONS: NotificationPolicy = {
  isEnabled: true,
  intervalMs: 1_800_000,
  firstDelayMs: 0,
  period: undefined,
  options: 'all',
}

/** What a contact wants to hear of hosts, or of services, and how. */
export interface ContactPolicy {
  readonly isEnabled: boolean
  readonly period: string | undefined
  /** As in `NotificationPolicy`. */
  readonly options: string
  readonly commands: readonly NotificationCommand[]
}

/** Its macros of the contact are expanded; those of the object and of the notification only the moment knows. */
export interface NotificationCommand {
  readonly command: CheckCommand
  /** Secrets masked. */
  readonly shown: string
}
