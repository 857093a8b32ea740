import type { ReactElement, ReactNode } from 'react'
import type { CollectorRow } from '../../wire/api/network.ts'
import { useApp } from '../app-context.ts'
import { useTicking } from '../live/hooks.ts'
import { valueText } from '../object/value-text.ts'
import { spanText, utcText } from '../state/times.ts'
import { HealthChip, QuietChip, WarningChip } from './network-chips.tsx'
import { isClockOff } from './network-view.ts'

/** Drawn where nothing is known. */
export const UNKNOWN = '–'

/** The facts of a collector, each once: tables and cards lay them out. */
export interface CollectorCell {
  readonly title: string
  readonly draw: (row: CollectorRow) => ReactNode
  /** Of its column. */
  readonly width: string
  /** Numbers stand right. */
  readonly isNumber?: true
}

export const CELLS: readonly CollectorCell[] = [
  { title: 'Hosts', width: 'w-[64px]', isNumber: true, draw: ofHeard((row) => row.hosts) },
  { title: 'Checks', width: 'w-[72px]', isNumber: true, draw: ofHeard((row) => row.checks) },
  { title: 'Slots in use', width: 'w-[112px]', draw: ofHeard(({ load }) => <Slots load={load} />) },
  {
    title: 'Late p99',
    width: 'w-[84px]',
    isNumber: true,
    draw: ofHeard(({ load }) => valueText(load.lateP99Ms, 'ms')),
  },
  {
    title: 'Outbox',
    width: '',
    draw: ({ outboxes }) => linesOf(outboxes, drawOutbox),
  },
  {
    title: 'Clock',
    width: 'w-[196px]',
    draw: ofHeard(({ clocks }) => linesOf(clocks, drawClock)),
  },
  { title: 'Plan', width: 'w-[92px]', draw: drawPlan },
  {
    title: 'Memory',
    width: 'w-[88px]',
    isNumber: true,
    draw: ofHeard((row) => valueText(row.memoryBytes, 'B')),
  },
]

type HeardRow = CollectorRow & { readonly load: NonNullable<CollectorRow['load']> }

/** What one that is lost does now is not known; what waited in its outbox still waits there. */
function ofHeard(draw: (row: HeardRow) => ReactNode): CollectorCell['draw'] {
  return (row) => {
    const { load } = row
    return load === null || row.health === 'lost' ? UNKNOWN : draw({ ...row, load })
  }
}

/** How it is, and what it does in its cluster. */
export function Health({ row }: { readonly row: CollectorRow }): ReactElement {
  const { store } = useApp()
  const since = Date.parse(row.since)
  const age = useTicking(() => spanText(store.now() - since))
  const isUnheard = row.lastSeenAt === null
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <HealthChip health={row.health} />
      {row.health === 'lost' ? null : <Standing row={row} />}
      {row.health === 'live' ? null : (
        <span className="text-dim" title={utcText(since)}>
          {isUnheard ? 'not heard since this hub started' : `for ${age}`}
        </span>
      )}
    </div>
  )
}

function Standing({ row }: { readonly row: CollectorRow }): ReactNode {
  if (row.standing === null) return null
  return (
    <>
      {row.standing === 'active' ? null : <QuietChip word={row.standing} />}
      {row.role === 'executor' ? <QuietChip word="executor" /> : null}
    </>
  )
}

/** Of a name: its version, and the weight that is not ordinary. */
export function Subtitle({ row }: { readonly row: CollectorRow }): ReactNode {
  const parts = [
    row.program === null ? '' : row.program,
    row.weight === null || row.weight === 1 ? '' : `weight ${row.weight}`,
  ].filter((part) => part !== '')
  return parts.length === 0 ? null : <span className="text-dim">{parts.join(' · ')}</span>
}

function Slots({ load }: { readonly load: NonNullable<CollectorRow['load']> }): ReactElement {
  const part = Math.min(1, load.running / Math.max(1, load.slots))
  return (
    <span className="block max-w-40 min-w-24">
      <span className="whitespace-nowrap">
        {load.running} of {load.slots}
      </span>
      <span aria-hidden className="mt-0.5 block h-1 overflow-hidden rounded-full bg-line">
        <span
          className={`block h-full ${part > 0.9 ? 'bg-warning' : 'bg-accent'}`}
          style={{ width: `${Math.round(part * 100)}%` }}
        />
      </span>
      {load.waiting === 0 ? null : (
        <span className="mt-0.5 block font-semibold whitespace-nowrap">{load.waiting} waiting</span>
      )}
    </span>
  )
}

function drawPlan(row: CollectorRow): ReactNode {
  if (row.revision === null) return UNKNOWN
  if (row.revision === '') return <QuietChip word="none yet" />
  if (row.isCurrent) return <span title={row.revision}>current</span>
  return (
    <span title={`${row.revision}, epoch ${row.epoch}`}>
      <WarningChip word="behind" />
    </span>
  )
}

type Outbox = CollectorRow['outboxes'][number]
type HubClock = CollectorRow['clocks'][number]

function drawOutbox(outbox: Outbox): ReactElement {
  const oldest = outbox.waiting > 0 ? `oldest ${spanText(outbox.oldestAgeMs)}` : ''
  return (
    <>
      <Phrase>
        {outbox.hub} {outbox.waiting.toLocaleString()}
      </Phrase>
      {oldest === '' ? null : <Phrase className="text-dim">{oldest}</Phrase>}
      {outbox.isConnected ? null : <Phrase>hub away</Phrase>}
      {outbox.lost === 0 ? null : (
        <Phrase className="font-semibold text-critical">{outbox.lost.toLocaleString()} lost</Phrase>
      )}
    </>
  )
}

function drawClock(clock: HubClock): ReactElement {
  const sign = clock.offsetMs < 0 ? '−' : '+'
  return (
    <span
      className="flex flex-wrap gap-x-2"
      title={`measured ${spanText(clock.ageMs)} ago; the hub's clock minus its own`}
    >
      <Phrase>
        {clock.hub} {sign}
        {valueText(Math.abs(clock.offsetMs), 'ms')}
      </Phrase>
      <Phrase className="text-dim">±{valueText(clock.errorMs, 'ms')}</Phrase>
      {isClockOff(clock) ? <Phrase className="font-semibold text-off">off</Phrase> : null}
    </span>
  )
}

interface PhraseProps {
  readonly className?: string
  readonly children: ReactNode
}

/** Lines break between phrases, not in them. */
function Phrase({ className = '', children }: PhraseProps): ReactElement {
  return <span className={`whitespace-nowrap ${className}`}>{children}</span>
}

/** One for each hub. */
function linesOf<T extends { readonly hub: string }>(
  of: readonly T[],
  draw: (one: T) => ReactNode,
): ReactNode {
  if (of.length === 0) return UNKNOWN
  return of.map((one) => (
    <span key={one.hub} className="flex flex-wrap gap-x-2">
      {draw(one)}
    </span>
  ))
}
