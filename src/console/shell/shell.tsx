import { Outlet, useNavigate } from '@tanstack/react-router'
import { useRef, type ReactElement } from 'react'
import { useKeys } from '../keyboard.ts'
import { useConnectionState, useLiveView, useTicking } from '../live/hooks.ts'
import { useRechecks } from '../rechecks.ts'
import { HelpDialog } from './help-dialog.tsx'
import { ListSkeleton } from './list-skeleton.tsx'
import { Rail } from './rail.tsx'
import { RecheckAnnouncer } from './recheck-announcer.tsx'
import { StreamBanner } from './stream-banner.tsx'
import { TopBar } from './top-bar.tsx'
import { useDocumentTitle } from './use-document-title.ts'

const CHORD_MS = 1_200
const FROZEN_AFTER_MS = 30_000

/** The frame of every screen behind the sign-in. */
export function Shell(): ReactElement {
  const view = useLiveView()
  const help = useRef<HTMLDialogElement>(null)
  const connection = useConnectionState()
  const isFrozen = useTicking(
    () => connection.lostAt !== undefined && Date.now() - connection.lostAt > FROZEN_AFTER_MS,
  )
  useDocumentTitle(view.counters)
  useGoKeys()
  useKeys({
    '?': () => help.current?.showModal(),
    '/': () => document.querySelector<HTMLInputElement>('#filter')?.select(),
  })
  return (
    <div className="flex h-full flex-col">
      <a href="#main" className="button sr-only z-50 focus:not-sr-only focus:absolute">
        Skip to the content
      </a>
      <TopBar onHelp={() => help.current?.showModal()} />
      <StreamBanner />
      <div className="flex min-h-0 flex-1 max-md:flex-col-reverse">
        <Rail />
        <main
          id="main"
          tabIndex={-1}
          className={`flex min-h-0 min-w-0 flex-1 flex-col outline-none ${isFrozen ? 'frozen' : ''}`}
        >
          {view.version === 0 ? <ListSkeleton /> : <Outlet />}
        </main>
      </div>
      <HelpDialog ref={help} />
      <RecheckAnnouncer rechecks={useRechecks()} />
    </div>
  )
}

/** `g` and then a letter within 1.2 s. */
function useGoKeys(): void {
  const navigate = useNavigate()
  const chordUntil = useRef(0)
  const go = (to: '/' | '/services' | '/vantage' | '/clusters' | '/status'): boolean => {
    if (Date.now() > chordUntil.current) return false
    chordUntil.current = 0
    void navigate({ to })
    return true
  }
  useKeys({
    g: () => {
      chordUntil.current = Date.now() + CHORD_MS
    },
    n: () => go('/'),
    s: () => go('/services'),
    v: () => go('/vantage'),
    c: () => go('/clusters'),
    i: () => go('/status'),
  })
}
