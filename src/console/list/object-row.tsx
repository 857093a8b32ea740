import { memo, useEffect, useRef, type ReactElement } from 'react'
import { useAge, useLiveRow } from '../live/hooks.ts'
import type { LiveRow } from '../live/row.ts'
import { RecheckButton } from '../recheck-button.tsx'
import { useRecheck } from '../rechecks.ts'
import { plainText } from '../state/plain-text.ts'
import { StateChip } from '../state/state-chip.tsx'
import { chipStateOf, STATE_LOOKS } from '../state/states.ts'
import { utcText } from '../state/times.ts'
import { verdictWord } from '../vantage/marks.ts'
import { SeenDots } from '../vantage/seen-dots.tsx'

export interface ObjectRowProps {
  readonly id: string
  readonly symptoms: number
  readonly isPhone: boolean
  readonly isOpen: boolean
  readonly isFresh: boolean
  /** The one row of the list that the Tab key reaches. */
  readonly isCursor: boolean
  /** It is to take the focus once it is drawn. */
  readonly mustFocus: boolean
  readonly rowIndex: number
  /** Pointer or cursor is on it: only then it shows what can be done. */
  readonly isAtHand: boolean
}

/** One host or service, drawn again only when it changes itself. The list hears its clicks and keys. */
export const ObjectRow = memo(function ObjectRow(props: ObjectRowProps): ReactElement {
  const { id, isCursor, mustFocus } = props
  const row = useLiveRow(id)
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (mustFocus) element.current?.focus({ preventScroll: true })
  }, [mustFocus])
  const look = `${props.isFresh ? 'list-fresh' : ''} ${row?.isStale === true ? 'hatched text-dim' : ''}`
  return (
    <div
      ref={element}
      role="row"
      tabIndex={isCursor ? 0 : -1}
      aria-rowindex={props.rowIndex}
      aria-selected={props.isOpen}
      data-id={id}
      className={`cursor-pointer ${props.isPhone ? 'h-full' : 'list-columns'} list-row ${look}`}
    >
      {row === undefined ? (
        <div role="gridcell" className="col-span-full text-dim">
          {id.replace('!', ' / ')} left the configuration
        </div>
      ) : props.isPhone ? (
        <CardCells row={row} symptoms={props.symptoms} />
      ) : (
        <ColumnCells row={row} symptoms={props.symptoms} isAtHand={props.isAtHand} />
      )}
    </div>
  )
})

interface CellsProps {
  readonly row: LiveRow
  readonly symptoms: number
}

function ColumnCells({
  row,
  symptoms,
  isAtHand,
}: CellsProps & { isAtHand: boolean }): ReactElement {
  const recheck = useRecheck(row.id)
  return (
    <>
      <div role="gridcell">
        <StateChip state={chipStateOf(row)} />
      </div>
      <div role="gridcell" className="truncate text-dim">
        <Age at={row.lastChangeAt} />
      </div>
      <div role="gridcell" className={`truncate ${weightOf(row)}`} title={row.host}>
        {row.kind === 'host' ? row.displayName : row.host}
      </div>
      <div role="gridcell" className={`truncate ${weightOf(row)}`} title={row.service ?? ''}>
        {row.kind === 'host' ? <span className="font-normal text-dim">host</span> : row.displayName}
      </div>
      <div role="gridcell" className="truncate text-dim" title={plainText(row.output)}>
        {plainText(row.output)}
      </div>
      <div role="gridcell" className="list-flags flex justify-end gap-1.5 overflow-hidden">
        <Flags row={row} symptoms={symptoms} />
      </div>
      <div role="gridcell" className="flex justify-end">
        {isAtHand || recheck !== undefined ? <RecheckButton id={row.id} /> : null}
      </div>
    </>
  )
}

function CardCells({ row, symptoms }: CellsProps): ReactElement {
  return (
    <div role="gridcell" className="grid h-full grid-cols-[40px_1fr] gap-x-3 px-3 py-2.5">
      <StateChip state={chipStateOf(row)} />
      <div className="min-w-0">
        <div className="flex items-baseline gap-2">
          <span className={`min-w-0 truncate text-[15px] leading-5 ${weightOf(row)}`}>
            {row.displayName}
          </span>
          <span className="ml-auto flex-none text-dim">
            <Age at={row.lastChangeAt} />
          </span>
        </div>
        <div className="flex items-center gap-2 text-dim">
          <span className="min-w-0 truncate">{row.kind === 'host' ? 'host' : row.host}</span>
          <span className="ml-auto flex flex-none gap-1.5">
            <Flags row={row} symptoms={symptoms} />
          </span>
        </div>
        <div className="truncate text-dim">{plainText(row.output)}</div>
      </div>
    </div>
  )
}

function Age({ at }: { readonly at: number | null }): ReactElement {
  const text = useAge(at)
  return <span title={at === null ? 'never' : utcText(at)}>{text}</span>
}

function Flags({ row, symptoms }: CellsProps): ReactElement {
  const word = verdictWord(row.verdict)
  return (
    <>
      <SeenDots seenBy={row.seenBy} />
      {word === undefined ? null : (
        <Flag text={word} title={`verdict of several observers: ${word}`} />
      )}
      {row.isStale && row.isProblem ? <Flag text={`was ${STATE_LOOKS[row.state].word}`} /> : null}
      {row.isFlapping ? (
        <Flag text="≈" title="flapping: changes its state again and again" />
      ) : null}
      {row.type === 'soft' && row.isProblem ? (
        <Flag
          text={`soft ${row.attempt}/${row.maxAttempts}`}
          title={`not confirmed yet: attempt ${row.attempt} of ${row.maxAttempts}`}
        />
      ) : null}
      {symptoms > 0 ? (
        <Flag text={`+${symptoms}`} title={`${symptoms} services of it are in trouble too`} />
      ) : null}
    </>
  )
}

function Flag({ text, title }: { readonly text: string; readonly title?: string }): ReactElement {
  return (
    <span
      title={title}
      className="truncate rounded border border-line px-1 text-[11px] leading-4 text-dim"
    >
      {text}
    </span>
  )
}

/** Severity is weight too. */
function weightOf(row: LiveRow): string {
  const isWorst = (row.state === 'critical' || row.state === 'down') && !row.isStale
  return isWorst ? 'font-semibold' : 'font-medium'
}
