import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import type { ExplanationAnswer } from '../../wire/api/truth.ts'
import { useApp } from '../app-context.ts'
import { REASONS, SIGHT_LOOKS, sightOf } from '../vantage/marks.ts'
import { Copy, factsOf } from './explain.tsx'

interface PastExplanationProps {
  readonly id: string
  readonly at: number
}

/** Why a verdict was what it was, from the receipt of that time. */
export function PastExplanation({ id, at }: PastExplanationProps): ReactElement {
  const { api } = useApp()
  const { data, error } = useQuery({
    queryKey: ['explanation', id, at],
    queryFn: () => api.explanationAt(id, at),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (data === undefined) return <p className="text-dim">{error?.message ?? 'Asking the hub…'}</p>
  return (
    <div className="flex items-start justify-between gap-3 max-md:flex-col">
      <div className="min-w-0">
        <p className="font-semibold wrap-anywhere">{data.sentence}</p>
        <p className="mt-1 text-dim">{factsOf(data)}</p>
        <ul className="mt-1" aria-label="Witnesses">
          {data.witnesses.map((one) => (
            <li key={one.observer} className="wrap-anywhere">
              {witnessText(one)}
            </li>
          ))}
          {data.setAside.map(({ observer, reason, share }) => (
            <li key={`aside ${observer}`} className="text-dim wrap-anywhere">
              {observer} is set aside: {REASONS[reason]} ({Math.round(share * 100)}%)
            </li>
          ))}
        </ul>
      </div>
      <Copy found={data} />
    </div>
  )
}

function witnessText({
  observer,
  site,
  class: kind,
  run,
  weight,
  falseRate,
}: ExplanationAnswer['witnesses'][number]): string {
  const { letter } = SIGHT_LOOKS[sightOf(kind)]
  const times = run > 1 ? ` ×${run}` : ''
  const wrong = `wrong in ${(falseRate * 100).toFixed(2)}% of such cases`
  return `${letter} ${observer} (site ${site}): ${kind}${times}, weight +${weight.toFixed(1)}, ${wrong}`
}
