import { useEffect, useMemo, useState } from 'react'
import { useApp } from '../app-context.ts'
import { useLiveView, useTicking } from '../live/hooks.ts'
import type { Filter } from './filter.ts'
import { differenceOf, type Difference } from './hold.ts'
import { lanesOf, LANES, type Lanes } from './lanes.ts'

const FRESH_MS = 2_000
const NOTHING: Difference = { added: 0, moved: 0 }

export interface ShownLanes {
  readonly lanes: Lanes
  /** What waits while the order is held. */
  readonly waiting: Difference
  /** Rows that came within the last two seconds. */
  readonly freshIds: ReadonlySet<string>
  readonly apply: () => void
}

interface Shown {
  readonly lanes: Lanes
  readonly filter: Filter
  /** Of the live data it was made from. */
  readonly version: number
}

/**
 * The lanes as the screen shows them. While `isHeld` their order stays as it is, whatever comes: cells change in place, new and
 * moved rows wait for `apply`. Another filter is applied at once.
 */
export function useLanes(filter: Filter, isHeld: boolean): ShownLanes {
  const { store } = useApp()
  const view = useLiveView()
  // Recoveries leave their lane by time alone.
  const minute = useTicking(() => Math.floor(store.now() / 60_000))
  const newest = useMemo(() => {
    const { columns, recoveries } = view
    const lanes = lanesOf({ columns, recoveries, now: minute * 60_000 }, filter)
    return { lanes, filter, version: view.version }
  }, [view, filter, minute])

  const [shown, setShown] = useState<Shown>(newest)
  const [freshIds, setFreshIds] = useState<ReadonlySet<string>>(new Set())
  const mustFollow = !isHeld || shown.filter !== filter
  if (mustFollow && shown !== newest) {
    setShown(newest)
    if (shown.filter === filter && shown.version < newest.version) {
      const added = addedIds(shown.lanes, newest.lanes)
      if (added.length > 0) setFreshIds(new Set(added))
    }
  }
  useEffect(() => {
    if (freshIds.size === 0) return
    const handle = window.setTimeout(() => setFreshIds(new Set()), FRESH_MS)
    return () => window.clearTimeout(handle)
  }, [freshIds])

  const current = mustFollow ? newest : shown
  const waiting = useMemo(
    () => (current === newest ? NOTHING : differenceOf(current.lanes.ids, newest.lanes.ids)),
    [current, newest],
  )
  return { lanes: current.lanes, waiting, freshIds, apply: () => setShown(newest) }
}

function addedIds(before: Lanes, after: Lanes): string[] {
  const known = new Set(LANES.flatMap((lane) => before.ids[lane]))
  return LANES.flatMap((lane) => after.ids[lane].filter((id) => !known.has(id)))
}
