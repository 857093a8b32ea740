import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { environment } from '../settings/environment.ts'
import { DEFAULT_PORT } from '../settings/setting-list.ts'
import { defaultDataFolder } from '../settings/settings.ts'
import { CommandFailed, EXIT } from './exit.ts'

/** Which hub a command talks to and as whom. */
export interface Connection {
  readonly url: string
  readonly token: string | undefined
  readonly timeoutMs: number
}

export interface ConnectionFlags {
  readonly server?: string
  readonly token?: string
  readonly data?: string
  readonly timeout?: string
}

/** What `parallax up` leaves in its data folder (mode 0600), so that its own user needs no sign-in on the same machine. */
export const localAccess = z.object({ url: z.string(), token: z.string() })
export const LOCAL_ACCESS_FILE = 'local-access.json'

/** Flag, then PARALLAX_SERVER and PARALLAX_TOKEN, then the local hub's file, then the default address without a token. */
export function resolveConnection(flags: ConnectionFlags): Connection {
  const env = environment()
  const local = readLocalAccess(resolve(flags.data ?? said(env, 'DATA') ?? defaultDataFolder(env)))
  const url =
    flags.server ?? said(env, 'SERVER') ?? local?.url ?? `http://127.0.0.1:${DEFAULT_PORT}`
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new CommandFailed(
      EXIT.usage,
      `'${url}' is no address of a hub`,
      'write it as http://127.0.0.1:8470',
    )
  }
  const isLocal = local !== undefined && new URL(local.url).origin === parsed.origin
  const token = flags.token ?? tokenOf(env) ?? (isLocal ? local.token : undefined)
  return { url: parsed.origin, token, timeoutMs: secondsOf(flags.timeout) * 1000 }
}

/** A variable that is set to nothing says nothing. */
function said(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const value = env[`PARALLAX_${name}`]
  return value === '' ? undefined : value
}

function tokenOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const token = said(env, 'TOKEN')
  const path = said(env, 'TOKEN_FILE')
  if (token !== undefined || path === undefined) return token
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    throw new CommandFailed(EXIT.usage, `PARALLAX_TOKEN_FILE: cannot read '${path}'`)
  }
}

function readLocalAccess(data: string): z.infer<typeof localAccess> | undefined {
  const path = join(data, LOCAL_ACCESS_FILE)
  try {
    if (!existsSync(path)) return undefined
    return localAccess.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    // Another user's hub, or one that is writing it just now: go on without.
    return undefined
  }
}

/** Of `--timeout`. @throws CommandFailed */
export function secondsOf(text: string | undefined): number {
  if (text === undefined) return 30
  const match = /^(\d+(?:\.\d+)?)s?$/.exec(text)
  if (match === null)
    throw new CommandFailed(
      EXIT.usage,
      `--timeout: '${text}' cannot be used`,
      'write seconds, such as 10s',
    )
  return Number(match[1])
}
