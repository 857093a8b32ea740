import type { SettingKey } from './setting-parsers.ts'

/** The commands that run until they are stopped. */
export type ProgramName = 'up' | 'hub' | 'collector'

export interface Setting {
  readonly key: SettingKey
  readonly flag: string
  readonly argument: string
  readonly description: string
  /** Commands that know it; absent: those that run a hub. */
  readonly of?: readonly ProgramName[]
}

export const DEFAULT_PORT = 8470
export const DEFAULT_BUS_PORT = 4222

/** One line each, for `--help`, the environment and `docs/reference/settings.md`. */
export const SETTINGS: readonly Setting[] = [
  {
    key: 'config',
    flag: 'config',
    argument: '<path>',
    description: 'parallax.yaml, a folder of YAML files, or nagios.cfg',
  },
  {
    key: 'data',
    of: ['up', 'hub', 'collector'],
    flag: 'data',
    argument: '<folder>',
    description: 'where the database and the outbox live',
  },
  {
    key: 'listen',
    flag: 'listen',
    argument: '<host:port>',
    description: `address of console and API (default 127.0.0.1:${DEFAULT_PORT}; port 0 takes a free one)`,
  },
  {
    key: 'databaseUrl',
    flag: 'database-url',
    argument: '<url>',
    description: 'use this PostgreSQL server instead of the embedded one',
  },
  {
    key: 'logLevel',
    of: ['up', 'hub', 'collector'],
    flag: 'log-level',
    argument: '<level>',
    description: 'debug, info, warn, error or silent (default info)',
  },
  {
    key: 'watchdog',
    of: ['up', 'hub', 'collector'],
    flag: 'watchdog',
    argument: '<seconds|no>',
    description: 'a program that is silent for so long is started again (default 15)',
  },
  {
    key: 'pluginSlots',
    of: ['up', 'collector'],
    flag: 'plugin-slots',
    argument: '<n>',
    description: 'plugins that run at the same time (default 128)',
  },
  {
    key: 'builtinSlots',
    of: ['up', 'collector'],
    flag: 'builtin-slots',
    argument: '<n>',
    description: 'built-in checks that run at the same time (default 512)',
  },
  {
    key: 'roles',
    of: ['collector'],
    flag: 'roles',
    argument: '<full|executor>',
    description:
      'executor: no hosts of its own, it runs plugins that others hand over (default full)',
  },
  {
    key: 'outboxBytesMax',
    of: ['up', 'collector'],
    flag: 'outbox-max',
    argument: '<size>',
    description: 'bound of the outbox, such as 512MB (default 1GB)',
  },
  {
    key: 'outboxAgeMaxMs',
    of: ['up', 'collector'],
    flag: 'outbox-age',
    argument: '<hours>',
    description: 'how long the outbox keeps what no hub has taken (default 24h)',
  },
  {
    key: 'metricsListen',
    of: ['collector'],
    flag: 'metrics-listen',
    argument: '<host:port>',
    description: 'where /metrics is served, without sign-in (default: nowhere)',
  },
  {
    key: 'historyDays',
    flag: 'history-days',
    argument: '<days>',
    description: 'how long raw results are kept (default 30)',
  },
  {
    key: 'seriesDays',
    flag: 'series-days',
    argument: '<days>',
    description: 'how long performance data and state changes are kept (default 400)',
  },
  {
    key: 'receiptsDays',
    flag: 'receipt-days',
    argument: '<days>',
    description: 'how long receipts of verdicts are kept (default 90)',
  },
  {
    key: 'isBehindTls',
    flag: 'behind-tls',
    argument: '<yes|no>',
    description: 'a proxy in front ends TLS: mark cookies as secure (default no)',
  },
  {
    key: 'hubName',
    of: ['hub'],
    flag: 'name',
    argument: '<name>',
    description: "name of this hub among others (default: the machine's)",
  },
  {
    key: 'busListen',
    of: ['hub'],
    flag: 'bus-listen',
    argument: '<host:port>',
    description: `where its nats-server takes collectors (default 127.0.0.1:${DEFAULT_BUS_PORT})`,
  },
  {
    key: 'leafListen',
    of: ['hub'],
    flag: 'leaf-listen',
    argument: '<host:port>',
    description: 'where its nats-server takes the servers of clusters (default: nowhere)',
  },
  {
    key: 'busAddresses',
    of: ['hub'],
    flag: 'bus-address',
    argument: '<host[:port],...>',
    description: 'names and addresses under which collectors reach it (default: where it listens)',
  },
  {
    key: 'busUrl',
    of: ['hub'],
    flag: 'bus-url',
    argument: '<url,...>',
    description: 'nats-servers that somebody else runs, instead of one of its own',
  },
  {
    key: 'peers',
    of: ['hub'],
    flag: 'peer',
    argument: '<name=url,...>',
    description: 'the other hubs of the installation, and where their nats-servers are',
  },
]
