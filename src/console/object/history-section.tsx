import { useQuery } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import type { ChangeRow, HistoryRow } from '../../wire/api/objects.ts'
import { useApp } from '../app-context.ts'
import { useKeys } from '../keyboard.ts'
import type { LiveRow } from '../live/row.ts'
import { Choice } from '../shell/choice.tsx'
import { plainText } from '../state/plain-text.ts'
import { StateChip } from '../state/state-chip.tsx'
import { sinceText, stampText, utcText } from '../state/times.ts'
import { More } from './more.tsx'
import { PastExplanation } from './past-explanation.tsx'
import { Section } from './section.tsx'

type View = 'Decided' | 'Raw results'
const VIEWS: readonly View[] = ['Decided', 'Raw results']

const WEEK_MS = 7 * 24 * 60 * 60_000
const DAY_MS = 24 * 60 * 60_000
const LIMIT = 100

/** The past in two readings: what was decided, and the results it was decided from. */
export function HistorySection({ row }: { readonly row: LiveRow }): ReactElement {
  const [view, setView] = useState<View>('Decided')
  useKeys({ t: () => setView(view === 'Decided' ? 'Raw results' : 'Decided') })
  return (
    <Section
      title="History"
      aside={
        <Choice label="Reading of the history" options={VIEWS} value={view} onChange={setView} />
      }
    >
      {view === 'Decided' ? <Decided row={row} /> : <Raw row={row} />}
    </Section>
  )
}

function Decided({ row }: { readonly row: LiveRow }): ReactElement {
  const { api, store } = useApp()
  const query = useQuery({
    queryKey: ['changes', row.id, row.state, row.type, row.attempt, row.lastChangeAt],
    queryFn: () => {
      const to = store.now() + 60_000
      return api.changes({ id: row.id, from: to - WEEK_MS, to, limit: LIMIT })
    },
    placeholderData: (before) => before,
  })
  return (
    <Table
      head={['State', 'When', 'Attempt', 'Output']}
      problem={query.error?.message}
      isLoading={query.isPending}
      whenEmpty={calmSentence(row, store.now())}
      rows={(query.data ?? []).map((change) => decidedRow(change, row))}
    />
  )
}

/** The first result of an object is no change of its state. */
function calmSentence(row: LiveRow, now: number): string {
  if (row.lastChangeAt === null) return 'No result yet.'
  if (now - row.lastChangeAt > WEEK_MS) return 'No change of state in the last 7 days.'
  return `No change of state since its first result (${sinceText(row.lastChangeAt, now)}).`
}

function decidedRow(change: ChangeRow, { id, maxAttempts, seenBy }: LiveRow): TableRow {
  return {
    explains: seenBy === null ? undefined : id,
    key: `${change.at}${change.to}${change.attempt}${change.type}`,
    state: change.to,
    at: Date.parse(change.at),
    fact: change.type === 'soft' ? `soft ${change.attempt}/${maxAttempts}` : 'hard',
    output: change.output,
  }
}

function Raw({ row }: { readonly row: LiveRow }): ReactElement {
  const { api, store } = useApp()
  const query = useQuery({
    queryKey: ['history', row.id, row.lastCheckAt],
    queryFn: () => {
      const to = store.now() + 60_000
      return api.history({ id: row.id, from: to - DAY_MS, to, limit: LIMIT })
    },
    placeholderData: (before) => before,
  })
  return (
    <Table
      head={['State', 'Finished', 'Used as', 'Output']}
      problem={query.error?.message}
      isLoading={query.isPending}
      whenEmpty="No result in the last 24 hours."
      rows={(query.data ?? []).map(rawRow)}
    />
  )
}

function rawRow(result: HistoryRow, place: number): TableRow {
  return {
    explains: undefined,
    key: `${result.collector}${result.finishedAt}${place}`,
    state: result.state,
    at: Date.parse(result.finishedAt),
    fact: result.use,
    output: result.output,
  }
}

interface TableRow {
  readonly key: string
  readonly state: ChangeRow['to']
  readonly at: number
  readonly fact: string
  readonly output: string
  /** The object of several observers whose verdict this is. */
  readonly explains: string | undefined
}

interface TableProps {
  readonly head: readonly string[]
  readonly rows: readonly TableRow[]
  readonly problem: string | undefined
  readonly isLoading: boolean
  readonly whenEmpty: string
}

function Table({ head, rows, problem, isLoading, whenEmpty }: TableProps): ReactElement {
  if (problem !== undefined) return <p className="text-dim">{problem}</p>
  if (isLoading) return <div className="skeleton h-24" />
  if (rows.length === 0) return <p className="text-dim">{whenEmpty}</p>
  return (
    <More items={rows} shownAtFirst={15}>
      {(shown) => (
        <div className="overflow-hidden rounded-lg border border-line">
          <table className="w-full table-fixed">
            <thead className="bg-surface text-left text-[12px] text-dim">
              <tr>
                {head.map((title, place) => (
                  <th
                    key={title}
                    scope="col"
                    className={`px-3 py-1.5 font-medium ${WIDTHS[place] ?? ''}`}
                  >
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <HistoryLine key={row.key} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </More>
  )
}

function HistoryLine({ row }: { readonly row: TableRow }): ReactElement {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <tr className="border-t border-line align-top">
        <td className="px-3 py-1.5">
          <StateChip state={row.state} />
        </td>
        <td className="px-3 py-1.5 whitespace-nowrap" title={utcText(row.at)}>
          {stampText(row.at)}
        </td>
        <td className="px-3 py-1.5 whitespace-nowrap text-dim max-md:hidden">{row.fact}</td>
        <td className="px-3 py-1.5 text-dim wrap-anywhere">
          {plainText(row.output)}{' '}
          {row.explains === undefined ? null : (
            <button
              type="button"
              className="link"
              aria-expanded={isOpen}
              aria-label={`Why, ${stampText(row.at)}`}
              onClick={() => setOpen(!isOpen)}
            >
              Why
            </button>
          )}
        </td>
      </tr>
      {isOpen && row.explains !== undefined ? (
        <tr className="bg-surface">
          <td colSpan={4} className="px-3 py-2">
            <PastExplanation id={row.explains} at={row.at} />
          </td>
        </tr>
      ) : null}
    </>
  )
}

const WIDTHS = ['w-[64px]', 'w-[166px]', 'w-[88px] max-md:hidden', '']
