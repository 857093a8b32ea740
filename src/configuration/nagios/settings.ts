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
  readonly allowEmptyHostgroupAssignment: boolean
  readonly hostDownDisableServiceChecks: boolean
}
