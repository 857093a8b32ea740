import {
  directiveOf,
  doubleOf,
  flagOf,
  intOf,
  isWritten,
  optionsOf,
  unsignedOf,
  valueOf,
} from './definition.ts'
import { TABLES } from './directives.ts'
import type { NagiosMonitored, NagiosServiceValues, ResolvedDefinition } from './objects.ts'

/** Nagios's mark for attempts that are not given: too few to be right. */
const ATTEMPTS_MISSING = -2

/** What a host or service says for itself, with Nagios's values for what it does not. `extended` stands behind what is written. */
export function monitoredValues(
  definition: ResolvedDefinition,
  extended?: ReadonlyMap<string, string>,
): NagiosMonitored {
  const text = (name: string): string | undefined =>
    valueOf(definition, name) ?? extended?.get(name)
  return {
    displayName: valueOf(definition, 'display_name'),
    checkCommand: valueOf(definition, 'check_command'),
    checkPeriod: valueOf(definition, 'check_period'),
    checkInterval: doubleOf(definition, 'check_interval', 5),
    retryInterval: doubleOf(definition, 'retry_interval', 1),
    maxAttempts: intOf(definition, 'max_check_attempts', ATTEMPTS_MISSING),
    activeChecks: flagOf(definition, 'active_checks_enabled', true),
    passiveChecks: flagOf(definition, 'passive_checks_enabled', true),
    initialState: stateOf(definition),
    importance: unsignedOf(definition, 'importance'),
    obsess: flagOf(definition, 'obsess', true),
    eventHandler: valueOf(definition, 'event_handler'),
    eventHandlerEnabled: flagOf(definition, 'event_handler_enabled', true),
    checkFreshness: flagOf(definition, 'check_freshness', false),
    freshnessThreshold: intOf(definition, 'freshness_threshold', 0),
    lowFlapThreshold: doubleOf(definition, 'low_flap_threshold', 0),
    highFlapThreshold: doubleOf(definition, 'high_flap_threshold', 0),
    flapDetection: flagOf(definition, 'flap_detection_enabled', true),
    flapOptions: optionsOf(definition, 'flap_detection_options'),
    notifications: flagOf(definition, 'notifications_enabled', true),
    notificationOptions: optionsOf(definition, 'notification_options'),
    firstNotificationDelay: doubleOf(definition, 'first_notification_delay', 0),
    stalkingOptions: optionsOf(definition, 'stalking_options', ''),
    processPerfData: flagOf(definition, 'process_perf_data', true),
    retainsStatus: flagOf(definition, 'retain_status_information', true),
    retainsNonStatus: flagOf(definition, 'retain_nonstatus_information', true),
    notes: text('notes'),
    notesUrl: text('notes_url'),
    actionUrl: text('action_url'),
    iconImage: text('icon_image'),
    iconImageAlt: text('icon_image_alt'),
  }
}

export function serviceValues(
  definition: ResolvedDefinition,
  extended?: ReadonlyMap<string, string>,
): NagiosServiceValues {
  return {
    ...monitoredValues(definition, extended),
    isVolatile: flagOf(definition, 'is_volatile', false),
    parallelize: !isWritten(definition, 'parallelize_check') || parallel(definition),
  }
}

function parallel(definition: ResolvedDefinition): boolean {
  return intOf(definition, 'parallelize_check', 1) > 0
}

function stateOf(definition: ResolvedDefinition): string {
  const text = directiveOf(definition, 'initial_state')?.value
  const slot = TABLES[definition.type].slotOf.get('initial_state') as number
  return (
    (text === undefined ? undefined : TABLES[definition.type].bySlot[slot]?.states?.[text]) ?? 'o'
  )
}
