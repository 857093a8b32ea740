import { CircleUserRound, LogOut } from 'lucide-react'
import { useState, type ReactElement } from 'react'
import { useApp } from '../app-context.ts'
import { ApiFailed } from '../api.ts'

/** Who is signed in, and the way out. A native popover: Esc and a click beside it close it. */
export function UserMenu(): ReactElement {
  const { api, session, leave } = useApp()
  const [problem, setProblem] = useState('')
  const signOut = async (): Promise<void> => {
    try {
      await api.signOut()
      leave()
    } catch (error) {
      if (error instanceof ApiFailed && error.isSignedOut) return leave()
      setProblem(error instanceof Error ? error.message : 'Signing out failed.')
    }
  }
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={`Account: ${session.username}`}
        title={session.username}
        popoverTarget="user-menu"
      >
        <CircleUserRound size={18} aria-hidden />
      </button>
      <div
        id="user-menu"
        popover="auto"
        className="fixed inset-auto top-12 right-2 m-0 w-56 rounded-lg border border-edge bg-raised p-3 text-text shadow-xl"
      >
        <p className="truncate font-semibold">{session.username}</p>
        <p className="text-dim">{session.role}</p>
        <button type="button" className="button mt-3 w-full" onClick={() => void signOut()}>
          <LogOut size={14} aria-hidden /> Sign out
        </button>
        {problem === '' ? null : (
          <p role="alert" className="mt-2">
            {problem}
          </p>
        )}
      </div>
    </>
  )
}
