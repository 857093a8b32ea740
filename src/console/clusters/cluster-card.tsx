import { Link } from '@tanstack/react-router'
import { Settings2 } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import type { ClusterRow, CollectorRow } from '../../wire/api/network.ts'
import { useMayAct } from '../app-context.ts'
import { useIsPhone } from '../media.ts'
import { plainText } from '../state/plain-text.ts'
import { CELLS, Health, Subtitle, UNKNOWN } from './collector-cells.tsx'
import { JoinGuide } from './join-guide.tsx'
import { BadChip, WarningChip } from './network-chips.tsx'
import { counted, isEverywhere, type ClusterSection } from './network-view.ts'

interface ClusterCardProps {
  readonly section: ClusterSection
  /** Somebody wants to tell this collector something. */
  readonly onManage: (row: CollectorRow) => void
}

/** A cluster: what it has to check, and who does it. */
export function ClusterCard({ section, onManage }: ClusterCardProps): ReactElement {
  const { cluster, collectors } = section
  const isPhone = useIsPhone()
  const title = `cluster-${cluster.name}`
  return (
    <section
      id={title}
      aria-labelledby={`${title}-name`}
      className="mt-5 scroll-mt-4 overflow-hidden rounded-lg border border-line"
    >
      <header className="bg-surface px-4 py-3">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h2 id={`${title}-name`} className="text-[15px] font-semibold">
            <Permalink place={title} word={cluster.name} />
          </h2>
          {cluster.alias === cluster.name ? null : <span>{cluster.alias}</span>}
          {cluster.site === '' ? null : <span className="text-dim">{cluster.site}</span>}
          {cluster.blindSince === null ? null : <BadChip word="blind" />}
          {cluster.isAgreed ? null : <WarningChip word="members do not agree" />}
        </div>
        <ClusterFacts cluster={cluster} />
        {cluster.notes === '' ? null : (
          <p className="mt-1 text-dim wrap-anywhere">{plainText(cluster.notes)}</p>
        )}
      </header>
      {collectors.length === 0 ? (
        <div className="border-t border-line px-4 py-4">
          <JoinGuide cluster={cluster.name} />
        </div>
      ) : isPhone ? (
        <ul>
          {collectors.map((row) => (
            <CollectorCard key={row.id} row={row} cluster={cluster.name} onManage={onManage} />
          ))}
        </ul>
      ) : (
        <CollectorTable rows={collectors} cluster={cluster.name} onManage={onManage} />
      )}
    </section>
  )
}

