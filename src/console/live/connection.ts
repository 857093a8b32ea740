import { ApiFailed, type Api } from '../api.ts'
import type { StreamChanges, StreamObjects } from '../../wire/api/stream.ts'
import { EventReader, type ServerEvent } from '../../wire/api/event-reader.ts'
import { Listeners } from './listeners.ts'
import { RECOVERED_FOR_MS, type LiveStore } from './live-store.ts'

/** Where the live data stands, for the freshness chip and the amber bar. Times are of this browser's clock. */
export interface ConnectionState {
  readonly phase: 'loading' | 'live' | 'lost'
  /** When the hub was last heard, a heartbeat included. */
  readonly heardAt: number
  /** Since when nothing has been heard from it, while `lost`. */
  readonly lostAt: number | undefined
  readonly reason: string
}

const BACKOFF_MIN_MS = 500
const BACKOFF_MAX_MS = 5_000
/** The hub says something at least every 15 s. */
const SILENCE_MAX_MS = 35_000

/**
 * Keeps a store up to date for as long as it is open: snapshot, then stream; a lost stream is taken up where it broke
 * (`Last-Event-ID`), and the snapshot is read again only when the hub says `reset`. Waits 0.5 to 5 s between attempts, or as long
 * as the hub asks for.
 */
export class LiveConnection {
  readonly #api: Api
  readonly #store: LiveStore
  readonly #onSignedOut: () => void
  readonly #listeners = new Listeners()
  readonly #stop = new AbortController()
  #state: ConnectionState
  #cursor: string | undefined

  constructor(api: Api, store: LiveStore, onSignedOut: () => void) {
    this.#api = api
    this.#store = store
    this.#onSignedOut = onSignedOut
    this.#state = { phase: 'loading', heardAt: Date.now(), lostAt: undefined, reason: '' }
  }

  get state(): ConnectionState {
    return this.#state
  }

  subscribe(hear: () => void): () => void {
    return this.#listeners.add(hear)
  }

  close(): void {
    this.#stop.abort()
  }

  /** Until closed or signed out. */
  async run(): Promise<void> {
    let waitMs = BACKOFF_MIN_MS
    while (!this.#stop.signal.aborted) {
      const startedAt = Date.now()
      const failure = await this.#attempt()
      if (this.#stop.signal.aborted) return
      if (failure instanceof ApiFailed && failure.isSignedOut) return this.#onSignedOut()
      const lostAt = this.#state.lostAt ?? Date.now()
      this.#tell({ phase: 'lost', lostAt, reason: reasonOf(failure) })
      if (Date.now() - startedAt > BACKOFF_MAX_MS) waitMs = BACKOFF_MIN_MS
      const askedMs = failure instanceof ApiFailed ? (failure.retryAfterMs ?? 0) : 0
      await this.#pause(Math.max(waitMs, askedMs))
      waitMs = Math.min(waitMs * 2, BACKOFF_MAX_MS)
    }
  }

  /** One life of the stream. Resolves with what ended it. */
  async #attempt(): Promise<unknown> {
    const life = new AbortController()
    const stop = (): void => life.abort()
    this.#stop.signal.addEventListener('abort', stop)
    try {
      this.#cursor ??= await this.#loadSnapshot(life.signal)
      const response = await this.#api.stream(this.#cursor, life.signal)
      this.#tell({ phase: 'live', lostAt: undefined, reason: '', heardAt: Date.now() })
      return await this.#listen(response, life)
    } catch (error) {
      return error
    } finally {
      this.#stop.signal.removeEventListener('abort', stop)
      life.abort()
    }
  }

  async #loadSnapshot(signal: AbortSignal): Promise<string> {
    const snapshot = await this.#api.snapshot(signal)
    this.#store.load(snapshot)
    const to = this.#store.now()
    // The lane of recoveries is a courtesy: without the database the rest works.
    void this.#api
      .changes({ from: to - RECOVERED_FOR_MS, to: to + 60_000, limit: 500 })
      .then((changes) => this.#store.hear([...changes].reverse()))
      .catch(() => undefined)
    return `${snapshot.boot}-${snapshot.sequence}`
  }

  async #listen(response: Response, life: AbortController): Promise<unknown> {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    if (reader === undefined) return new Error('The hub sent an empty stream.')
    const events = new EventReader()
    let watchdog = 0
    try {
      for (;;) {
        window.clearTimeout(watchdog)
        watchdog = window.setTimeout(() => life.abort(), SILENCE_MAX_MS)
        const { done, value } = await reader.read()
        if (done) return new Error('The hub ended the stream.')
        this.#state = { ...this.#state, heardAt: Date.now() }
        for (const event of events.read(value)) {
          if (!this.#take(event)) return new Error('The hub asked to read everything again.')
        }
      }
    } finally {
      window.clearTimeout(watchdog)
    }
  }

  /** False when the present has to be read again. */
  #take(event: ServerEvent): boolean {
    if (event.name === 'reset') {
      this.#cursor = undefined
      return false
    }
    if (event.name === 'hello') {
      this.#store.setHubClock(Date.parse((JSON.parse(event.data) as { now: string }).now))
    } else if (event.name === 'objects') {
      this.#store.apply(JSON.parse(event.data) as StreamObjects)
    } else if (event.name === 'changes') {
      this.#store.hear((JSON.parse(event.data) as StreamChanges).changes)
    }
    this.#cursor = event.id ?? this.#cursor
    return true
  }

  #tell(change: Partial<ConnectionState>): void {
    this.#state = { ...this.#state, ...change }
    this.#listeners.tell()
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        window.clearTimeout(handle)
        this.#stop.signal.removeEventListener('abort', wake)
        window.removeEventListener('online', wake)
        resolve()
      }
      const handle = window.setTimeout(wake, ms)
      this.#stop.signal.addEventListener('abort', wake)
      window.addEventListener('online', wake)
    })
  }
}

function reasonOf(failure: unknown): string {
  if (failure instanceof ApiFailed) return failure.message
  if (failure instanceof Error && failure.name !== 'AbortError') return failure.message
  return 'The hub fell silent.'
}
