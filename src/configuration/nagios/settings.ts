import { readDouble, readFlag, readInt } from './numbers.ts'

/** What a main file (`nagios.cfg`) says that has a meaning for a monitor. Defaults are those of Nagios 4.4.6. */
export interface NagiosSettings {
  /** Seconds of one unit of `check_interval` and its like. */
  readonly intervalLengthSeconds: number
  readonly serviceCheckTimeoutSeconds: number
  readonly hostCheckTimeoutSeconds: number
  readonly eventHandlerTimeoutSeconds: number
  readonly notificationTimeoutSeconds: number
  /** A state (`o w u c`) that a service whose check timed out takes. */
  readonly serviceCheckTimeoutState: string
  readonly enableFlapDetection: boolean
  readonly lowServiceFlapThreshold: number
  readonly highServiceFlapThreshold: number
  readonly lowHostFlapThreshold: number
  readonly highHostFlapThreshold: number
  readonly enableNotifications: boolean
  readonly enableEventHandlers: boolean
  readonly executeServiceChecks: boolean
  readonly executeHostChecks: boolean
  readonly acceptPassiveServiceChecks: boolean
  readonly acceptPassiveHostChecks: boolean
  readonly checkServiceFreshness: boolean
  readonly checkHostFreshness: boolean
  readonly additionalFreshnessLatencySeconds: number
  readonly softStateDependencies: boolean
  readonly translatePassiveHostChecks: boolean
  readonly passiveHostChecksAreSoft: boolean
  readonly logPassiveChecks: boolean
  readonly processPerformanceData: boolean
  /** Commands that run for every check or result, as written; absent when there are none. */
  readonly globalHostEventHandler: string | undefined
  readonly globalServiceEventHandler: string | undefined
  readonly ocspCommand: string | undefined
  readonly ochpCommand: string | undefined
  readonly obsessOverServices: boolean
  readonly obsessOverHosts: boolean
  /** IANA zone. */
  readonly useTimezone: string | undefined
  readonly useRegexpMatching: boolean
  readonly useTrueRegexpMatching: boolean
  readonly illegalObjectNameChars: string
  readonly illegalMacroOutputChars: string
  /** `us`, `euro`, `iso8601`, `strict-iso8601`. */
  readonly dateFormat: string
  readonly adminEmail: string | undefined
  readonly adminPager: string | undefined
  readonly maxConcurrentChecks: number
  /** 0 refuses a service whose host groups leave no host, 1 allows it, 2 warns. */
  readonly allowEmptyHostgroupAssignment: number
  readonly hostDownDisableServiceChecks: boolean
}

/** Nagios 4.4.6 without any setting. */
export const DEFAULT_SETTINGS: NagiosSettings = {
  intervalLengthSeconds: 60,
  serviceCheckTimeoutSeconds: 60,
  hostCheckTimeoutSeconds: 30,
  eventHandlerTimeoutSeconds: 30,
  notificationTimeoutSeconds: 30,
  serviceCheckTimeoutState: 'c',
  enableFlapDetection: false,
  lowServiceFlapThreshold: 20,
  highServiceFlapThreshold: 30,
  lowHostFlapThreshold: 20,
  highHostFlapThreshold: 30,
  enableNotifications: true,
  enableEventHandlers: true,
  executeServiceChecks: true,
  executeHostChecks: true,
  acceptPassiveServiceChecks: true,
  acceptPassiveHostChecks: true,
  checkServiceFreshness: true,
  checkHostFreshness: false,
  additionalFreshnessLatencySeconds: 15,
  softStateDependencies: false,
  translatePassiveHostChecks: false,
  passiveHostChecksAreSoft: false,
  logPassiveChecks: true,
  processPerformanceData: false,
  globalHostEventHandler: undefined,
  globalServiceEventHandler: undefined,
  ocspCommand: undefined,
  ochpCommand: undefined,
  obsessOverServices: false,
  obsessOverHosts: false,
  useTimezone: undefined,
  useRegexpMatching: false,
  useTrueRegexpMatching: false,
  illegalObjectNameChars: '',
  illegalMacroOutputChars: '',
  dateFormat: 'us',
  adminEmail: undefined,
  adminPager: undefined,
  maxConcurrentChecks: 0,
  allowEmptyHostgroupAssignment: 2,
  hostDownDisableServiceChecks: false,
}

