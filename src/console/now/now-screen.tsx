import { useMemo, useState, type ReactElement } from 'react'
import { BlindSpots } from '../clusters/blind-spots.tsx'
import { blindSpotsOf } from '../clusters/network-view.ts'
import { useClusters } from '../clusters/use-network.ts'
import { useKeys } from '../keyboard.ts'
import { ObjectList } from '../list/object-list.tsx'
import type { ListItem } from '../list/list-item.ts'
import { WithPanel } from '../list/with-panel.tsx'
import { useListSearch } from '../list/use-list-search.ts'
import { isFiltering } from './filter.ts'
import { CoverageLine } from './coverage-line.tsx'
import { FilterHidesAll, NothingWrong } from './empty-states.tsx'
import { HeldChip } from './held-chip.tsx'
import { LANES, type LaneName, type Lanes } from './lanes.ts'
import { useEngagement } from './use-engagement.ts'
import { useLanes } from './use-lanes.ts'

const OPEN_AT_FIRST: ReadonlySet<LaneName> = new Set(['problems', 'recovered'])

/** What is wrong now, worst and newest first. */
export function NowScreen(): ReactElement {
  const { filter, openId, open, clearFilter } = useListSearch()
  const [isEngaged, engage] = useEngagement()
  const { lanes, waiting, freshIds, apply } = useLanes(filter, isEngaged || openId !== undefined)
  const [toggled, setToggled] = useState<ReadonlySet<LaneName>>(new Set())
  const items = useMemo(
    () => itemsOf(lanes, toggled, filter.states.size > 0),
    [lanes, toggled, filter],
  )
  useKeys({ '.': apply })
  const spots = blindSpotsOf(useClusters())

  const total = LANES.reduce((sum, lane) => sum + lanes.totals[lane], 0)
  const isHidden = items.length === 0 && isFiltering(filter) && total > 0
  return (
    <WithPanel openId={openId}>
      <h1 className="sr-only">Now</h1>
      {spots.length === 0 ? null : <BlindSpots spots={spots} />}
      <HeldChip waiting={waiting} onApply={apply} />
      {isHidden ? (
        <FilterHidesAll total={total} onClear={clearFilter} />
      ) : lanes.totals.problems === 0 ? (
        <NothingWrong isBlind={spots.length > 0} />
      ) : null}
      {items.length > 0 ? (
        <ObjectList
          label="Problems and what has recently changed"
          items={items}
          freshIds={freshIds}
          openId={openId}
          onOpen={open}
          onEngage={engage}
          onToggleLane={({ lane }) => {
            const next = new Set(toggled)
            if (!next.delete(lane)) next.add(lane)
            setToggled(next)
          }}
        />
      ) : null}
      {lanes.totals.problems > 0 ? <CoverageLine /> : null}
    </WithPanel>
  )
}

/** Empty lanes are left out. A filter by state opens what it finds: nobody filters for what is folded away. */
function itemsOf(lanes: Lanes, toggled: ReadonlySet<LaneName>, isStateChosen: boolean): ListItem[] {
  return LANES.flatMap((lane): ListItem[] => {
    const ids = lanes.ids[lane]
    if (ids.length === 0) return []
    const isOpenAtFirst = OPEN_AT_FIRST.has(lane) || isStateChosen
    const isOpen = isOpenAtFirst !== toggled.has(lane)
    const head: ListItem = {
      kind: 'lane',
      key: `lane:${lane}`,
      lane,
      count: ids.length,
      total: lanes.totals[lane],
      isOpen,
    }
    const rows = isOpen ? ids : []
    return [head, ...rows.map((id) => rowItem(id, lanes.symptomsOf))]
  })
}

function rowItem(id: string, symptomsOf: ReadonlyMap<string, number>): ListItem {
  return { kind: 'row', key: id, id, symptoms: symptomsOf.get(id) ?? 0 }
}
