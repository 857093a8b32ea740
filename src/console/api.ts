import type { ApiErrorBody, SessionInfo, SystemStatus, RecheckAnswer } from '../wire/api/actions.ts'
import type { ClusterRow, CollectorOrder, CollectorRow, HubRow } from '../wire/api/network.ts'
import type { ChangeRow, HistoryRow, ObjectDetail, SeriesColumns } from '../wire/api/objects.ts'
import type {
  ExplanationAnswer,
  ObserverList,
  RawReports,
  Reports,
  VantageMatrix,
} from '../wire/api/truth.ts'
import type { Snapshot } from '../wire/api/snapshot.ts'

export interface SetupState {
  readonly needsSetup: boolean
  readonly version: string
}

/** ms since the epoch, half open: from <= t < to. */
export type Span = { readonly from: number; readonly to: number }

/** What the hub said no to, or that it did not answer (`status` 0). `message` is for people. */
export class ApiFailed extends Error {
  override readonly name = 'ApiFailed'
  readonly status: number
  readonly code: string
  /** When to ask again, if the hub said so. */
  readonly retryAfterMs: number | undefined
  readonly details: readonly string[]

  constructor(
    message: string,
    facts: Pick<ApiFailed, 'status' | 'code' | 'retryAfterMs' | 'details'>,
  ) {
    super(message)
    this.status = facts.status
    this.code = facts.code
    this.retryAfterMs = facts.retryAfterMs
    this.details = facts.details
  }

  get isSignedOut(): boolean {
    return this.status === 401
  }
}

/** The hub's public API as far as the console uses it. The session is a cookie; `csrf` of `session()` goes with each change. */
export class Api {
  #csrf = ''

  setupState(): Promise<SetupState> {
    return this.#get('/setup')
  }

  setUp(first: { token: string; username: string; password: string }): Promise<SessionInfo> {
    return this.#enter('/setup', first)
  }

  signIn(who: { username: string; password: string }): Promise<SessionInfo> {
    return this.#enter('/session', who)
  }

  async session(): Promise<SessionInfo> {
    return this.#remember(await this.#get('/session'))
  }

  async signOut(): Promise<void> {
    await this.#call('/session', { method: 'DELETE' })
    this.#csrf = ''
  }

  snapshot(signal: AbortSignal): Promise<Snapshot> {
    return this.#get('/snapshot', signal)
  }

  /** The answer itself: its body never ends. */
  stream(lastEventId: string, signal: AbortSignal): Promise<Response> {
    const headers = { accept: 'text/event-stream', 'last-event-id': lastEventId }
    return this.#call('/stream', { headers, signal, cache: 'no-store' })
  }

  object(id: string): Promise<ObjectDetail> {
    return this.#get(`/objects/${encodeURIComponent(id)}`)
  }

  /** Newest first; of all objects without `id`. */
  async changes(ask: { id?: string; limit: number } & Span): Promise<readonly ChangeRow[]> {
    const { items } = await this.#get<{ items: ChangeRow[] }>(`/changes?${queryOf(ask)}`)
    return items
  }

  /** Newest first. */
  async history(ask: { id: string; limit: number } & Span): Promise<readonly HistoryRow[]> {
    const { items } = await this.#get<{ items: HistoryRow[] }>(`/history?${queryOf(ask)}`)
    return items
  }

  async series(ask: { id: string; points: number } & Span): Promise<readonly SeriesColumns[]> {
    const { items } = await this.#get<{ items: SeriesColumns[] }>(`/series?${queryOf(ask)}`)
    return items
  }

  /** Of an object that several clusters observe. */
  explanation(id: string): Promise<ExplanationAnswer> {
    return this.#get(`/objects/${encodeURIComponent(id)}/explanation`)
  }

  /** The last change of its verdict up to that time. */
  explanationAt(id: string, at: number): Promise<ExplanationAnswer> {
    const when = queryOf({ at: new Date(at).toISOString() })
    return this.#get(`/objects/${encodeURIComponent(id)}/explanation?${when}`)
  }

