import { useNavigate, useRouterState, useSearch } from '@tanstack/react-router'
import { Search, X } from 'lucide-react'
import { useEffect, useRef, type ReactElement } from 'react'
import type { ListSearch } from '../list-search.ts'

/** Filters the list as one types; from other screens Enter searches everything. */
export function FilterBox(): ReactElement {
  const search: ListSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const isList = path === '/' || path === '/services'
  const input = useRef<HTMLInputElement>(null)
  const asked = isList ? (search.q ?? '') : ''
  // The box leads while somebody types in it; else it follows the address: back, a link, "clear the filter".
  useEffect(() => {
    const element = input.current
    if (element === null || (document.activeElement === element && asked !== '')) return
    element.value = asked
  }, [asked])

  const filterBy = (text: string): void => {
    if (!isList) return
    const q = text.trim() === '' ? undefined : text
    void navigate({ to: '.', search: { ...search, q }, replace: true })
  }
  return (
    <div className="relative">
      <Search size={14} aria-hidden className="absolute top-2 left-2.5 text-dim max-md:top-2.5" />
      <input
        ref={input}
        id="filter"
        type="text"
        role="searchbox"
        autoComplete="off"
        spellCheck={false}
        className="field min-h-[30px] pr-8 pl-8 text-[13px] max-md:min-h-9 max-md:text-[16px]"
        aria-label="Filter"
        placeholder="Filter: words, host: service: group:"
        title="Words in names and output; host:web group:db -word"
        defaultValue={asked}
        onChange={(event) => filterBy(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            if (event.currentTarget.value === '') event.currentTarget.blur()
            event.currentTarget.value = ''
            filterBy('')
          }
          if (event.key === 'Enter' && !isList) {
            void navigate({ to: '/services', search: { q: event.currentTarget.value } })
          }
        }}
      />
      {asked === '' ? (
        <kbd aria-hidden className="absolute top-1.5 right-2 max-md:hidden">
          /
        </kbd>
      ) : (
        <button
          type="button"
          aria-label="Clear the filter"
          className="icon-button absolute top-0.5 right-0.5 size-[26px]! max-md:top-1 max-md:size-7!"
          onClick={() => filterBy('')}
        >
          <X size={14} aria-hidden />
        </button>
      )}
    </div>
  )
}
