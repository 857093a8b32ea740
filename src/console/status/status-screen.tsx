import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import type { SystemStatus } from '../../wire/api/actions.ts'
import { useApp } from '../app-context.ts'
import { stampText } from '../state/times.ts'
import { valueText } from '../object/value-text.ts'

const REFRESH_MS = 5_000

/** Is the monitor itself well? */
export function StatusScreen(): ReactElement {
  const { api } = useApp()
  const query = useQuery({
    queryKey: ['status'],
    queryFn: () => api.status(),
    refetchInterval: REFRESH_MS,
  })
  return (
    <div className="min-h-0 flex-1 overflow-y-auto p-5 max-md:p-4">
      <h1 className="text-[20px] font-semibold">Status of this hub</h1>
      {query.isError ? (
        <p role="alert" className="mt-3">
          {query.error.message}
        </p>
      ) : null}
      {query.data === undefined ? null : <StatusTable status={query.data} />}
      <p className="mt-6 flex flex-wrap gap-x-5 gap-y-1">
        <a className="link" href="/api/docs">
          API documentation
        </a>
        <a className="link" href="/metrics">
          Metrics
        </a>
      </p>
    </div>
  )
}

function StatusTable({ status }: { readonly status: SystemStatus }): ReactElement {
  return (
    <dl className="mt-4 grid max-w-3xl grid-cols-[repeat(auto-fill,minmax(min(240px,46%),1fr))] gap-3">
      {factsOf(status).map(([name, value, isWrong]) => (
        <div
          key={name}
          className="rounded-lg border border-line bg-surface px-4 py-3"
          style={isWrong ? { borderColor: 'var(--text-critical)', borderWidth: 2 } : undefined}
        >
          <dt className="text-dim">{name}</dt>
          <dd className="mt-0.5 text-[15px] font-semibold wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

type FactLine = readonly [name: string, value: string, isWrong: boolean]

function factsOf(status: SystemStatus): readonly FactLine[] {
  const { outbox, executor } = status
  const lost = outbox.lost > 0 ? `, ${outbox.lost} lost` : ''
  return [
    ['Database', status.database, status.database !== 'ok'],
    ['Results', `${status.resultsPerSecond.toFixed(1)} per second`, false],
    ['Waiting in the outbox', `${outbox.waiting}${lost}`, outbox.lost > 0],
    ['Checks running', `${executor.running} of ${executor.slots} slots`, false],
    ['Checks waiting for a slot', String(executor.waiting), false],
    ['Lateness, 99 % of checks within', valueText(executor.latenessP99Ms, 'ms'), false],
    ['Configured', `${status.hosts} hosts, ${status.services} services`, false],
    ['Configuration revision', status.revision.slice(0, 12), false],
    ['Running since', stampText(Date.parse(status.startedAt)), false],
    ['Version', status.version, false],
  ]
}
