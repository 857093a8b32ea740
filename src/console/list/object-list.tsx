import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { useCallback, useRef, useState, type HTMLAttributes, type ReactElement } from 'react'
import { useKeys } from '../keyboard.ts'
import { useIsPhone } from '../media.ts'
import { useRechecks } from '../rechecks.ts'
import { LaneHead } from './lane-head.tsx'
import { idOfItem, neighbour, type ListItem } from './list-item.ts'
import { ObjectRow } from './object-row.tsx'

interface ObjectListProps {
  readonly label: string
  readonly items: readonly ListItem[]
  readonly freshIds: ReadonlySet<string>
  /** The object in the side panel. */
  readonly openId: string | undefined
  readonly onOpen: (id: string) => void
  readonly onToggleLane: (item: ListItem & { readonly kind: 'lane' }) => void
  /** Pointer or keyboard at work in the list. */
  readonly onEngage: (how: 'pointer' | 'keyboard' | 'left') => void
}

const ROW_PX = 28
const CARD_PX = 82
const LANE_PX = 36

/** A virtual list: only the lines in view exist, each at its own place and keyed by its object. */
export function ObjectList(props: ObjectListProps): ReactElement {
  const { items } = props
  const isPhone = useIsPhone()
  const scroller = useRef<HTMLDivElement>(null)
  // The virtualizer places all lines anew when this changes, and only then.
  const getItemKey = useCallback(
    (index: number) => `${items[index]?.key ?? index}${isPhone ? ':card' : ''}`,
    [items, isPhone],
  )
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(items[index], isPhone),
    getItemKey,
    overscan: 12,
  })
  const [cursor, putCursorOn] = useCursor(props, virtual)
  const [pointed, setPointed] = useState<string>()
  const hear = listeners(props, putCursorOn, setPointed)

  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={-1}
      aria-label={props.label}
      aria-rowcount={items.length}
      aria-colcount={isPhone ? 1 : 7}
      className="@container/list relative min-h-0 flex-1 overflow-y-auto overscroll-contain"
      {...hear}
    >
      <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((place) => {
          const item = items[place.index]
          if (item === undefined) return null
          return (
            <div
              key={place.key}
              role="presentation"
              className="absolute inset-x-0 top-0"
              style={{ height: place.size, transform: `translateY(${place.start}px)` }}
            >
              {item.kind === 'lane' ? (
                <LaneHead item={item} onToggle={props.onToggleLane} rowIndex={place.index + 1} />
              ) : (
                <ObjectRow
                  id={item.id}
                  symptoms={item.symptoms}
                  isPhone={isPhone}
                  isOpen={item.id === props.openId}
                  isFresh={props.freshIds.has(item.id)}
                  isCursor={item.id === cursor.id}
                  mustFocus={cursor.mustFocus && item.id === cursor.id}
                  rowIndex={place.index + 1}
                  isAtHand={item.id === pointed || (cursor.isChosen && item.id === cursor.id)}
                />
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** What happens in a row is heard by the list, so that rows need no callbacks and stay as they are while it scrolls. */
function listeners(
  props: ObjectListProps,
  putCursorOn: (id: string) => void,
  setPointed: (id: string | undefined) => void,
): ListListeners {
  const { onEngage, onOpen } = props
  return {
    onPointerMove: ({ pointerType, target }) => {
      if (pointerType !== 'mouse') return
      setPointed(rowIdOf(target))
      onEngage('pointer')
    },
    onPointerLeave: () => {
      setPointed(undefined)
      onEngage('left')
    },
    onFocus: ({ target }) => {
      const id = rowIdOf(target)
      if (id !== undefined) putCursorOn(id)
      onEngage('keyboard')
    },
    onClick: ({ target }) => {
      const id = rowIdOf(target)
      if (id === undefined) return
      putCursorOn(id)
      onOpen(id)
    },
    onKeyDown: (event) => {
      const id = event.target instanceof HTMLElement ? event.target.dataset['id'] : undefined
      if (event.key !== 'Enter' || id === undefined) return
      event.preventDefault()
      onOpen(id)
    },
  }
}

type ListListeners = Pick<
  HTMLAttributes<HTMLDivElement>,
  'onPointerMove' | 'onPointerLeave' | 'onFocus' | 'onClick' | 'onKeyDown'
>

/** Of the row that something happened in; lane heads have none. */
function rowIdOf(target: EventTarget): string | undefined {
  if (!(target instanceof Element)) return undefined
  return target.closest<HTMLElement>('[data-id]')?.dataset['id']
}

function heightOf(item: ListItem | undefined, isPhone: boolean): number {
  if (item?.kind === 'lane') return LANE_PX
  return isPhone ? CARD_PX : ROW_PX
}

interface Cursor {
  readonly id: string | undefined
  /** Somebody put it there; else it is only where the Tab key would enter. */
  readonly isChosen: boolean
  /** The keyboard brought it here, so the focus follows. */
  readonly mustFocus: boolean
}

const NOWHERE: Cursor = { id: undefined, isChosen: false, mustFocus: false }

/** j, k, arrows, o and r of the list. The cursor is the row that the Tab key reaches, and stays with its object. */
function useCursor(
  props: ObjectListProps,
  virtual: Virtualizer<HTMLDivElement, Element>,
): readonly [cursor: Cursor, putOn: (id: string) => void] {
  const { items, onEngage, onOpen } = props
  const [chosen, setChosen] = useState<Cursor>(NOWHERE)
  const rechecks = useRechecks()
  const isShown = chosen.id !== undefined && items.some((item) => idOfItem(item) === chosen.id)
  const cursor = isShown ? chosen : { ...NOWHERE, id: neighbour(items, undefined, 1) }

  const move = (step: 1 | -1): void => {
    const next = neighbour(items, isShown ? chosen.id : undefined, step)
    if (next === undefined) return
    onEngage('keyboard')
    setChosen({ id: next, isChosen: true, mustFocus: true })
    virtual.scrollToIndex(items.findIndex((item) => idOfItem(item) === next))
    if (props.openId !== undefined) onOpen(next)
  }
  /** False when no row has been chosen yet. */
  const withChosen = (act: (id: string) => void): boolean => {
    if (!isShown || chosen.id === undefined) return false
    act(chosen.id)
    return true
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    o: () => withChosen(onOpen),
    r: () => withChosen((id) => rechecks.ask(id)),
  })
  const putOn = (id: string): void => {
    if (id !== chosen.id) setChosen({ id, isChosen: true, mustFocus: false })
  }
  return [cursor, putOn]
}
