import { readFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'

/**
 * Settings of the program itself (not of what it monitors). Each comes from, in this order: flag, environment
 * (`PARALLAX_<NAME>`, or `PARALLAX_<NAME>_FILE` with the path of a file that holds it), default.
 */
export interface HubSettings {
  /** `parallax.yaml` or a folder; `undefined`: ./parallax.yaml when there, else the starter configuration. */
  readonly config: string | undefined
  /** Folder for the database, the outbox and keys. */
  readonly data: string
  readonly listenHost: string
  /** 0 takes a free port. */
  readonly listenPort: number
  /** A PostgreSQL server to use instead of the embedded one. */
  readonly databaseUrl: string | undefined
  readonly logLevel: LogLevel
  /** Plugins that run at the same time. */
  readonly pluginSlots: number
  /** Built-in checks that run at the same time. */
  readonly builtinSlots: number
  readonly outboxBytesMax: number
  readonly outboxAgeMaxMs: number
  readonly historyDays: number
  readonly seriesDays: number
  /** The address is behind a proxy that ends TLS: cookies are marked secure. */
  readonly isBehindTls: boolean
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface Setting {
  readonly key: keyof HubSettings | 'listen'
  readonly flag: string
  readonly argument: string
  readonly description: string
}

export const DEFAULT_PORT = 8470

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
    flag: 'log-level',
    argument: '<level>',
    description: 'debug, info, warn, error or silent (default info)',
  },
  {
    key: 'pluginSlots',
    flag: 'plugin-slots',
    argument: '<n>',
    description: 'plugins that run at the same time (default 128)',
  },
  {
    key: 'builtinSlots',
    flag: 'builtin-slots',
    argument: '<n>',
    description: 'built-in checks that run at the same time (default 512)',
  },
  {
    key: 'outboxBytesMax',
    flag: 'outbox-max',
    argument: '<size>',
    description: 'bound of the outbox, such as 512MB (default 1GB)',
  },
  {
    key: 'outboxAgeMaxMs',
    flag: 'outbox-age',
    argument: '<hours>',
    description: 'how long the outbox keeps what no hub has taken (default 24h)',
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
    key: 'isBehindTls',
    flag: 'behind-tls',
    argument: '<yes|no>',
    description: 'a proxy in front ends TLS: mark cookies as secure (default no)',
  },
]

/** A setting that cannot be used; the message names where it came from. */
export class SettingRefused extends Error {
  override readonly name = 'SettingRefused'
}

const size = z
  .string()
  .regex(/^\d+(\.\d+)?\s*(B|KB|MB|GB|TB)?$/i, 'write a size such as 512MB')
  .transform(bytesOf)
const hours = z
  .string()
  .regex(/^\d+h$/, 'write hours such as 24h')
  .transform((text) => Number.parseInt(text, 10) * 3_600_000)
const days = numberOf(1, 3650, 'of days ')
const slots = numberOf(1, 10_000)

const parsers = {
  config: z
    .string()
    .min(1)
    .transform((path) => resolve(path)),
  data: z
    .string()
    .min(1)
    .transform((path) => resolve(path)),
  listen: z.string().transform((text, context) => {
    const match = /^(?:(\[[0-9a-fA-F:]+\]|[^:]+):)?(\d{1,5})$/.exec(text.trim())
    const port = Number(match?.[2])
    if (match === null || port > 65_535) {
      context.addIssue('write host:port, such as 127.0.0.1:8470 or [::1]:8470')
      return z.NEVER
    }
    return { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port }
  }),
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'write postgres://user:password@host/database'),
  logLevel: z.enum(LOG_LEVELS, `write ${LOG_LEVELS.join(', ')}`),
  pluginSlots: slots,
  builtinSlots: slots,
  outboxBytesMax: size,
  outboxAgeMaxMs: hours,
  historyDays: days,
  seriesDays: days,
  isBehindTls: z.enum(['yes', 'no'], 'write yes or no').transform((word) => word === 'yes'),
} as const

