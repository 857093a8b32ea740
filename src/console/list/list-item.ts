import type { LaneName } from '../now/lanes.ts'

/** One line of a live list: the head of a lane, or a host or service. Keys are stable, so that nothing on the screen is mixed up. */
export type ListItem =
  | {
      readonly kind: 'lane'
      readonly key: string
      readonly lane: LaneName
      readonly count: number
      /** Without the filter. */
      readonly total: number
      readonly isOpen: boolean
    }
  | { readonly kind: 'row'; readonly key: string; readonly id: string; readonly symptoms: number }

export function idOfItem(item: ListItem | undefined): string | undefined {
  return item?.kind === 'row' ? item.id : undefined
}

/** The id `step` rows further on from `from`, lane heads passed over; stays at the ends. */
export function neighbour(
  items: readonly ListItem[],
  from: string | undefined,
  step: 1 | -1,
): string | undefined {
  const ids = items.flatMap((item) => idOfItem(item) ?? [])
  const place = from === undefined ? -1 : ids.indexOf(from)
  if (place < 0) return ids[0]
  return ids[Math.min(Math.max(place + step, 0), ids.length - 1)]
}
