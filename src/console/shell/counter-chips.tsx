import { useNavigate, useRouterState, useSearch } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import type { Counters } from '../../wire/api/objects.ts'
import { statesOf, toggleStates, type ListSearch } from '../list-search.ts'
import { useLiveView } from '../live/hooks.ts'
import { StateShape } from '../state/state-chip.tsx'
import { STATE_LOOKS, type ChipState } from '../state/states.ts'

/** How many are in each state; a press shows only these, another shows all again. */
export function CounterChips(): ReactElement | null {
  const { counters } = useLiveView()
  const search: ListSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const path = useRouterState({ select: (state) => state.location.pathname })
  if (counters === undefined) return null
  const chosen = statesOf(search.state)
  const isList = path === '/' || path === '/services'
  return (
    <div role="group" aria-label="Filter by state" className="flex gap-1.5 overflow-x-auto p-0.5">
      {countsOf(counters).map(([state, count]) => {
        const isOn = isList && chosen.includes(state)
        const look = STATE_LOOKS[state]
        return (
          <button
            key={state}
            type="button"
            aria-pressed={isOn}
            title={look.word}
            onClick={() => {
              const before = isList ? search : {}
              void navigate({ to: isList ? '.' : '/', search: toggleStates(before, [state]) })
            }}
            className={`chip chip-counter flex-none max-md:h-7 ${count > 0 || isOn ? `chip-${state}` : 'border-line! text-dim'} ${
              isOn ? 'outline-2 outline-offset-1 outline-accent' : ''
            }`}
          >
            <StateShape shape={look.shape} />
            <span>{count} </span>
            <span className="max-xl:sr-only">{SHORT[state]}</span>
          </button>
        )
      })}
    </div>
  )
}

const SHORT: Readonly<Record<ChipState, string>> = {
  down: 'DOWN',
  critical: 'CRIT',
  warning: 'WARN',
  unknown: 'UNKN',
  unreachable: 'UNRE',
  stale: 'STALE',
  pending: 'PEND',
  ok: 'OK',
  up: 'UP',
}

function countsOf({ hosts, services }: Counters): (readonly [ChipState, number])[] {
  const counts: (readonly [ChipState, number])[] = [
    ['down', hosts.down],
    ['critical', services.critical],
    ['warning', services.warning],
    ['unknown', services.unknown],
    ['unreachable', hosts.unreachable],
    ['stale', hosts.stale + services.stale],
    ['pending', hosts.pending + services.pending],
  ]
  return counts.filter(([state, count]) => state !== 'unreachable' || count > 0)
}
