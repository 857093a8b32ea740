import { useState, type ReactElement } from 'react'
import type { VantageMatrix } from '../../wire/api/truth.ts'
import { useApp } from '../app-context.ts'
import { useTicking } from '../live/hooks.ts'
import { spanText } from '../state/times.ts'
import { REASONS, SIGHT_LOOKS, sightOf, verdictWord, type Sight } from './marks.ts'

type Observer = VantageMatrix['observers'][number]
type Row = VantageMatrix['rows'][number]
type Cell = Row['cells'][number]

interface MatrixTableProps {
  readonly matrix: VantageMatrix
  readonly onOpen: (id: string) => void
}

/** Scrolls sideways in its own box; names stay in view. */
export function MatrixTable({ matrix, onOpen }: MatrixTableProps): ReactElement {
  const [sortedBy, setSortedBy] = useState<string>()
  const { observers } = matrix
  const rows = sortedRows(matrix, sortedBy)
  return (
    <div className="matrix-box mt-4">
      <table className="matrix" aria-label="Targets by observers">
        <thead>
          <tr>
            <th scope="col">
              <button
                type="button"
                className="matrix-head"
                aria-pressed={sortedBy === undefined}
                onClick={() => setSortedBy(undefined)}
              >
                Target
              </button>
            </th>
            {observers.map((observer) => (
              <Head
                key={observer.name}
                observer={observer}
                isSorting={sortedBy === observer.name}
                onSort={() => setSortedBy(sortedBy === observer.name ? undefined : observer.name)}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} className={row.verdict === 'down' ? 'matrix-down' : ''}>
              <NameOf row={row} onOpen={onOpen} />
              {observers.map((observer, n) => (
                <CellOf
                  key={observer.name}
                  cell={row.cells[n] ?? null}
                  observer={observer}
                  row={row}
                  onOpen={onOpen}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface HeadProps {
  readonly observer: Observer
  readonly isSorting: boolean
  readonly onSort: () => void
}

function Head({ observer, isSorting, onSort }: HeadProps): ReactElement {
  const { name, site, setAside, badShare } = observer
  const facts = [
    site === name ? '' : `site ${site}`,
    setAside === null ? '' : `set aside: ${REASONS[setAside]}`,
    `others contradict ${Math.round(badShare * 100)}% of what it says`,
  ].filter((fact) => fact !== '')
  return (
    <th scope="col" aria-label={name} className={setAside === null ? '' : 'matrix-aside'}>
      <button
        type="button"
        className="matrix-head"
        aria-pressed={isSorting}
        title={`${name}: ${facts.join(', ')}. Failures of it first.`}
        onClick={onSort}
      >
        <span className="block truncate">{name}</span>
        <span className="block truncate text-[11px] font-normal text-dim">
          {setAside === null ? site : 'set aside'}
        </span>
      </button>
    </th>
  )
}

interface NameProps {
  readonly row: Row
  readonly onOpen: (id: string) => void
}

/** A long name is cut, its verdict never. */
function NameOf({ row, onOpen }: NameProps): ReactElement {
  return (
    <th scope="row">
      <span className="flex items-baseline">
        <button
          type="button"
          className="matrix-name link min-w-0 whitespace-nowrap"
          title={row.id.replace('!', ' / ')}
          onClick={() => onOpen(row.id)}
        >
          {row.service === null ? row.host : `${row.host} / ${row.service}`}
        </button>
        <VerdictTag verdict={row.verdict} />
      </span>
    </th>
  )
}

interface CellProps {
  readonly cell: Cell
  readonly observer: Observer
  readonly row: Row
  readonly onOpen: (id: string) => void
}

function CellOf({ cell, observer, row, onOpen }: CellProps): ReactElement {
  const { store } = useApp()
  const age = useTicking(() =>
    cell === null ? '' : spanText(Math.max(0, store.now() - Date.parse(cell.at))),
  )
  const asideClass = observer.setAside === null ? '' : 'matrix-aside'
  if (cell === null)
    return (
      <td className={asideClass} aria-label="nothing">
        <span className="text-dim" title={`${observer.name} does not observe it, or said nothing`}>
          ·
        </span>
      </td>
    )
  const sight: Sight = cell.isFresh ? sightOf(cell.class) : 'nothing'
  const look = SIGHT_LOOKS[sight]
  const latency = cell.latencyMs === null ? '' : `${Math.round(cell.latencyMs)} ms`
  const said = `${observer.name} ${look.word}${relationWords(cell.relation)}, ${age} ago${latency === '' ? '' : `, after ${latency}`}`
  return (
    <td className={asideClass} aria-label={said}>
      <button
        type="button"
        className={`sight-cell ${look.className}`}
        title={said}
        onClick={() => onOpen(row.id)}
      >
        <span className="sr-only">{said}</span>
        <span aria-hidden className="sight-letter">
          {look.letter}
        </span>
        <span aria-hidden className="min-w-0">
          <span className="block leading-4">{age}</span>
          <span className="block truncate text-[11px] leading-3 text-dim">{latency}</span>
        </span>
      </button>
    </td>
  )
}

function relationWords(relation: NonNullable<Cell>['relation']): string {
  if (relation === 'contradicted') return ' (others contradict it)'
  return relation === 'outvoted' ? ' (outvoted)' : ''
}

function VerdictTag({ verdict }: { readonly verdict: Row['verdict'] }): ReactElement | null {
  const word =
    verdict === 'down' || verdict === 'unknown' ? verdict.toUpperCase() : verdictWord(verdict)
  if (word === undefined) return null
  return (
    <span
      className={`ml-2 shrink-0 text-[11px] font-semibold ${verdict === 'down' ? 'text-critical' : 'text-dim'}`}
    >
      {word}
    </span>
  )
}

/** The hub sorts by the worst; a column brings what its observer sees fail to the top. */
function sortedRows(
  { observers, rows }: VantageMatrix,
  sortedBy: string | undefined,
): readonly Row[] {
  const column = observers.findIndex(({ name }) => name === sortedBy)
  if (column < 0) return rows
  const rankOf = ({ cells }: Row): number => {
    const cell = cells[column] ?? null
    if (cell === null) return 3
    if (!cell.isFresh || cell.class === 'unknown') return 1
    return cell.class === 'ok' ? 2 : 0
  }
  return rows.toSorted((a, b) => rankOf(a) - rankOf(b))
}
