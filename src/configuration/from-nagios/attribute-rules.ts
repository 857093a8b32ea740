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
const whole: AttributeRule['read'] = (value) => Number.parseInt(value, 10)
const decimal: AttributeRule['read'] = (value) => Number.parseFloat(value)
const units: AttributeRule['read'] = (value, { intervalLengthSeconds }) =>
  durationText(Math.round(Number.parseFloat(value) * intervalLengthSeconds * 1000))
const list: AttributeRule['read'] = listOf
const letters: AttributeRule['read'] = (value) => lettersOf(value)

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
  notification_options: rule('notificationOptions', letters),
  notifications_enabled: rule('notificationsEnabled', flag),
  check_command: rule('checkCommand', text),
  check_period: rule('checkPeriod', text),
  check_interval: rule('checkInterval', units),
  retry_interval: rule('retryInterval', units),
  max_check_attempts: rule('maxCheckAttempts', whole),
  active_checks_enabled: rule('activeChecksEnabled', flag),
  passive_checks_enabled: rule('passiveChecksEnabled', flag),
  event_handler: rule('eventHandler', text),
  event_handler_enabled: rule('eventHandlerEnabled', flag),
  flap_detection_enabled: rule('flapDetectionEnabled', flag),
  low_flap_threshold: rule('lowFlapThreshold', decimal),
  high_flap_threshold: rule('highFlapThreshold', decimal),
  flap_detection_options: rule('flapDetectionOptions', letters),
  stalking_options: rule('stalkingOptions', letters),
  importance: rule('importance', whole),
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
  ...COMMON,
}
export const SERVICE_RULES: Readonly<Record<string, AttributeRule>> = {
  servicegroups: rule('groups', list),
  is_volatile: rule('isVolatile', flag),
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
  host_notification_options: rule('hostNotificationOptions', letters),
  service_notification_options: rule('serviceNotificationOptions', letters),
  host_notification_commands: rule('hostNotificationCommands', listOf),
  service_notification_commands: rule('serviceNotificationCommands', listOf),
  minimum_importance: rule('minimumImportance', whole),
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

/** `d,u,r`, `dur`, `down,recovery`: Nagios looks at the first letter of each word. All letters are `undefined`, none is `n`. */
export function lettersOf(value: string): readonly string[] | undefined {
  const words = value.split(value.includes(',') ? ',' : '')
  const found = words.map((word) => word.trim().charAt(0).toLowerCase()).filter((one) => one !== '')
  if (found.includes('a')) return undefined
  return found.length === 0 || found.includes('n') ? ['n'] : [...new Set(found)]
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const

/** `90000` is `1m30s`. */
export function durationText(ms: number): string {
  let rest = Math.max(0, Math.round(ms))
  let written = ''
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length)
    if (count > 0) written += `${count}${unit}`
    rest -= count * length
  }
  return written === '' ? '0s' : written
}
