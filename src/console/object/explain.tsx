import { useQuery } from '@tanstack/react-query'
import { useState, type ReactElement } from 'react'
import type { ExplanationAnswer, Reports } from '../../wire/api/truth.ts'
import { useApp } from '../app-context.ts'
import { useTicking } from '../live/hooks.ts'
import type { LiveRow } from '../live/row.ts'
import { spanText, stampText, utcText } from '../state/times.ts'
import { REASONS, SIGHT_LOOKS, sightOf } from '../vantage/marks.ts'
import { explanationText } from './explanation-text.ts'
import { Section } from './section.tsx'

const REFRESH_MS = 3_000

/** Why the verdict of several observers is what it is. Nothing for an object of one observer. */
export function Explain({ row }: { readonly row: LiveRow }): ReactElement | null {
  if (row.seenBy === null) return null
  return <Explained row={row} />
}

function Explained({ row }: { readonly row: LiveRow }): ReactElement {
  const { api } = useApp()
  const key = [row.id, row.verdict, row.seenBy?.marks]
  const explanation = useQuery({
    queryKey: ['explanation', ...key],
    queryFn: () => api.explanation(row.id),
    refetchInterval: REFRESH_MS,
    placeholderData: (before) => before,
  })
  const reports = useQuery({
    queryKey: ['reports', ...key],
    queryFn: () => api.reports(row.id),
    refetchInterval: REFRESH_MS,
    placeholderData: (before) => before,
  })
  const found = explanation.data
  return (
    <Section title="Why" aside={found === undefined ? null : <Copy found={found} />}>
      {found === undefined ? (
        <p className="text-dim">{explanation.error?.message ?? 'Asking the hub…'}</p>
      ) : (
        <>
          <p className="font-semibold wrap-anywhere">{found.sentence}</p>
          <p className="mt-1 text-dim">{factsOf(found)}</p>
          <Penalty items={reports.data?.items ?? []} />
          <EvidenceTable found={found} items={reports.data?.items ?? []} />
          <OtherRules found={found} />
        </>
      )}
    </Section>
  )
}

export function factsOf({ rule, evidence, needed, cause }: ExplanationAnswer): string {
  const parts = [`rule ${rule}`]
  if (rule === 'evidence')
    parts.push(`evidence ${evidence.toFixed(1)} of ${needed.toFixed(1)} needed`)
  if (cause !== null) parts.push(`cause: ${cause.scope} ${cause.name.replace('!', ' / ')}`)
  return parts.join(' · ')
}

/** Silence waits for others to speak; the clock is that of the hub. */
function Penalty({ items }: { readonly items: Reports['items'] }): ReactElement | null {
  const { store } = useApp()
  const waiting = items.filter(({ penalisedUntil }) => penalisedUntil !== null)
  const text = useTicking(() =>
    waiting
      .map(({ observer, penalisedUntil }) => {
        const leftMs = Date.parse(penalisedUntil ?? '') - store.now()
        return `${observer} for ${spanText(Math.max(0, leftMs))} at most`
      })
      .join(', '),
  )
  return text === '' ? null : (
    <p className="mt-2 rounded-md bg-amber px-3 py-1.5 text-on-amber">
      Silence waits for what others say: {text}.
    </p>
  )
}

interface EvidenceProps {
  readonly found: ExplanationAnswer
  readonly items: Reports['items']
}

function EvidenceTable({ found, items }: EvidenceProps): ReactElement | null {
  const { store } = useApp()
  if (items.length === 0) return null
  const wrong = new Map(found.witnesses.map(({ observer, falseRate }) => [observer, falseRate]))
  return (
    <table className="mt-3 w-full text-left" aria-label="What each observer says">
      <thead className="text-[12px] text-dim">
        <tr>
          <th className="pr-3 font-normal">Observer</th>
          <th className="pr-3 font-normal">Says</th>
          <th className="pr-3 text-right font-normal">Weight</th>
          <th className="pr-3 text-right font-normal">Age</th>
          <th className="font-normal">Use</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.observer} className="border-t border-line align-top">
            <td className="py-1 pr-3 wrap-anywhere" title={`site ${item.site}`}>
              {item.observer}
            </td>
            <td className="py-1 pr-3">{saysText(item)}</td>
            <td className="py-1 pr-3 text-right" title={rateText(wrong.get(item.observer))}>
              {item.weight === 0 ? '' : `+${item.weight.toFixed(1)}`}
            </td>
            <td
              className="py-1 pr-3 text-right whitespace-nowrap"
              title={item.at === null ? 'never' : utcText(Date.parse(item.at))}
            >
              {item.at === null ? '–' : spanText(Math.max(0, store.now() - Date.parse(item.at)))}
            </td>
            <td className="py-1 wrap-anywhere">{madeOf(item)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

type Item = Reports['items'][number]

function saysText({ class: kind, run }: Item): string {
  if (kind === null) return 'nothing yet'
  const { letter } = SIGHT_LOOKS[sightOf(kind)]
  return run > 1 ? `${letter} ${kind} ×${run}` : `${letter} ${kind}`
}

function madeOf({ setAside, penalisedUntil, relation, isFresh, class: kind }: Item): string {
  if (setAside !== null) return `set aside: ${REASONS[setAside]}`
  if (kind === null) return ''
  if (!isFresh) return 'too old'
  if (penalisedUntil !== null) return 'waits for others'
  if (relation === 'contradicted' || relation === 'outvoted') return relation
  return kind === 'unknown' ? 'no vote' : 'counts'
}

function rateText(rate: number | undefined): string {
  return rate === undefined ? '' : `wrong in ${(rate * 100).toFixed(2)}% of such cases`
}

function OtherRules({ found }: { readonly found: ExplanationAnswer }): ReactElement | null {
  const others = found.otherRules.filter(({ rule }) => rule !== found.rule)
  if (others.length === 0) return null
  return (
    <p className="mt-3 text-dim">
      Other rules would say:{' '}
      {others.map(({ rule, kind }) => `${rule} ${kind.toUpperCase()}`).join(', ')}.
    </p>
  )
}

/** Takes it along, for a ticket or a message. */
export function Copy({ found }: { readonly found: ExplanationAnswer }): ReactElement {
  const [isDone, setDone] = useState(false)
  return (
    <button
      type="button"
      className="button"
      onClick={() => {
        void navigator.clipboard
          .writeText(explanationText(found, stampText(Date.parse(found.at))))
          .then(() => setDone(true))
      }}
    >
      {isDone ? 'Copied' : 'Copy as text'}
    </button>
  )
}
