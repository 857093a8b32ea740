import type { NagiosSettings } from '../nagios/objects.ts'

/** A value of an attribute as a configuration file may hold it; `null` inherits nothing. */
export type AttributeValue =
  string | number | boolean | null | readonly string[] | Readonly<Record<string, string>>

export type Attributes = Readonly<Record<string, AttributeValue | undefined>>

/** What one directive of Nagios is in our words. */
export interface AttributeRule {
  readonly key: string
  /** `undefined` when what is written has no meaning by itself. */
  readonly read: (text: string, settings: NagiosSettings) => AttributeValue | undefined
}

const text: AttributeRule['read'] = (value) => value
const flag: AttributeRule['read'] = (value) => Number.parseInt(value, 10) > 0
const importance: AttributeRule['read'] = (value) => importanceOf(Number.parseInt(value, 10))
const percent: AttributeRule['read'] = (value) => {
  const given = Number.parseFloat(value)
  // 0 is the program's own.
  return given === 0 ? undefined : percentOf(given)
}
const units: AttributeRule['read'] = (value, settings) =>
  unitsText(Number.parseFloat(value), settings)
const interval: AttributeRule['read'] = (value, settings) =>
  intervalText(Number.parseFloat(value), settings)
const list: AttributeRule['read'] = listOf
/** All letters are what nobody has to write; they take back what a template says. */
const letters =
  (allowed: string): AttributeRule['read'] =>
  (value) =>
    lettersOf(value, allowed) ?? null

export const HOST_STATES = 'odu'
export const SERVICE_STATES = 'owuc'
export const HOST_NOTICES = 'durfs'
export const SERVICE_NOTICES = 'wucrfs'

function rule(key: string, read: AttributeRule['read']): AttributeRule {
  return { key, read }
}

const COMMON: Readonly<Record<string, AttributeRule>> = {
  display_name: rule('displayName', text),
  contacts: rule('contacts', list),
  contact_groups: rule('contactGroups', list),
  notification_period: rule('notificationPeriod', text),
  notification_interval: rule('notificationInterval', units),
  first_notification_delay: rule('firstNotificationDelay', units),
  notifications_enabled: rule('notificationsEnabled', flag),
  check_command: rule('checkCommand', text),
  check_period: rule('checkPeriod', text),
  check_interval: rule('checkInterval', interval),
  retry_interval: rule('retryInterval', interval),
  max_check_attempts: rule('maxCheckAttempts', (value) =>
    Math.min(Number.parseInt(value, 10), ATTEMPTS_MAX),
  ),
  active_checks_enabled: rule('activeChecksEnabled', flag),
  passive_checks_enabled: rule('passiveChecksEnabled', flag),
  event_handler: rule('eventHandler', text),
  event_handler_enabled: rule('eventHandlerEnabled', flag),
  flap_detection_enabled: rule('flapDetectionEnabled', flag),
  low_flap_threshold: rule('lowFlapThreshold', percent),
  high_flap_threshold: rule('highFlapThreshold', percent),
  importance: rule('importance', importance),
  notes: rule('notes', text),
  notes_url: rule('notesUrl', text),
  action_url: rule('actionUrl', text),
  icon_image: rule('iconImage', text),
}

