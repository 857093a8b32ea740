import { WifiOff } from 'lucide-react'
import type { ReactElement } from 'react'
import { useConnectionState, useTicking } from '../live/hooks.ts'
import { spanText } from '../state/times.ts'

const QUIET_MS = 3_000

/** Nothing on the screen may look fresh when it is not: says so after three seconds. */
export function StreamBanner(): ReactElement {
  const { lostAt, reason } = useConnectionState()
  const since = useTicking(() => {
    if (lostAt === undefined || Date.now() - lostAt < QUIET_MS) return ''
    return spanText(Date.now() - lostAt)
  })
  return (
    <div role="status" aria-live="polite" aria-atomic="false">
      {since === '' ? null : (
        <div className="flex items-center gap-2 bg-amber px-4 py-1.5 text-on-amber">
          <WifiOff size={14} aria-hidden className="flex-none" />
          <span>
            Live updates stopped <span aria-live="off">{since}</span> ago, trying again. {reason}
          </span>
        </div>
      )}
    </div>
  )
}
