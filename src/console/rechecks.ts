import { createContext, use, useCallback, useSyncExternalStore } from 'react'
import { ApiFailed, type Api } from './api.ts'
import { KeyedListeners, Listeners } from './live/listeners.ts'
import type { LiveStore } from './live/live-store.ts'

/** How a recheck somebody asked for goes; nothing is known of most objects. */
export type Recheck =
  | { readonly kind: 'asking' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string }

const WAIT_MAX_MS = 60_000
const SHOWN_MS = 4_000

/** Asks for rechecks and follows each until its result has come by the stream. */
export class Rechecks {
  readonly #api: Api
  readonly #store: LiveStore
  readonly #byId = new Map<string, Recheck>()
  readonly #listeners = new KeyedListeners()
  readonly #announcements = new Listeners()
  #announcement = ''

  constructor(api: Api, store: LiveStore) {
    this.#api = api
    this.#store = store
  }

  get(id: string): Recheck | undefined {
    return this.#byId.get(id)
  }

  subscribe(id: string, hear: () => void): () => void {
    return this.#listeners.add(id, hear)
  }

  /** The last thing worth saying aloud. */
  get announcement(): string {
    return this.#announcement
  }

  subscribeAnnouncements(hear: () => void): () => void {
    return this.#announcements.add(hear)
  }

  ask(id: string): void {
    const standing = this.#byId.get(id)
    if (standing?.kind === 'asking' || standing?.kind === 'waiting') return
    const before = this.#store.row(id)?.lastCheckAt ?? null
    this.#set(id, { kind: 'asking' })
    this.#api.recheck(id).then(
      () => this.#follow(id, before),
      (error: unknown) =>
        this.#fail(id, error instanceof ApiFailed ? error.message : String(error)),
    )
  }

  #follow(id: string, before: number | null): void {
    this.#set(id, { kind: 'waiting' })
    const isNew = (): boolean => (this.#store.row(id)?.lastCheckAt ?? null) !== before
    const finish = (): void => {
      window.clearTimeout(patience)
      forget()
    }
    const patience = window.setTimeout(() => {
      finish()
      this.#fail(id, 'No result within a minute.')
    }, WAIT_MAX_MS)
    const look = (): void => {
      if (!isNew()) return
      finish()
      this.#set(id, { kind: 'done' })
      this.#forgetLater(id)
    }
    const forget = this.#store.subscribeRow(id, look)
    look()
  }

  #fail(id: string, reason: string): void {
    this.#set(id, { kind: 'failed', reason })
    this.#forgetLater(id)
  }

  #forgetLater(id: string): void {
    const standing = this.#byId.get(id)
    window.setTimeout(() => {
      if (this.#byId.get(id) !== standing) return
      this.#byId.delete(id)
      this.#listeners.tell(id)
    }, SHOWN_MS)
  }

  #set(id: string, recheck: Recheck): void {
    this.#byId.set(id, recheck)
    this.#listeners.tell(id)
    const words = { asking: 'asked for', waiting: 'requested', done: 'done', failed: 'failed' }
    const reason = recheck.kind === 'failed' ? `: ${recheck.reason}` : ''
    this.#announcement = `Recheck of ${id.replace('!', ' / ')} ${words[recheck.kind]}${reason}`
    this.#announcements.tell()
  }
}

export const RechecksContext = createContext<Rechecks | undefined>(undefined)

export function useRechecks(): Rechecks {
  const rechecks = use(RechecksContext)
  if (rechecks === undefined) throw new Error('a screen was drawn outside of the app')
  return rechecks
}

export function useRecheck(id: string): Recheck | undefined {
  const rechecks = useRechecks()
  const subscribe = useCallback((hear: () => void) => rechecks.subscribe(id, hear), [rechecks, id])
  return useSyncExternalStore(subscribe, () => rechecks.get(id))
}
