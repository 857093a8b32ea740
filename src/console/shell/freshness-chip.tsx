import type { ReactElement } from 'react'
import { useApp } from '../app-context.ts'
import { useTicking } from '../live/hooks.ts'
import { spanText } from '../state/times.ts'

/** How old what is on the screen can be: since when the hub was last heard. */
export function FreshnessChip(): ReactElement {
  const { connection } = useApp()
  const text = useTicking(() => {
    const { phase, heardAt, lostAt } = connection.state
    if (phase === 'loading') return 'loading'
    if (phase === 'lost') return `stopped · ${spanText(Date.now() - (lostAt ?? Date.now()))}`
    return `live · ${spanText(Date.now() - heardAt)}`
  })
  const isLive = text.startsWith('live')
  return (
    <span
      title="When the hub was last heard; it says something at least every 15 s"
      className="inline-flex h-6 items-center gap-1.5 rounded-full border border-line px-2.5 whitespace-nowrap text-dim"
    >
      <span
        aria-hidden
        className="size-2 rounded-full"
        style={{ background: isLive ? 'var(--text-ok)' : 'var(--text-warning)' }}
      />
      {text}
    </span>
  )
}
