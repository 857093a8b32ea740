import { Check, RefreshCw, TriangleAlert } from 'lucide-react'
import type { ReactElement } from 'react'
import { useMayAct } from './app-context.ts'
import { useRecheck, useRechecks, type Recheck } from './rechecks.ts'

interface RecheckButtonProps {
  readonly id: string
  /** With its word, for pages; the icon alone in rows. */
  readonly isLarge?: boolean
}

/** Runs the check now; its icon follows the request until the result is here. */
export function RecheckButton({ id, isLarge = false }: RecheckButtonProps): ReactElement {
  const rechecks = useRechecks()
  const recheck = useRecheck(id)
  const mayAct = useMayAct()
  const isBusy = recheck?.kind === 'asking' || recheck?.kind === 'waiting'
  const label = mayAct ? wordOf(recheck) : 'Viewers cannot recheck'
  return (
    <button
      type="button"
      className={isLarge ? 'button' : 'icon-button size-6!'}
      disabled={isBusy || !mayAct}
      title={isLarge ? undefined : label}
      aria-label={isLarge ? undefined : `${label}: ${id.replace('!', ' / ')}`}
      onClick={(event) => {
        event.stopPropagation()
        rechecks.ask(id)
      }}
    >
      <RecheckIcon recheck={recheck} />
      {isLarge ? label : null}
    </button>
  )
}

function RecheckIcon({ recheck }: { readonly recheck: Recheck | undefined }): ReactElement {
  if (recheck?.kind === 'done') return <Check size={14} aria-hidden />
  if (recheck?.kind === 'failed') return <TriangleAlert size={14} aria-hidden />
  return <RefreshCw size={14} aria-hidden className={recheck === undefined ? '' : 'spin'} />
}

function wordOf(recheck: Recheck | undefined): string {
  switch (recheck?.kind) {
    case undefined:
      return 'Recheck now'
    case 'asking':
      return 'Asking'
    case 'waiting':
      return 'Checking'
    case 'done':
      return 'Checked'
    case 'failed':
      return recheck.reason
  }
}
