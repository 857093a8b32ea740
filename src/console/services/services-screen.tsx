import { useMemo, type ReactElement } from 'react'
import type { ListItem } from '../list/list-item.ts'
import { ObjectList } from '../list/object-list.tsx'
import { useListSearch } from '../list/use-list-search.ts'
import { WithPanel } from '../list/with-panel.tsx'
import { useLiveView } from '../live/hooks.ts'
import { FilterHidesAll } from '../now/empty-states.tsx'
import { inventoryOf } from './inventory.ts'

const NOTHING_FRESH: ReadonlySet<string> = new Set()

/** Every host with its services, by name: rows change in place and never move. */
export function ServicesScreen(): ReactElement {
  const view = useLiveView()
  const { filter, openId, open, clearFilter } = useListSearch()
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
      </p>
      {items.length === 0 && total > 0 ? (
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
