import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
import { useKeys } from '../keyboard.ts'
import type { ListSearch } from '../list-search.ts'
import { ObjectView } from '../object/object-view.tsx'

interface WithPanelProps {
  readonly openId: string | undefined
  readonly children: ReactNode
}

/** A list with the object that is read beside it, never over it. */
export function WithPanel({ openId, children }: WithPanelProps): ReactElement {
  const search: ListSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const close = (): void => {
    document.querySelector<HTMLElement>('[role=row][tabindex="0"]')?.focus()
    void navigate({ to: '.', search: { ...search, open: undefined } })
  }
  useKeys({
    Escape: () => {
      if (openId === undefined) {
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
        return
      }
      close()
    },
    O: () => {
      if (openId === undefined) return false
      void navigate({ to: '/objects/$id', params: { id: openId } })
      return true
    },
  })
  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">{children}</div>
      {openId === undefined ? null : (
        <aside
          aria-label="Details"
          className="w-[40%] min-w-[420px] flex-none overflow-y-auto border-l border-line bg-page"
        >
          <ObjectView key={openId} id={openId} onClose={close} />
        </aside>
      )}
    </div>
  )
}