/** Reads every setting. @throws SettingRefused with all that is wrong, one per line. */
export function readSettings(
  flags: Readonly<Record<string, string | undefined>>,
  env: Readonly<Record<string, string | undefined>>,
): HubSettings {
  const problems: string[] = []
  const read = <K extends keyof typeof parsers>(
    key: K,
  ): z.output<(typeof parsers)[K]> | undefined => {
    const given = sourceOf(key, flags, env)
    if (given === undefined) return undefined
    const parsed = parsers[key].safeParse(given.value)
    if (parsed.success) return parsed.data as z.output<(typeof parsers)[K]>
    problems.push(
      `${given.origin}: '${given.value}' cannot be used: ${parsed.error.issues[0]?.message ?? 'invalid'}`,
    )
    return undefined
  }
  const listen = read('listen')
  const settings: HubSettings = {
    config: read('config'),
    data: read('data') ?? defaultDataFolder(env),
    listenHost: listen?.host ?? '127.0.0.1',
    listenPort: listen?.port ?? DEFAULT_PORT,
    databaseUrl: read('databaseUrl'),
    logLevel: read('logLevel') ?? 'info',
    pluginSlots: read('pluginSlots') ?? 128,
    builtinSlots: read('builtinSlots') ?? 512,
    outboxBytesMax: read('outboxBytesMax') ?? 1_073_741_824,
    outboxAgeMaxMs: read('outboxAgeMaxMs') ?? 86_400_000,
    historyDays: read('historyDays') ?? 30,
    seriesDays: read('seriesDays') ?? 400,
    isBehindTls: read('isBehindTls') ?? false,
  }
  if (problems.length > 0) throw new SettingRefused(problems.join('\n'))
  return Object.freeze(settings)
}

interface Given {
  readonly value: string
  readonly origin: string
}

function sourceOf(
  key: Setting['key'],
  flags: Readonly<Record<string, string | undefined>>,
  env: Readonly<Record<string, string | undefined>>,
): Given | undefined {
  const setting = SETTINGS.find((candidate) => candidate.key === key)
  if (setting === undefined) return undefined
  const flag = flags[setting.flag]
  if (flag !== undefined) return { value: flag, origin: `--${setting.flag}` }
  const name = environmentName(setting)
  const value = env[name]
  if (value !== undefined && value !== '') return { value, origin: name }
  const path = env[`${name}_FILE`]
  if (path === undefined || path === '') return undefined
  try {
    return { value: readFileSync(path, 'utf8').trim(), origin: `${name}_FILE` }
  } catch (cause) {
    throw new SettingRefused(`${name}_FILE: cannot read '${path}'`, { cause })
  }
}

/** `database-url` is `PARALLAX_DATABASE_URL`. */
export function environmentName(setting: Setting): string {
  return `PARALLAX_${setting.flag.replaceAll('-', '_').toUpperCase()}`
}

/** /var/lib/parallax for root, $XDG_DATA_HOME/parallax or ~/.local/share/parallax for others. */
export function defaultDataFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (userInfo().uid === 0) return '/var/lib/parallax'
  const base = env['XDG_DATA_HOME']
  return join(
    base === undefined || base === '' ? join(homedir(), '.local', 'share') : base,
    'parallax',
  )
}

/** A whole number within bounds; what else is told in one sentence. */
function numberOf(min: number, max: number, of: string = '') {
  const words = `write a whole number ${of}from ${min} to ${max}`
  return z.coerce.number(words).int(words).min(min, words).max(max, words)
}

function bytesOf(text: string): number {
  const match = /^([\d.]+)\s*([A-Z]*)$/i.exec(text.trim())
  const power = ['', 'KB', 'MB', 'GB', 'TB'].indexOf(
    (match?.[2] ?? '').toUpperCase().replace(/^B$/, ''),
  )
  return Math.round(Number(match?.[1]) * 1024 ** Math.max(0, power))
}