/** By directive, in today's spelling. Directives without a rule say nothing by themselves. */
export const HOST_RULES: Readonly<Record<string, AttributeRule>> = {
  alias: rule('alias', text),
  address: rule('address', text),
  parents: rule('parents', list),
  hostgroups: rule('groups', list),
  notification_options: rule('notificationOptions', letters(HOST_NOTICES)),
  flap_detection_options: rule('flapDetectionOptions', states(HOST_STATES, 'all')),
  stalking_options: rule('stalkingOptions', states(HOST_STATES, 'none')),
  ...COMMON,
}
export const SERVICE_RULES: Readonly<Record<string, AttributeRule>> = {
  servicegroups: rule('groups', list),
  is_volatile: rule('isVolatile', flag),
  notification_options: rule('notificationOptions', letters(SERVICE_NOTICES)),
  flap_detection_options: rule('flapDetectionOptions', states(SERVICE_STATES, 'all')),
  stalking_options: rule('stalkingOptions', states(SERVICE_STATES, 'none')),
  ...COMMON,
}
export const CONTACT_RULES: Readonly<Record<string, AttributeRule>> = {
  alias: rule('alias', text),
  email: rule('email', text),
  pager: rule('pager', text),
  contactgroups: rule('groups', list),
  host_notifications_enabled: rule('hostNotificationsEnabled', flag),
  service_notifications_enabled: rule('serviceNotificationsEnabled', flag),
  host_notification_period: rule('hostNotificationPeriod', text),
  service_notification_period: rule('serviceNotificationPeriod', text),
  host_notification_options: rule('hostNotificationOptions', letters(HOST_NOTICES)),
  service_notification_options: rule('serviceNotificationOptions', letters(SERVICE_NOTICES)),
  host_notification_commands: rule('hostNotificationCommands', listOf),
  service_notification_commands: rule('serviceNotificationCommands', listOf),
  minimum_importance: rule('minimumImportance', importance),
  can_submit_commands: rule('canSubmitCommands', flag),
}

/** `a, b`; a leading `+` becomes an item of its own. */
export function listOf(value: string): readonly string[] {
  const trimmed = value.trim()
  const isAdding = trimmed.startsWith('+')
  const names = (isAdding ? trimmed.slice(1) : trimmed)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return isAdding ? ['+', ...names] : names
}

/**
 * `d,u,r`, `dur`, `down,recovery`: Nagios looks at the first letter of each word. All letters are `undefined`, none is `n`.
 * @param allowed letters that we know; others are left out
 */
export function lettersOf(value: string, allowed: string): readonly string[] | undefined {
  const words = value.split(value.includes(',') ? ',' : '')
  const found = words.map((word) => word.trim().charAt(0).toLowerCase()).filter((one) => one !== '')
  if (found.includes('a')) return undefined
  const known = [...new Set(found)].filter((one) => allowed.includes(one))
  return known.length === 0 || found.includes('n') ? ['n'] : known
}

/** Letters of states, without a letter for none. */
function states(allowed: string, absent: 'all' | 'none'): AttributeRule['read'] {
  return (value) => {
    const found = lettersOf(value, allowed)
    if (found === undefined) return absent === 'all' ? null : allowed.split('')
    if (found[0] !== 'n') return found
    return absent === 'all' ? undefined : []
  }
}

/** More is as much. */
export const ATTEMPTS_MAX = 1000
const IMPORTANCE_MAX = 1_000_000
const CHECK_INTERVAL_MIN_MS = 1000
/** As field-schemas.ts has it. */
const LENGTH_MAX_MS = 31 * 86_400_000

export function importanceOf(given: number): number {
  return Math.min(Math.max(given, 0), IMPORTANCE_MAX)
}

export function percentOf(given: number): number {
  return Math.min(Math.max(given, 0), 100)
}

/** Between checks; nothing for 0, which is no interval. */
export function intervalText(count: number, settings: NagiosSettings): string | undefined {
  if (!(count > 0)) return undefined
  const ms = Math.max(count * settings.intervalLengthSeconds * 1000, CHECK_INTERVAL_MIN_MS)
  return durationText(Math.min(ms, LENGTH_MAX_MS))
}

/** Units of `interval_length`. */
export function unitsText(count: number, settings: NagiosSettings): string {
  return secondsText(count * settings.intervalLengthSeconds)
}

export function secondsText(seconds: number): string {
  return durationText(Math.min(seconds * 1000, LENGTH_MAX_MS))
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const

/** `90000` is `1m30s`. */
function durationText(ms: number): string {
  let rest = Math.max(0, Math.round(ms))
  let written = ''
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length)
    if (count > 0) written += `${count}${unit}`
    rest -= count * length
  }
  return written === '' ? '0s' : written
}
