import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState, type ReactElement } from 'react'
import { useApp } from '../app-context.ts'
import type { LiveRow } from '../live/row.ts'
import { Choice } from '../shell/choice.tsx'
import { useScheme } from '../theme.ts'
import { More } from './more.tsx'
import { Section } from './section.tsx'

const Graph = lazy(() => import('./graph.tsx'))

const HOUR_MS = 60 * 60_000
const RANGES = { '1 h': HOUR_MS, '24 h': 24 * HOUR_MS, '7 d': 7 * 24 * HOUR_MS } as const
type Range = keyof typeof RANGES

const POINTS = 400
/** A disk check of a storage server has hundreds of labels; more are drawn on demand. */
const SHOWN_AT_FIRST = 8

/** What the check measured. Grows with every result while it is open. */
export function Graphs({ row }: { readonly row: LiveRow }): ReactElement | null {
  const { api, store } = useApp()
  const scheme = useScheme()
  const [range, setRange] = useState<Range>('1 h')
  // A week moves by minutes, an hour by results.
  const step = range === '7 d' ? Math.floor((row.lastCheckAt ?? 0) / 300_000) : row.lastCheckAt
  const query = useQuery({
    queryKey: ['series', row.id, range, step],
    queryFn: async () => {
      const to = store.now() + 1_000
      const from = to - RANGES[range]
      return { from, to, series: await api.series({ id: row.id, from, to, points: POINTS }) }
    },
    placeholderData: (before) => before,
  })
  const { from, to } = query.data ?? { from: 0, to: 0 }
  const all = (query.data?.series ?? []).filter((series) => series.at.length > 0)
  if (query.isSuccess && all.length === 0 && range === '1 h') return null
  return (
    <Section
      title="Measurements"
      aside={<Choice label="Range" options={RANGE_NAMES} value={range} onChange={setRange} />}
    >
      {query.isError ? <p className="text-dim">{query.error.message}</p> : null}
      {query.isSuccess && all.length === 0 ? (
        <p className="text-dim">Nothing was measured in this time.</p>
      ) : null}
      <Suspense fallback={<div className="skeleton h-40" />}>
        <More items={all} shownAtFirst={SHOWN_AT_FIRST}>
          {(shown) => (
            <div className="grid grid-cols-[repeat(auto-fill,minmax(min(340px,100%),1fr))] gap-x-6 gap-y-5">
              {shown.map((series) => (
                <Graph
                  key={`${series.label} ${series.unit} ${scheme}`}
                  series={series}
                  from={from}
                  to={to}
                />
              ))}
            </div>
          )}
        </More>
      </Suspense>
    </Section>
  )
}

const RANGE_NAMES = Object.keys(RANGES) as Range[]
