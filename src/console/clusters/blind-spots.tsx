import { Link } from '@tanstack/react-router'
import { EyeOff } from 'lucide-react'
import type { ReactElement } from 'react'
import type { ClusterRow } from '../../wire/api/network.ts'
import { useApp } from '../app-context.ts'
import { useTicking } from '../live/hooks.ts'
import { sinceText, spanText, utcText } from '../state/times.ts'
import { blindReason, counted } from './network-view.ts'

/** What we cannot see, before all that we see: one line for each cluster of which nobody checks the hosts. */
export function BlindSpots({ spots }: { readonly spots: readonly ClusterRow[] }): ReactElement {
  return (
    <section role="alert" aria-label="Blind spots" className="flex-none border-b border-line">
      <h2 className="flex h-9 items-center gap-2 bg-amber px-3 text-on-amber">
        <EyeOff size={14} aria-hidden className="flex-none" />
        <span className="font-semibold">Blind spots</span>
        <span>{spots.length}</span>
      </h2>
      <ul>
        {spots.map((spot) => (
          <BlindSpot key={spot.name} spot={spot} />
        ))}
      </ul>
    </section>
  )
}

function BlindSpot({ spot }: { readonly spot: ClusterRow }): ReactElement {
  const { store } = useApp()
  const since = Date.parse(spot.blindSince ?? '')
  const age = useTicking(() => spanText(store.now() - since))
  return (
    <li className="hatched border-t border-line">
      <Link
        to="/clusters"
        hash={`cluster-${spot.name}`}
        className="flex flex-wrap items-baseline gap-x-2 px-3 py-2 -outline-offset-2 hover:bg-hover"
      >
        <span className="font-semibold">
          Nobody checks the {counted(spot.hosts, 'host')} of cluster {spot.name}
        </span>
        <span title={utcText(since)}>since {sinceText(since, store.now())}</span>
        <span className="text-dim">
          <span aria-live="off">{age}</span> · {blindReason(spot)}
        </span>
      </Link>
    </li>
  )
}
