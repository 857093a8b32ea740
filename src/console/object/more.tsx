import { useState, type ReactElement, type ReactNode } from 'react'

interface MoreProps<T> {
  readonly items: readonly T[]
  readonly shownAtFirst: number
  readonly children: (shown: readonly T[]) => ReactNode
}

/** The first few; the rest on demand. Pages grow, so that nothing scrolls inside of something that scrolls. */
export function More<T>({ items, shownAtFirst, children }: MoreProps<T>): ReactElement {
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? items : items.slice(0, shownAtFirst)
  return (
    <>
      {children(shown)}
      {items.length > shown.length ? (
        <button type="button" className="button mt-3" onClick={() => setWhole(true)}>
          Show all {items.length}
        </button>
      ) : null}
    </>
  )
}
