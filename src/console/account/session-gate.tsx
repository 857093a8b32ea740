import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { use, useCallback, useEffect, useMemo, type ReactElement } from 'react'
import type { SessionInfo } from '../../wire/api/actions.ts'
import { ApiContext } from '../api-context.ts'
import { ApiFailed } from '../api.ts'
import { AppContext, type App } from '../app-context.ts'
import { LiveConnection } from '../live/connection.ts'
import { LiveStore } from '../live/live-store.ts'
import { Rechecks, RechecksContext } from '../rechecks.ts'
import { Shell } from '../shell/shell.tsx'
import { SESSION_KEY } from './entry.ts'

/** Lets in who has a session, and sends everybody else to the sign-in with the way back. */
export function SessionGate(): ReactElement | null {
  const api = use(ApiContext)
  const session = useQuery({
    queryKey: SESSION_KEY,
    queryFn: () => api.session(),
    staleTime: Infinity,
    retry: (count, error) => !(error instanceof ApiFailed && error.isSignedOut) && count < 3,
  })
  const isSignedOut = session.error instanceof ApiFailed && session.error.isSignedOut
  if (isSignedOut) return <ToSignIn />
  if (session.data !== undefined) return <SignedIn session={session.data} />
  if (!session.isError) return null
  return (
    <main className="flex min-h-full flex-col items-center gap-3 px-6 py-[20vh] text-center">
      <h1 className="text-[17px] font-semibold">{session.error.message}</h1>
      <button type="button" className="button" onClick={() => void session.refetch()}>
        Try again
      </button>
    </main>
  )
}

function ToSignIn(): null {
  const navigate = useNavigate()
  const { history } = useRouter()
  useEffect(() => {
    const next = history.location.href
    void navigate({ to: '/sign-in', search: next === '/' ? {} : { next }, replace: true })
  }, [navigate, history])
  return null
}

function SignedIn({ session }: { readonly session: SessionInfo }): ReactElement {
  const api = use(ApiContext)
  const cache = useQueryClient()
  const navigate = useNavigate()
  const leave = useCallback(() => {
    cache.clear()
    void navigate({ to: '/sign-in', search: {}, replace: true })
  }, [cache, navigate])
  const app = useMemo((): App => {
    const store = new LiveStore()
    return { api, store, connection: new LiveConnection(api, store, leave), session, leave }
  }, [api, session, leave])
  const rechecks = useMemo(() => new Rechecks(api, app.store), [api, app.store])
  useEffect(() => {
    void app.connection.run()
    return () => app.connection.close()
  }, [app])
  return (
    <AppContext value={app}>
      <RechecksContext value={rechecks}>
        <Shell />
      </RechecksContext>
    </AppContext>
  )
}