type Kind = 'flag' | 'count' | 'positive' | 'percent' | 'text' | 'state'

/** Variables of a main file that are read, with the setting that each becomes. */
export const SETTING_VARIABLES: Readonly<
  Record<string, readonly [setting: keyof NagiosSettings, kind: Kind]>
> = {
  interval_length: ['intervalLengthSeconds', 'positive'],
  service_check_timeout: ['serviceCheckTimeoutSeconds', 'positive'],
  host_check_timeout: ['hostCheckTimeoutSeconds', 'positive'],
  event_handler_timeout: ['eventHandlerTimeoutSeconds', 'positive'],
  notification_timeout: ['notificationTimeoutSeconds', 'positive'],
  service_check_timeout_state: ['serviceCheckTimeoutState', 'state'],
  enable_flap_detection: ['enableFlapDetection', 'flag'],
  low_service_flap_threshold: ['lowServiceFlapThreshold', 'percent'],
  high_service_flap_threshold: ['highServiceFlapThreshold', 'percent'],
  low_host_flap_threshold: ['lowHostFlapThreshold', 'percent'],
  high_host_flap_threshold: ['highHostFlapThreshold', 'percent'],
  enable_notifications: ['enableNotifications', 'flag'],
  enable_event_handlers: ['enableEventHandlers', 'flag'],
  execute_service_checks: ['executeServiceChecks', 'flag'],
  execute_host_checks: ['executeHostChecks', 'flag'],
  accept_passive_service_checks: ['acceptPassiveServiceChecks', 'flag'],
  accept_passive_host_checks: ['acceptPassiveHostChecks', 'flag'],
  check_service_freshness: ['checkServiceFreshness', 'flag'],
  check_host_freshness: ['checkHostFreshness', 'flag'],
  additional_freshness_latency: ['additionalFreshnessLatencySeconds', 'count'],
  soft_state_dependencies: ['softStateDependencies', 'flag'],
  translate_passive_host_checks: ['translatePassiveHostChecks', 'flag'],
  passive_host_checks_are_soft: ['passiveHostChecksAreSoft', 'flag'],
  log_passive_checks: ['logPassiveChecks', 'flag'],
  process_performance_data: ['processPerformanceData', 'flag'],
  global_host_event_handler: ['globalHostEventHandler', 'text'],
  global_service_event_handler: ['globalServiceEventHandler', 'text'],
  ocsp_command: ['ocspCommand', 'text'],
  ochp_command: ['ochpCommand', 'text'],
  obsess_over_services: ['obsessOverServices', 'flag'],
  obsess_over_hosts: ['obsessOverHosts', 'flag'],
  use_timezone: ['useTimezone', 'text'],
  use_regexp_matching: ['useRegexpMatching', 'flag'],
  use_true_regexp_matching: ['useTrueRegexpMatching', 'flag'],
  illegal_object_name_chars: ['illegalObjectNameChars', 'text'],
  illegal_macro_output_chars: ['illegalMacroOutputChars', 'text'],
  date_format: ['dateFormat', 'text'],
  admin_email: ['adminEmail', 'text'],
  admin_pager: ['adminPager', 'text'],
  max_concurrent_checks: ['maxConcurrentChecks', 'count'],
  allow_empty_hostgroup_assignment: ['allowEmptyHostgroupAssignment', 'count'],
  host_down_disable_service_checks: ['hostDownDisableServiceChecks', 'flag'],
}

/** The value of a variable as its setting, or what is wrong with it. */
export function settingOf(
  kind: Kind,
  text: string,
): { readonly value: string | number | boolean } | { readonly fault: string } {
  switch (kind) {
    case 'flag':
      return { value: readFlag(text) }
    case 'count': {
      const value = readInt(text)
      return value < 0 ? { fault: 'must not be negative' } : { value }
    }
    case 'positive': {
      const value = readInt(text)
      return value < 1 ? { fault: 'must be 1 or more' } : { value }
    }
    case 'percent': {
      const value = readDouble(text)
      return value <= 0 || value >= 100 ? { fault: 'must be between 0 and 100' } : { value }
    }
    case 'state':
      return /^[owuc]$/.test(text) ? { value: text } : { fault: 'must be o, w, u or c' }
    case 'text':
      return { value: text }
  }
}
