import { createContext, use } from 'react'
import type { SessionInfo } from '../wire/api/actions.ts'
import type { Api } from './api.ts'
import type { LiveConnection } from './live/connection.ts'
import type { LiveStore } from './live/live-store.ts'

/** What every screen behind the sign-in works with. */
export interface App {
  readonly api: Api
  readonly store: LiveStore
  readonly connection: LiveConnection
  readonly session: SessionInfo
  /** Forgets the session here and goes to the sign-in page. */
  readonly leave: () => void
}

export const AppContext = createContext<App | undefined>(undefined)

export function useApp(): App {
  const app = use(AppContext)
  if (app === undefined) throw new Error('a screen was drawn outside of the app')
  return app
}

/** Viewers look, they do not act. */
export function useMayAct(): boolean {
  return useApp().session.role !== 'viewer'
}
