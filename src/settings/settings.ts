import { readFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { z } from 'zod'
import { DEFAULT_BUS_PORT, DEFAULT_PORT, SETTINGS, type Setting } from './setting-list.ts'
import { parsers, type Address, type LogLevel, type Peer } from './setting-parsers.ts'

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
  /** Of a collector, which has no console; `undefined`: nowhere. */
  readonly metricsListen: Address | undefined
  /** A PostgreSQL server to use instead of the embedded one. */
  readonly databaseUrl: string | undefined
  readonly logLevel: LogLevel
  /** Plugins that run at the same time. */
  readonly pluginSlots: number
  /** Built-in checks that run at the same time. */
  readonly builtinSlots: number
  /** Of a collector: whether it has hosts, or only runs what others hand over. */
  readonly roles: 'full' | 'executor'
  readonly outboxBytesMax: number
  readonly outboxAgeMaxMs: number
  readonly historyDays: number
  readonly seriesDays: number
  readonly receiptsDays: number
  /** The address is behind a proxy that ends TLS: cookies are marked secure. */
  readonly isBehindTls: boolean
  /** Of a hub among others; `undefined`: the machine's. */
  readonly hubName: string | undefined
  readonly busListen: Address
  readonly leafListen: Address | undefined
  /** `host` or `host:port`; empty: where the bus listens. */
  readonly busAddresses: readonly string[]
  /** Servers that somebody else runs; `undefined`: the hub runs one. */
  readonly busUrl: readonly string[] | undefined
  /** The other hubs of the installation. */
  readonly peers: readonly Peer[]
}

/** A setting that cannot be used; the message names where it came from. */
export class SettingRefused extends Error {
  override readonly name = 'SettingRefused'
}

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
    metricsListen: read('metricsListen'),
    databaseUrl: read('databaseUrl'),
    logLevel: read('logLevel') ?? 'info',
    pluginSlots: read('pluginSlots') ?? 128,
    builtinSlots: read('builtinSlots') ?? 512,
    roles: read('roles') ?? 'full',
    outboxBytesMax: read('outboxBytesMax') ?? 1_073_741_824,
    outboxAgeMaxMs: read('outboxAgeMaxMs') ?? 86_400_000,
    historyDays: read('historyDays') ?? 30,
    seriesDays: read('seriesDays') ?? 400,
    receiptsDays: read('receiptsDays') ?? 90,
    isBehindTls: read('isBehindTls') ?? false,
    hubName: read('hubName'),
    busListen: read('busListen') ?? { host: '127.0.0.1', port: DEFAULT_BUS_PORT },
    leafListen: read('leafListen'),
    busAddresses: read('busAddresses') ?? [],
    busUrl: read('busUrl'),
    peers: read('peers') ?? [],
  }
  read('watchdog') // bin/watchdog.js uses it before there is a program; here it is only judged
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
