import { useCallback, useSyncExternalStore, type ReactElement } from 'react'
import type { Rechecks } from '../rechecks.ts'

/** Says what became of a recheck to those who cannot see its icon. */
export function RecheckAnnouncer({ rechecks }: { readonly rechecks: Rechecks }): ReactElement {
  const subscribe = useCallback(
    (hear: () => void) => rechecks.subscribeAnnouncements(hear),
    [rechecks],
  )
  const text = useSyncExternalStore(subscribe, () => rechecks.announcement)
  return (
    <div role="status" className="sr-only">
      {text}
    </div>
  )
}
