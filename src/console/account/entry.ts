import type { QueryClient } from '@tanstack/react-query'
import type { SessionInfo } from '../../wire/api/actions.ts'

/** Where the session is kept in the request cache. */
export const SESSION_KEY = ['session'] as const

/** Keeps a fresh session, so that the gate lets it pass without asking again. */
export function rememberSession(cache: QueryClient, session: SessionInfo): void {
  cache.clear()
  cache.setQueryData(SESSION_KEY, session)
}

/** Where to go after the sign-in: only addresses of this console, never of another site. */
export function safeNext(next: unknown): string {
  if (typeof next !== 'string' || !/^\/(?![/\\])/.test(next)) return '/'
  return next.startsWith('/sign-in') || next.startsWith('/setup') ? '/' : next
}
