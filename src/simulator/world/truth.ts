import type { CauseScope } from '../outage.ts'
import type { Outage } from '../outage.ts'
import type { FaultIndex } from './fault-index.ts'
import type { FaultSpan } from './faults.ts'
import type { WorldTopology } from './topology.ts'

/** By check: when it was really down. Outages that touch are one. */
export function truthOf(
  topology: WorldTopology,
  index: FaultIndex,
): readonly (readonly Outage[])[] {
  return topology.checks.map(({ host, site }, check) =>
    merged(
      [
        ...spansOf(index.ofCheck[check] ?? [], 'service'),
        ...spansOf(index.ofHost[host] ?? [], 'host'),
        ...spansOf(index.ofSite[site] ?? [], 'site'),
      ].toSorted((a, b) => a.from - b.from),
    ),
  )
}

function spansOf(
  faults: readonly (FaultSpan & { readonly isFlap?: boolean })[],
  scope: CauseScope,
): Outage[] {
  return faults.map(({ id, from, to, isFlap }) => ({
    from,
    to,
    scopes: [scope],
    faults: [id],
    isMixed: false,
    isFlap: isFlap === true,
  }))
}

function merged(outages: readonly Outage[]): readonly Outage[] {
  const result: Outage[] = []
  for (const outage of outages) {
    const last = result.at(-1)
    if (last === undefined || outage.from > last.to) result.push(outage)
    else {
      result[result.length - 1] = {
        from: last.from,
        to: Math.max(last.to, outage.to),
        scopes: [...new Set([...last.scopes, ...outage.scopes])],
        faults: [...last.faults, ...outage.faults],
        isMixed: true,
        isFlap: last.isFlap || outage.isFlap,
      }
    }
  }
  return result
}
