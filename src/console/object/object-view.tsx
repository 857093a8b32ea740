import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Maximize2, X } from 'lucide-react'
import type { ReactElement } from 'react'
import type { ObjectDetail } from '../../wire/api/objects.ts'
import { useApp } from '../app-context.ts'
import { useAge, useLiveRow, useTicking } from '../live/hooks.ts'
import type { LiveRow } from '../live/row.ts'
import { RecheckButton } from '../recheck-button.tsx'
import { plainText } from '../state/plain-text.ts'
import { StateChip } from '../state/state-chip.tsx'
import { chipStateOf } from '../state/states.ts'
import { Explain } from './explain.tsx'
import { Facts, isPassive } from './facts.tsx'
import { Graphs } from './graphs.tsx'
import { HistorySection } from './history-section.tsx'
import { HostServices } from './host-services.tsx'
import { More } from './more.tsx'
import { Section } from './section.tsx'
import { stateSentence } from './sentence.ts'
import { StateStrip } from './state-strip.tsx'

const LINES_AT_FIRST = 20

interface ObjectViewProps {
  readonly id: string
  /** Of the side panel; a page has none. */
  readonly onClose?: () => void
}

/** Everything about one host or service: what it is, since when, what it said, measured and went through. */
export function ObjectView({ id, onClose }: ObjectViewProps): ReactElement {
  const { api } = useApp()
  const row = useLiveRow(id)
  const detail = useQuery({
    queryKey: ['object', id, row?.lastCheckAt, row?.state],
    queryFn: () => api.object(id),
    enabled: row !== undefined,
    placeholderData: (before) => before,
  })
  if (row === undefined) return <Unknown id={id} onClose={onClose} />
  return (
    <article className={onClose === undefined ? 'p-5 max-md:p-4' : 'p-4'}>
      <Header row={row} detail={detail.data} onClose={onClose} />
      <Verdict row={row} longOutput={detail.data?.longOutput ?? ''} />
      <Explain row={row} />
      {row.kind === 'host' ? <HostServices host={row.host} /> : null}
      <Section title="Last 24 hours">
        <StateStrip row={row} knownFrom={instantOf(detail.data?.firstCheckAt)} />
      </Section>
      <Graphs row={row} />
      <HistorySection row={row} />
      {detail.data === undefined ? (
        <p className="mt-6 text-dim">{detail.error?.message ?? ''}</p>
      ) : (
        <Facts detail={detail.data} />
      )}
    </article>
  )
}

function instantOf(iso: string | null | undefined): number | null {
  return iso === null || iso === undefined ? null : Date.parse(iso)
}

interface HeaderProps {
  readonly row: LiveRow
  /** Until it is here it is taken for an active check. */
  readonly detail: ObjectDetail | undefined
  readonly onClose: (() => void) | undefined
}

function Header({ row, detail, onClose }: HeaderProps): ReactElement {
  const address = detail?.address ?? null
  const Title = onClose === undefined ? 'h1' : 'h2'
  const isHost = row.kind === 'host'
  return (
    <header className="flex items-start justify-between gap-3">
      <div className="min-w-0">
        <Title className="text-[20px] leading-7 font-semibold wrap-anywhere">
          {row.displayName}
        </Title>
        <p className="text-dim wrap-anywhere">
          {isHost ? (
            <span>host{address === null || address === row.host ? '' : ` · ${address}`}</span>
          ) : (
            <>
              on{' '}
              <Link to="/objects/$id" params={{ id: row.host }} className="link">
                {row.host}
              </Link>
              {row.displayName === row.service ? '' : ` · ${row.service}`}
            </>
          )}
        </p>
      </div>
      <div className="flex flex-none items-center gap-1">
        {detail !== undefined && isPassive(detail) ? null : <RecheckButton id={row.id} isLarge />}
        {onClose === undefined ? null : (
          <>
            <Link
              to="/objects/$id"
              params={{ id: row.id }}
              className="icon-button"
              aria-label="Open as a page"
              title="Open as a page (O)"
            >
              <Maximize2 size={15} aria-hidden />
            </Link>
            <button
              type="button"
              className="icon-button"
              aria-label="Close"
              title="Close (Esc)"
              onClick={onClose}
            >
              <X size={17} aria-hidden />
            </button>
          </>
        )}
      </div>
    </header>
  )
}

function Verdict({ row, longOutput }: { row: LiveRow; longOutput: string }): ReactElement {
  const { store } = useApp()
  const sentence = useTicking(() => stateSentence(row, store.now()))
  const age = useAge(row.lastCheckAt)
  const output = plainText(row.output)
  const more = plainText(longOutput).trim()
  return (
    <div className={`mt-4 rounded-lg border border-line ${row.isStale ? 'hatched' : ''}`}>
      <div className="flex items-start gap-3 px-3.5 pt-3">
        <StateChip state={chipStateOf(row)} isLarge />
        <span className="min-w-0 pt-0.5 text-[15px] font-semibold">{sentence}</span>
      </div>
      <div className="px-3.5 pt-2.5 pb-3">
        <p className="font-mono text-[12.5px] whitespace-pre-wrap wrap-anywhere">
          {output === '' ? <span className="text-dim">no output</span> : output}
        </p>
        {more === '' ? null : (
          <More items={more.split('\n')} shownAtFirst={LINES_AT_FIRST}>
            {(lines) => (
              <pre className="mt-2 border-t border-line pt-2 font-mono text-[12px] whitespace-pre-wrap text-dim wrap-anywhere">
                {lines.join('\n')}
              </pre>
            )}
          </More>
        )}
        <p className="mt-2 text-[12px] text-dim">
          {row.lastCheckAt === null ? 'Never checked.' : `Checked ${age} ago.`}
        </p>
      </div>
    </div>
  )
}

interface UnknownProps {
  readonly id: string
  readonly onClose: (() => void) | undefined
}

/** Before the first snapshot nothing is known; after it, this address names nothing. */
function Unknown({ id, onClose }: UnknownProps): ReactElement {
  return (
    <div className="p-5">
      <p className="text-[17px] font-semibold wrap-anywhere">{id.replace('!', ' / ')}</p>
      <p className="mt-1 text-dim">No host or service of this name is configured.</p>
      {onClose === undefined ? null : (
        <button type="button" className="button mt-4" onClick={onClose}>
          Close
        </button>
      )}
    </div>
  )
}
