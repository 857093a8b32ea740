import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { useApp } from '../app-context.ts'
import { useTicking } from '../live/hooks.ts'
import type { LiveRow } from '../live/row.ts'
import { STATE_LOOKS, type StateName } from '../state/states.ts'
import { sinceText, spanText } from '../state/times.ts'
import { segmentsOf, stripSentence, type Segment } from './strip.ts'

const DAY_MS = 24 * 60 * 60_000
const WIDTH = 1_440
const HEIGHT = 28

interface StateStripProps {
  readonly row: LiveRow
  /** ms since the epoch; `null` while it is not known. */
  readonly knownFrom: number | null
}

/** The last 24 hours. The worse a state, the higher its bar, so that it can be read without colours. */
export function StateStrip({ row, knownFrom }: StateStripProps): ReactElement {
  const { api, store } = useApp()
  const minute = useTicking(() => Math.floor(Date.now() / 60_000))
  const query = useQuery({
    queryKey: ['strip', row.id, row.state, row.lastChangeAt],
    queryFn: () => {
      const to = store.now()
      return api.changes({ id: row.id, from: to - DAY_MS, to: to + 60_000, limit: 1_000 })
    },
    placeholderData: (before) => before,
  })
  const to = Math.max(minute * 60_000, store.now())
  const from = to - DAY_MS
  const changes = query.data ?? []
  const segments = segmentsOf({ changes, current: row.state, knownFrom, from, to })
  const text = stripSentence(segments)
  return (
    <figure>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`The last 24 hours: ${text}`}
        className="block h-7 w-full rounded-sm bg-surface"
      >
        {query.isSuccess ? segments.map((segment) => bar(segment, from, to)) : null}
      </svg>
      <figcaption className="mt-1 text-[12px] text-dim">
        <span className="flex justify-between">
          <span>24 h ago</span>
          <span>now</span>
        </span>
        <span className="mt-1 block text-[13px] text-text">
          {query.isError ? query.error.message : text.replaceAll(' %', '\u00a0%')}
        </span>
      </figcaption>
    </figure>
  )
}

function bar(segment: Segment, from: number, to: number): ReactElement {
  const x = ((segment.from - from) / DAY_MS) * WIDTH
  const width = Math.max(2, ((segment.to - segment.from) / DAY_MS) * WIDTH)
  const height = HEIGHT * (HEIGHTS[segment.state] ?? 1)
  const { word } = STATE_LOOKS[segment.state]
  return (
    <rect
      key={`${segment.from}${segment.state}`}
      x={Math.min(x, WIDTH - width)}
      y={HEIGHT - height}
      width={width}
      height={height}
      fill={FILLS[segment.state]}
    >
      <title>{`${word} ${sinceText(segment.from, to)}, ${spanText(segment.to - segment.from)}`}</title>
    </rect>
  )
}

const HEIGHTS: Readonly<Record<StateName, number>> = {
  ok: 0.4,
  up: 0.4,
  pending: 0.15,
  unreachable: 0.6,
  unknown: 0.6,
  warning: 0.75,
  critical: 1,
  down: 1,
}
const FILLS: Readonly<Record<StateName, string>> = {
  ok: 'var(--fill-ok)',
  up: 'var(--fill-ok)',
  pending: 'var(--edge)',
  unreachable: 'var(--fill-quiet)',
  unknown: 'var(--fill-unknown)',
  warning: 'var(--fill-warning)',
  critical: 'var(--fill-critical)',
  down: 'var(--fill-critical)',
}
