import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, type ReactElement } from 'react'
import { useKeys } from '../keyboard.ts'
import type { ListSearch } from '../list-search.ts'
import type { ListItem } from '../list/list-item.ts'
import { ObjectList } from '../list/object-list.tsx'
import { useListSearch } from '../list/use-list-search.ts'
import { WithPanel } from '../list/with-panel.tsx'
import { useLiveView } from '../live/hooks.ts'
import { FilterHidesAll } from '../now/empty-states.tsx'
import { Choice } from '../shell/choice.tsx'
import { inventoryOf } from './inventory.ts'
import { RawList } from './raw-list.tsx'

const NOTHING_FRESH: ReadonlySet<string> = new Set()

type Form = 'Decided' | 'Raw'
const FORMS: readonly Form[] = ['Decided', 'Raw']

/** Every host with its services, by name: rows change in place and never move. */
export function ServicesScreen(): ReactElement {
  const view = useLiveView()
  const { filter, openId, open, clearFilter } = useListSearch()
  const { q = '', form }: ListSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const show = (next: Form): void =>
    void navigate({
      to: '.',
      search: (before: ListSearch) => ({
        ...before,
        form: next === 'Raw' ? ('raw' as const) : undefined,
      }),
      replace: true,
    })
  useKeys({ t: () => (openId === undefined ? show(form === 'raw' ? 'Decided' : 'Raw') : false) })
  const { ids, total } = useMemo(() => inventoryOf(view.columns, filter), [view, filter])
  const items = useMemo(
    () => ids.map((id): ListItem => ({ kind: 'row', key: id, id, symptoms: 0 })),
    [ids],
  )
  return (
    <WithPanel openId={openId}>
      <h1 className="sr-only">Hosts and services</h1>
      <p className="flex h-9 flex-none items-center border-b border-line bg-surface px-4 text-dim">
        <span className="font-semibold text-text">All hosts and services</span>
        <span className="ml-2">{ids.length === total ? total : `${ids.length} of ${total}`}</span>
        <span className="ml-auto">
          <Choice
            label="Decided, or what each observer says"
            options={FORMS}
            value={form === 'raw' ? 'Raw' : 'Decided'}
            onChange={show}
          />
        </span>
      </p>
      {form === 'raw' ? (
        <RawList q={q} onOpen={open} />
      ) : items.length === 0 && total > 0 ? (
        <FilterHidesAll total={total} onClear={clearFilter} />
      ) : (
        <ObjectList
          label="All hosts and services"
          items={items}
          freshIds={NOTHING_FRESH}
          openId={openId}
          onOpen={open}
          onEngage={() => undefined}
          onToggleLane={() => undefined}
        />
      )}
    </WithPanel>
  )
}
