import type { ReactElement } from 'react'

const WIDTHS = [62, 48, 71, 55, 66, 40, 58, 74, 51]

/** Until the first snapshot is here. */
export function ListSkeleton(): ReactElement {
  return (
    <div aria-busy="true" aria-label="Loading" role="status" className="p-4">
      {WIDTHS.map((width, place) => (
        <div key={place} className="flex h-9 items-center gap-4">
          <div className="skeleton h-5 w-9" />
          <div className="skeleton h-3.5 w-14" />
          <div className="skeleton h-3.5" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  )
}
