import type { z } from 'zod'
import { apiError } from '../wire/api/actions.ts'
import type { Connection } from './connection.ts'
import { CommandFailed, EXIT, type ExitStatus } from './exit.ts'

/** The API as commands see it: every failure becomes a `CommandFailed` with the right exit status. */
export interface Client {
  readonly url: string
  get<T>(path: string, shape: z.ZodType<T>): Promise<T>
  post<T>(path: string, body: unknown, shape: z.ZodType<T>): Promise<T>
  put<T>(path: string, body: unknown, shape: z.ZodType<T>): Promise<T>
  delete<T>(path: string, shape: z.ZodType<T>): Promise<T>
  /** An answer that is not JSON. */
  text(path: string): Promise<string>
  /** The answer itself, of a question that changes something or is worth an entry of the audit log. */
  send(method: 'POST', path: string, signal: AbortSignal): Promise<Response>
  /** The answer itself, for streams. */
  open(
    path: string,
    signal: AbortSignal,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Response>
}

export function createClient(connection: Connection): Client {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (connection.token !== undefined) headers['authorization'] = `Bearer ${connection.token}`

  const call = async (path: string, init: RequestInit): Promise<Response> => {
    let response: Response
    try {
      response = await fetch(connection.url + path, init)
    } catch (cause) {
      throw unreachable(connection, cause)
    }
    if (!response.ok) throw await refusal(response)
    return response
  }
  const timed = (): AbortSignal => AbortSignal.timeout(connection.timeoutMs)
  const decode = async <T>(response: Response, shape: z.ZodType<T>): Promise<T> => {
    const parsed = shape.safeParse(await response.json())
    if (parsed.success) return parsed.data
    throw new CommandFailed(
      EXIT.failed,
      `the hub's answer is not understood: ${parsed.error.issues[0]?.message}`,
      'are hub and command line of one version? see `parallax version`',
    )
  }
  const send = (method: string, path: string, body: unknown): Promise<Response> =>
    call(path, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: timed(),
    })
  return {
    url: connection.url,
    get: async (path, shape) => decode(await call(path, { headers, signal: timed() }), shape),
    post: async (path, body, shape) => decode(await send('POST', path, body), shape),
    put: async (path, body, shape) => decode(await send('PUT', path, body), shape),
    delete: async (path, shape) =>
      decode(await call(path, { method: 'DELETE', headers, signal: timed() }), shape),
    send: (method, path, signal) => call(path, { method, headers, signal }),
    text: async (path) => (await call(path, { headers, signal: timed() })).text(),
    open: (path, signal, more) => call(path, { headers: { ...headers, ...more }, signal }),
  }
}

function unreachable(connection: Connection, cause: unknown): CommandFailed {
  const isTimeout = cause instanceof DOMException && cause.name === 'TimeoutError'
  const reason = isTimeout ? `no answer within ${connection.timeoutMs / 1000} s` : reasonOf(cause)
  return new CommandFailed(
    EXIT.unreachable,
    `cannot reach the hub at ${connection.url}: ${reason}`,
    'is it running? start it with `parallax up`, or name another with --server',
  )
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const code = (inner as { code?: unknown }).code
  if (code === 'ECONNREFUSED') return 'connection refused'
  if (code === 'ENOTFOUND') return 'no such host'
  return inner instanceof Error ? inner.message : String(inner)
}

/** Where the API speaks of its `details`, which stand right below here. */
const WORDS: Readonly<Record<string, string>> = {
  invalid_input: 'the hub refuses this:',
  configuration_refused: 'the configuration has faults; the one before stays active:',
}

/** What to do about it, where the API's own words do not say. */
const HINTS: Readonly<Record<string, string>> = {
  not_signed_in:
    'sign in with a token: --token, PARALLAX_TOKEN, or run as the user of the hub on its machine',
  object_owned: 'leave it to its owner, or change it all the same with --force',
  plan_outdated: 'somebody else was faster: run the command again and look at the new plan',
  unknown_revision: '`parallax history` lists the revisions',
  ambiguous_revision: 'write more letters; `parallax history` lists the revisions',
  unknown_collector: '`parallax get collectors` lists them',
  unknown_cluster: '`parallax cluster list` lists them, `parallax cluster add NAME` makes one',
  collector_away: '`parallax get collectors` says since when it has not been heard',
  unknown_job: '`parallax history` shows what is active',
  compiler_failed: 'hand it in in parts, or look into the log of the hub',
  too_large: 'hand it in in parts: several commands with fewer files after -f',
}

/** `--state`: must be ...; places of the configuration need no path before them. */
function detailText({
  path,
  message,
}: {
  readonly path: string
  readonly message: string
}): string {
  const flag = /^query\.(\w+)/.exec(path)?.[1]
  const text = message.replace(/^Invalid option: expected one of /, 'must be one of ')
  if (flag !== undefined) return `--${flag === 'q' ? 'search' : flag}: ${text}`
  return path === 'configuration' ? text : `${path.replace(/^body\./, '')}: ${text}`
}

async function refusal(response: Response): Promise<CommandFailed> {
  const text = await response.text()
  const parsed = apiError.safeParse(jsonOf(text))
  const message = parsed.success
    ? (WORDS[parsed.data.error.code] ?? parsed.data.error.message)
    : `the hub answered ${response.status}`
  const details = parsed.success
    ? (parsed.data.error.details ?? []).map((detail) => `  ${detailText(detail)}`)
    : []
  const code = parsed.success ? parsed.data.error.code : ''
  const hint = HINTS[response.status === 401 ? 'not_signed_in' : code]
  return new CommandFailed(statusOf(response.status, code), [message, ...details].join('\n'), hint)
}

function statusOf(http: number, code: string): ExitStatus {
  if (code.startsWith('compiler_')) return EXIT.failed
  if (http === 401 || http === 403) return EXIT.auth
  if (http === 404) return EXIT.notFound
  if (http === 409) return EXIT.conflict
  if (http === 503) return EXIT.unreachable
  return http === 400 || http === 422 ? EXIT.usage : EXIT.failed
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