function ClusterFacts({ cluster }: { readonly cluster: ClusterRow }): ReactElement {
  const { live, late, lost, hosts, services, assignedHosts } = cluster
  const members = [
    `${live} live`,
    ...(late > 0 ? [`${late} late`] : []),
    ...(lost > 0 ? [`${lost} lost`] : []),
  ]
  const facts: readonly (readonly [name: string, value: ReactNode])[] = [
    ['Collectors', members.join(', ')],
    ['Hosts', `${hosts}, ${assignedHosts} assigned`],
    ['Services', String(services)],
    ['Members', live < 2 ? null : cluster.isAgreed ? 'see the same' : 'see different members'],
    [
      'Takeover',
      cluster.silenceMs === 0
        ? null
        : `after ${cluster.silenceMs / 1_000} s, ${counted(cluster.takeoverRate, 'check')}/s`,
    ],
    ['SSH tunnel', cluster.tunnel],
  ]
  return (
    <dl className="mt-1.5 flex flex-wrap gap-x-6 gap-y-1">
      {facts.map(([name, value]) =>
        value === null ? null : (
          <div key={name} className="flex gap-1.5">
            <dt className="text-dim">{name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}

interface CollectorTableProps {
  readonly rows: readonly CollectorRow[]
  readonly cluster: string
  readonly onManage: (row: CollectorRow) => void
}

function CollectorTable({ rows, cluster, onManage }: CollectorTableProps): ReactElement {
  return (
    <div
      role="region"
      aria-label={`Collectors of ${cluster}`}
      className="overflow-x-auto border-t border-line -outline-offset-2"
    >
      <table className="w-full min-w-[1240px] table-fixed">
        <thead className="text-left text-[12px] text-dim">
          <tr>
            <th scope="col" className="w-[132px] py-1.5 pr-3 pl-4 font-medium">
              Collector
            </th>
            <th scope="col" className="w-[156px] px-3 font-medium">
              Health
            </th>
            {CELLS.map(({ title, width, isNumber }) => (
              <th
                key={title}
                scope="col"
                className={`px-3 font-medium whitespace-nowrap ${width} ${isNumber === true ? 'text-right' : ''}`}
              >
                {title}
              </th>
            ))}
            <th scope="col" className="w-[124px] px-3">
              <span className="sr-only">Orders</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={row.id}
              id={`collector-${cluster}.${row.name}`}
              data-id={row.id}
              className="border-t border-line hover:bg-hover"
            >
              <th scope="row" className="py-2 pr-3 pl-4 text-left font-semibold">
                <Permalink place={`collector-${cluster}.${row.name}`} word={row.name} />
                <span className="block font-normal">
                  <Subtitle row={row} />
                </span>
              </th>
              <td className="px-3 py-2">
                <Health row={row} />
              </td>
              {CELLS.map(({ title, draw, isNumber }) => (
                <td
                  key={title}
                  className={`px-3 py-2 ${isNumber === true ? 'text-right whitespace-nowrap' : ''} ${row.health === 'lost' ? 'text-dim' : ''}`}
                >
                  {draw(row)}
                </td>
              ))}
              <td className="px-3 py-1 text-right">
                <ManageButton row={row} onManage={onManage} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface ManageProps {
  readonly row: CollectorRow
  readonly onManage: (row: CollectorRow) => void
}

interface CollectorCardProps extends ManageProps {
  readonly cluster: string
}

function CollectorCard({ row, cluster, onManage }: CollectorCardProps): ReactElement {
  return (
    <li
      id={`collector-${cluster}.${row.name}`}
      data-id={row.id}
      className="border-t border-line px-4 py-3"
    >
      <div className="flex items-start justify-between gap-3">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <span className="text-[15px] font-semibold">
            <Permalink place={`collector-${cluster}.${row.name}`} word={row.name} />
          </span>
          <Health row={row} />
          <Subtitle row={row} />
        </div>
        <ManageButton row={row} onManage={onManage} />
      </div>
      <dl className="mt-2 grid grid-cols-[96px_minmax(0,1fr)] gap-x-3 gap-y-1">
        {CELLS.map(({ title, draw }) => {
          const drawn = draw(row)
          if (drawn === UNKNOWN) return null
          return (
            <div key={title} className="contents">
              <dt className="text-dim">{title}</dt>
              <dd className="min-w-0 overflow-hidden">{drawn}</dd>
            </div>
          )
        })}
      </dl>
    </li>
  )
}

interface PermalinkProps {
  readonly place: string
  readonly word: string
}

/** An address of this part of the screen, to hand on. */
function Permalink({ place, word }: PermalinkProps): ReactElement {
  return (
    <Link to="/clusters" hash={place} className="hover:underline">
      {word}
    </Link>
  )
}

/** Viewers have none, and the collector of the hub's own process takes no orders. */
function ManageButton({ row, onManage }: ManageProps): ReactNode {
  const mayAct = useMayAct()
  if (!mayAct || isEverywhere(row)) return null
  const isReached = row.health !== 'lost'
  return (
    <button
      type="button"
      className="button"
      disabled={!isReached}
      title={isReached ? undefined : 'It does not answer'}
      aria-label={`Manage ${row.id}`}
      aria-haspopup="dialog"
      onClick={() => onManage(row)}
    >
      <Settings2 size={14} aria-hidden />
      Manage
    </button>
  )
}
