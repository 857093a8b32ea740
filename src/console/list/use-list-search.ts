import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { statesOf, type ListSearch } from '../list-search.ts'
import { useHasPanel } from '../media.ts'
import { parseFilter, type Filter } from '../now/filter.ts'

export interface ListView {
  readonly filter: Filter
  readonly openId: string | undefined
  /** In the side panel where there is room, else as a page. */
  readonly open: (id: string) => void
  readonly clearFilter: () => void
}

/** A list's view out of its address. */
export function useListSearch(): ListView {
  const search: ListSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const hasPanel = useHasPanel()
  const { q, state } = search
  const filter = useMemo(() => parseFilter(q ?? '', statesOf(state)), [q, state])
  return {
    filter,
    openId: hasPanel ? search.open : undefined,
    open: (id) => {
      void (hasPanel
        ? navigate({ to: '.', search: { ...search, open: id }, replace: search.open !== undefined })
        : navigate({ to: '/objects/$id', params: { id } }))
    },
    clearFilter: () => void navigate({ to: '.', search: { open: search.open } }),
  }
}