  reports(id: string): Promise<Reports> {
    return this.#get(`/objects/${encodeURIComponent(id)}/reports`)
  }

  matrix(ask: { q: string | undefined; page: number }): Promise<VantageMatrix> {
    return this.#get(`/matrix?${queryOf(ask)}`)
  }

  /** One row for each check and observer. */
  rawReports(ask: { q: string | undefined; page: number; limit: number }): Promise<RawReports> {
    return this.#get(`/reports?${queryOf(ask)}`)
  }

  observers(): Promise<ObserverList> {
    return this.#get('/observers')
  }

  async clusters(): Promise<readonly ClusterRow[]> {
    return (await this.#get<{ items: ClusterRow[] }>('/clusters')).items
  }

  async collectors(): Promise<readonly CollectorRow[]> {
    return (await this.#get<{ items: CollectorRow[] }>('/collectors')).items
  }

  async hubs(): Promise<readonly HubRow[]> {
    return (await this.#get<{ items: HubRow[] }>('/hubs')).items
  }

  /** Resolves with the standing that the collector then says it has. */
  order(id: string, order: CollectorOrder): Promise<{ readonly standing: string }> {
    return this.#post(`/collectors/${encodeURIComponent(id)}/orders`, order)
  }

  status(): Promise<SystemStatus> {
    return this.#get('/status')
  }

  /** Resolves once a collector has the request; the result comes by the stream. */
  async recheck(id: string): Promise<void> {
    const answer = await this.#post<RecheckAnswer>('/recheck', { ids: [id] })
    if (answer.passive.length > 0) {
      const facts = { status: 409, code: 'passive', retryAfterMs: undefined, details: [] }
      throw new ApiFailed('Its results are handed in from outside.', facts)
    }
    if (answer.unknown.length > 0) {
      const facts = { status: 404, code: 'not-found', retryAfterMs: undefined, details: [] }
      throw new ApiFailed('It is no longer in the configuration.', facts)
    }
  }

  async #enter(path: string, body: unknown): Promise<SessionInfo> {
    return this.#remember(await this.#post(path, body))
  }

  #remember(session: SessionInfo): SessionInfo {
    this.#csrf = session.csrf
    return session
  }

  async #get<T>(path: string, signal?: AbortSignal): Promise<T> {
    const response = await this.#call(path, signal === undefined ? {} : { signal })
    return (await response.json()) as T
  }

  async #post<T>(path: string, body: unknown): Promise<T> {
    const headers = { 'content-type': 'application/json' }
    const response = await this.#call(path, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await response.json()) as T
  }

  async #call(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    if (!headers.has('accept')) headers.set('accept', 'application/json')
    if (this.#csrf !== '' && init.method !== undefined) {
      headers.set('x-parallax-csrf', this.#csrf)
    }
    let response: Response
    try {
      response = await fetch(`/api/v1${path}`, { ...init, headers, credentials: 'same-origin' })
    } catch (cause) {
      if (init.signal?.aborted === true) throw cause
      throw new ApiFailed('The hub does not answer. Is it running?', NO_ANSWER)
    }
    if (!response.ok) throw await refusal(response)
    return response
  }
}

const NO_ANSWER = { status: 0, code: 'unreachable', retryAfterMs: undefined, details: [] }

function queryOf(ask: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(ask)) {
    if (value === undefined) continue
    const isTime = key === 'from' || key === 'to'
    query.set(key, isTime ? new Date(value).toISOString() : String(value))
  }
  return query.toString()
}

async function refusal(response: Response): Promise<ApiFailed> {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined
  const body = (await response.json().catch(() => undefined)) as Partial<ApiErrorBody> | undefined
  const error = body?.error
  return new ApiFailed(error?.message ?? `The hub answered ${response.status}.`, {
    status: response.status,
    code: error?.code ?? 'unexpected-answer',
    retryAfterMs,
    details: (error?.details ?? []).map((detail) => `${detail.path}: ${detail.message}`),
  })
}
