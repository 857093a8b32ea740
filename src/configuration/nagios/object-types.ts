/** Kinds of objects that Nagios 4 knows; `hostextinfo` and `serviceextinfo` are merged into hosts and services. */
export const NAGIOS_TYPES = [
  'timeperiod',
  'command',
  'contact',
  'contactgroup',
  'host',
  'hostgroup',
  'service',
  'servicegroup',
  'hostdependency',
  'servicedependency',
  'hostescalation',
  'serviceescalation',
  'hostextinfo',
  'serviceextinfo',
] as const

export type NagiosType = (typeof NAGIOS_TYPES)[number]
