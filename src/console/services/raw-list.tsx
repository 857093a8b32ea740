import { useQuery } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import type { RawReport } from '../../wire/api/truth.ts'
import { useApp } from '../app-context.ts'
import { useTicking } from '../live/hooks.ts'
import { ListSkeleton } from '../shell/list-skeleton.tsx'
import { plainText } from '../state/plain-text.ts'
import { spanText } from '../state/times.ts'
import { REASONS, SIGHT_LOOKS, sightOf } from '../vantage/marks.ts'

const REFRESH_MS = 3_000

interface RawListProps {
  readonly q: string
  readonly onOpen: (id: string) => void
}

/** What each observer says of each check, with what the decision makes of it. */
export function RawList({ q, onOpen }: RawListProps): ReactElement {
  const { api } = useApp()
  const [page, setPage] = useState(1)
  const query = useQuery({
    queryKey: ['raw', q, page],
    queryFn: () => api.rawReports({ q: q === '' ? undefined : q, page, limit: 100 }),
    refetchInterval: REFRESH_MS,
    placeholderData: (before) => before,
  })
  if (query.data === undefined)
    return query.isError ? <p className="p-4">{query.error.message}</p> : <ListSkeleton />
  const { items, nextPage } = query.data
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      {items.length === 0 ? (
        <p className="p-4 text-dim">
          Nothing that several clusters observe{q === '' ? ' yet' : ' fits the filter'}: here is a
          line for each check and observer.
        </p>
      ) : (
        <table className="w-full text-left" aria-label="What each observer says">
          <thead className="text-[12px] text-dim max-md:hidden">
            <tr>
              <th className="px-4 py-1 font-normal">Target</th>
              <th className="px-2 font-normal">Observer</th>
              <th className="px-2 font-normal">Says</th>
              <th className="px-2 text-right font-normal">Age</th>
              <th className="px-2 font-normal">Use</th>
              <th className="px-2 font-normal">Output</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <RawRow key={`${item.id} ${item.observer}`} item={item} onOpen={onOpen} />
            ))}
          </tbody>
        </table>
      )}
      {page === 1 && nextPage === null ? null : (
        <p className="flex gap-2 p-4">
          <button
            type="button"
            className="button"
            disabled={page === 1}
            onClick={() => setPage(page - 1)}
          >
            Previous
          </button>
          <button
            type="button"
            className="button"
            disabled={nextPage === null}
            onClick={() => setPage(nextPage ?? page)}
          >
            Next
          </button>
        </p>
      )}
    </div>
  )
}

function RawRow({
  item,
  onOpen,
}: {
  readonly item: RawReport
  readonly onOpen: (id: string) => void
}): ReactElement {
  const { store } = useApp()
  const age = useTicking(() =>
    item.at === null ? '–' : spanText(Math.max(0, store.now() - Date.parse(item.at))),
  )
  const look = item.class === null ? undefined : SIGHT_LOOKS[sightOf(item.class)]
  return (
    <tr className="border-b border-line align-top max-md:flex max-md:flex-wrap max-md:gap-x-3 max-md:px-3 max-md:py-2">
      <td className="px-4 py-1 max-md:w-full max-md:p-0">
        <button
          type="button"
          className="link text-left wrap-anywhere"
          onClick={() => onOpen(item.id)}
        >
          {item.service === null ? item.host : `${item.host} / ${item.service}`}
        </button>
      </td>
      <td className="px-2 py-1 wrap-anywhere max-md:p-0">{item.observer}</td>
      <td className="px-2 py-1 whitespace-nowrap max-md:p-0">
        {look === undefined ? (
          <span className="text-dim">nothing yet</span>
        ) : (
          <span className={`inline-flex items-center gap-1.5 ${look.className}`}>
            <span aria-hidden className="sight-letter">
              {look.letter}
            </span>
            {item.class}
          </span>
        )}
      </td>
      <td className="px-2 py-1 text-right whitespace-nowrap max-md:p-0">{age}</td>
      <td className="px-2 py-1 max-md:p-0">
        <MadeOfIt item={item} />
      </td>
      <td className="px-2 py-1 text-dim wrap-anywhere max-md:w-full max-md:p-0">
        {plainText(item.output)}
      </td>
    </tr>
  )
}

function MadeOfIt({ item }: { readonly item: RawReport }): ReactElement {
  const { store } = useApp()
  const { penalisedUntil, setAside, use } = item
  const left = useTicking(() =>
    penalisedUntil === null ? '' : spanText(Math.max(0, Date.parse(penalisedUntil) - store.now())),
  )
  if (setAside !== null) return <span title={REASONS[setAside]}>set aside</span>
  if (left !== '') return <span>waits for others, {left}</span>
  return <span>{use ?? ''}</span>
}
