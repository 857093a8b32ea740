import { useCallback, useSyncExternalStore } from 'react'
import { useApp } from '../app-context.ts'
import { ageText } from '../state/times.ts'
import { sharedClock } from './clock.ts'
import type { ConnectionState } from './connection.ts'
import type { LiveView } from './live-store.ts'
import type { LiveRow } from './row.ts'

/** Draws again only when this object changes; `undefined` when it is not configured (any more). */
export function useLiveRow(id: string): LiveRow | undefined {
  const { store } = useApp()
  const subscribe = useCallback((hear: () => void) => store.subscribeRow(id, hear), [store, id])
  return useSyncExternalStore(subscribe, () => store.row(id))
}

/** The whole present; draws again with every batch of the stream. For lists. */
export function useLiveView(): LiveView {
  const { store } = useApp()
  const subscribe = useCallback((hear: () => void) => store.subscribe(hear), [store])
  return useSyncExternalStore(subscribe, () => store.view)
}

export function useConnectionState(): ConnectionState {
  const { connection } = useApp()
  const subscribe = useCallback((hear: () => void) => connection.subscribe(hear), [connection])
  return useSyncExternalStore(subscribe, () => connection.state)
}

/** The text of an age; draws again only when the text changes. `at` is ms by the hub's clock. */
export function useAge(at: number | null): string {
  const { store } = useApp()
  return useSyncExternalStore(sharedClock.subscribe, () => ageText(at, store.now()))
}

/** Something that follows from this browser's time, looked at each second; must be a primitive. */
export function useTicking<T extends string | number | boolean>(read: () => T): T {
  return useSyncExternalStore(sharedClock.subscribe, read)
}
