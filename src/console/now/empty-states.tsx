import { CircleCheck } from 'lucide-react'
import { useMemo, type ReactElement } from 'react'
import { useAge, useLiveView } from '../live/hooks.ts'
import { oldestCheckAt } from '../live/overview.ts'
import { coverageSentence } from './coverage.ts'

interface NothingWrongProps {
  /** There are hosts that nobody checks: what is known of them is the past. */
  readonly isBlind: boolean
}

/** Emptiness states its coverage, so that a dead monitor cannot look calm. */
export function NothingWrong({ isBlind }: NothingWrongProps): ReactElement | null {
  const view = useLiveView()
  const oldest = useMemo(() => oldestCheckAt(view.columns), [view])
  const age = useAge(oldest)
  const { counters } = view
  if (counters === undefined) return null
  const coverage = coverageSentence(counters, isBlind)
  return (
    <div className="flex items-center gap-4 border-b border-line px-6 py-7 max-md:px-4">
      {coverage.isCalm ? (
        <CircleCheck size={32} aria-hidden className="flex-none" color="var(--text-ok)" />
      ) : null}
      <div>
        <p className="text-[17px] font-semibold">{coverage.headline}</p>
        <p className="mt-0.5 text-dim">
          {oldest === null ? 'Nothing has been checked yet.' : `Oldest evidence ${age}.`}
          {coverage.gaps === '' ? '' : ` ${coverage.gaps}`}
        </p>
      </div>
    </div>
  )
}

interface FilterHidesAllProps {
  readonly total: number
  readonly onClear: () => void
}

export function FilterHidesAll({ total, onClear }: FilterHidesAllProps): ReactElement {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-16 text-center">
      <p className="text-[15px] font-semibold">0 of {total} match the filter</p>
      <button type="button" className="button" onClick={onClear}>
        Clear the filter and show the {total}
      </button>
    </div>
  )
}
