import type { Clock } from '../../base/clock.ts'
import { after } from '../../base/instant.ts'
import { intent as intentShape, type Intent } from '../../wire/replication.ts'
import { compareIntents } from './order.ts'
import type { IntentStore } from './ports.ts'

/** So long hubs remember that an intent was withdrawn; two that do not meet for longer do not exchange intents any more. */
export const WITHDRAWN_KEPT_MS = 90 * 86_400_000

export interface IntentWish {
  readonly id: string
  readonly kind: Intent['kind']
  readonly subject: string
  /** JSON. */
  readonly body: string
  readonly author: string
}

/** What people want of checks, at this hub; other hubs hear of it. */
export interface Intents {
  /** Makes it, or changes it. @throws StoreUnavailable */
  put(wish: IntentWish): Promise<Intent>
  /** @returns `false` when there is no such intent @throws StoreUnavailable */
  withdraw(id: string, author: string): Promise<boolean>
  /** By id, page by page. @throws StoreUnavailable */
  list: IntentStore['intents']
  /** @throws StoreUnavailable */
  find(id: string): Promise<Intent | undefined>
}

/** @param changed hears of every change that was made here */
export function createIntents(
  store: IntentStore,
  of: { readonly hub: string; readonly clock: Clock; readonly changed: () => void },
): Intents {
  const { hub, clock, changed } = of
  return {
    async put({ author, ...wish }) {
      const stored = await store.change(wish.id, (before) =>
        intentShape.parse({
          ...wish,
          version: (before?.version ?? 0) + 1,
          hub,
          changedBy: author,
          changedAt: clock.now(),
          isWithdrawn: false,
        }),
      )
      changed()
      return stored as Intent
    },
    async withdraw(id, author) {
      const stored = await store.change(id, (before) =>
        before === undefined || before.isWithdrawn
          ? undefined
          : {
              ...before,
              body: '',
              version: before.version + 1,
              hub,
              changedBy: author,
              changedAt: clock.now(),
              isWithdrawn: true,
            },
      )
      if (stored !== undefined) changed()
      return stored !== undefined
    },
    list: (filter) => store.intents(filter),
    async find(id) {
      const found = await store.intent(id)
      return found === undefined || found.isWithdrawn ? undefined : found
    },
  }
}

/**
 * Those of the received ones that count: the newest form of each, if it is newer than what is here. One that was withdrawn long ago and is not known
 * here has nothing to say. Rules RP6 and RP7.
 */
export function newerIntents(
  held: ReadonlyMap<string, Intent>,
  received: readonly Intent[],
  now: number,
): readonly Intent[] {
  const newest = new Map<string, Intent>()
  for (const one of received) {
    const known = newest.get(one.id) ?? held.get(one.id)
    if (known !== undefined && compareIntents(one, known) <= 0) continue
    const isForgotten = one.isWithdrawn && one.changedAt < now - WITHDRAWN_KEPT_MS
    if (known === undefined && isForgotten) continue
    newest.set(one.id, one)
  }
  return [...newest.values()]
}

/** @returns how many were forgotten @throws StoreUnavailable */
export function forgetWithdrawn(store: IntentStore, clock: Clock): Promise<number> {
  return store.forgetWithdrawn(after(clock.now(), -WITHDRAWN_KEPT_MS))
}
