import { useSearch } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import type { VantageMatrix } from '../../wire/api/truth.ts'
import type { ListSearch } from '../list-search.ts'
import { useListSearch } from '../list/use-list-search.ts'
import { WithPanel } from '../list/with-panel.tsx'
import { ListSkeleton } from '../shell/list-skeleton.tsx'
import { MatrixTable } from './matrix-table.tsx'
import { ObserverIncidents } from './observer-incidents.tsx'
import { useMatrix } from './use-vantage.ts'

/** Who sees what: a failing observer is a column, a failing target a row. */
export function VantageScreen(): ReactElement {
  const { openId, open } = useListSearch()
  const { q = '' }: ListSearch = useSearch({ strict: false })
  const query = useMatrix(q, 1)
  return (
    <WithPanel openId={openId}>
      <div className="min-h-0 flex-1 overflow-y-auto p-5 max-md:p-4">
        <h1 className="text-[20px] font-semibold">Vantage</h1>
        {query.isError ? (
          <p role="alert" className="mt-2">
            {query.error.message} {query.data === undefined ? '' : 'This is what was seen last.'}
          </p>
        ) : null}
        {query.data === undefined ? (
          query.isError ? null : (
            <ListSkeleton />
          )
        ) : (
          <Found matrix={query.data} isFiltered={q !== ''} onOpen={open} />
        )}
      </div>
    </WithPanel>
  )
}

interface FoundProps {
  readonly matrix: VantageMatrix
  readonly isFiltered: boolean
  readonly onOpen: (id: string) => void
}

function Found({ matrix, isFiltered, onOpen }: FoundProps): ReactElement {
  const { observers, rows, total } = matrix
  if (total === 0 && isFiltered)
    return <p className="mt-2 text-dim">Nothing that several clusters observe fits the filter.</p>
  if (observers.length === 0 || total === 0) return <NobodyLooks />
  return (
    <>
      <p className="mt-1 text-dim">
        {observers.length} observers ·{' '}
        {rows.length === total ? total : `${rows.length} of ${total}`} checks, worst first
      </p>
      <ObserverIncidents />
      <MatrixTable matrix={matrix} onOpen={onOpen} />
    </>
  )
}

function NobodyLooks(): ReactElement {
  return (
    <div className="mt-4 max-w-[640px] rounded-lg border border-line px-4 py-4">
      <p className="font-semibold">No host is observed by several clusters.</p>
      <p className="mt-1 text-dim">
        Name the clusters that shall look at a host, and one verdict is made of what all of them
        see:
      </p>
      <pre className="mt-3 overflow-x-auto rounded-md bg-surface p-3 font-mono text-[12px]">
        {'hosts:\n  shop:\n    address: 192.0.2.10\n    observers: [east, west, north]'}
      </pre>
    </div>
  )
}
