import { useMemo, type ReactElement } from 'react'
import { useAge, useLiveView } from '../live/hooks.ts'
import { oldestCheckAt } from '../live/overview.ts'
import { coverageCounts } from './coverage.ts'

/** Below the problems: of how much this is the whole list. */
export function CoverageLine(): ReactElement | null {
  const view = useLiveView()
  const oldest = useMemo(() => oldestCheckAt(view.columns), [view])
  const age = useAge(oldest)
  if (view.counters === undefined) return null
  return (
    <p className="flex-none border-t border-line bg-surface px-4 py-1.5 text-dim">
      {coverageCounts(view.counters)}
      {oldest === null ? '' : ` · oldest evidence ${age}`}
    </p>
  )
}
