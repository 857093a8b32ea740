import type { ReactElement } from 'react'
import type { HubRow } from '../../wire/api/network.ts'
import { stampText } from '../state/times.ts'
import { valueText } from '../object/value-text.ts'
import { BadChip, HealthChip, WarningChip } from './network-chips.tsx'

/** Hubs hear of a result at different times: before this it is nothing. */
const DIFFERS_MS = 60_000

/** The hubs of the installation, as the one that answers sees them. */
export function HubTable({ hubs }: { readonly hubs: readonly HubRow[] }): ReactElement {
  const newest = Math.max(...hubs.map(({ epoch }) => epoch))
  return (
    <section aria-labelledby="hubs" className="mt-6">
      <h2 id="hubs" className="text-[15px] font-semibold">
        Hubs
      </h2>
      <ul className="mt-2 grid gap-3 md:grid-cols-2 xl:grid-cols-3">
        {hubs.map((hub) => (
          <li key={hub.name} className="rounded-lg border border-line px-4 py-3">
            <div className="flex flex-wrap items-center gap-2">
              <span className="font-semibold">{hub.name}</span>
              {hub.isSelf ? <span className="text-dim">answers here</span> : null}
              {hub.isReachable ? <HealthChip health="live" /> : <BadChip word="away" />}
              {hub.epoch < newest ? <WarningChip word="behind" /> : null}
              {hub.differsMs >= DIFFERS_MS ? <WarningChip word="other verdicts" /> : null}
            </div>
            <dl className="mt-2 grid grid-cols-[96px_minmax(0,1fr)] gap-x-3 gap-y-1">
              {factsOf(hub).map(([name, value]) => (
                <div key={name} className="contents">
                  <dt className="text-dim">{name}</dt>
                  <dd className="wrap-anywhere">{value}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </section>
  )
}

function factsOf(hub: HubRow): readonly (readonly [name: string, value: string])[] {
  return [
    ['Results', `${valueText(hub.resultsPerSecond, '')} per second`],
    ['Configured', `${hub.hosts} hosts, ${hub.services} services`],
    ...(hub.verdicts === null || hub.verdicts.checks === 0
      ? []
      : [['Verdicts', verdictsText(hub.verdicts)] as const]),
    ['Revision', `${hub.revision.slice(0, 12)}, epoch ${hub.epoch}`],
    ['Database', hub.database],
    ['Since', stampText(Date.parse(hub.startedAt))],
    ['Version', hub.program],
  ]
}

function verdictsText({ checks, down }: NonNullable<HubRow['verdicts']>): string {
  return `${down} of ${checks} shared checks down`
}
