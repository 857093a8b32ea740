import type { Counters } from '../../wire/api/objects.ts'

export interface Coverage {
  readonly headline: string
  /** What the headline does not vouch for; empty when it vouches for everything. */
  readonly gaps: string
  /** Everything that is configured has been seen, and is well. */
  readonly isCalm: boolean
}

/** Said when there is no problem: of how many objects this is known. With a blind spot nothing is vouched for as a whole. */
export function coverageSentence({ hosts, services }: Counters, isBlind: boolean): Coverage {
  const hostCount = sum(hosts)
  const serviceCount = sum(services)
  const pending = hosts.pending + services.pending
  const stale = hosts.stale + services.stale
  if (hostCount + serviceCount === 0) {
    const gaps = 'Hosts and services come from the configuration file.'
    return { headline: 'Nothing is configured yet', gaps, isCalm: false }
  }
  if (pending === hostCount + serviceCount) {
    return { headline: 'Waiting for the first results', gaps: `${pending} pending.`, isCalm: false }
  }
  const isCalm = pending + stale === 0 && !isBlind
  const known = isCalm ? 'All' : 'No known problem:'
  const good = [
    serviceCount > 0 ? `${services.ok} ${plural(services.ok, 'service')} OK` : '',
    hostCount > 0 ? `${hosts.up} ${plural(hosts.up, 'host')} UP` : '',
  ].filter((part) => part !== '')
  const gaps = [stale > 0 ? `${stale} stale.` : '', pending > 0 ? `${pending} pending.` : '']
  return {
    headline: `${known} ${good.join(', ')}`,
    gaps: gaps.filter((gap) => gap !== '').join(' '),
    isCalm,
  }
}

/** `34 of 39 services OK · 7 of 8 hosts UP`. */
export function coverageCounts({ hosts, services }: Counters): string {
  const serviceCount = sum(services)
  const hostCount = sum(hosts)
  return [
    serviceCount > 0
      ? `${services.ok} of ${serviceCount} ${plural(serviceCount, 'service')} OK`
      : '',
    hostCount > 0 ? `${hosts.up} of ${hostCount} ${plural(hostCount, 'host')} UP` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

/** Each object is counted once: a stale one as stale, whatever its state says. */
function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, count) => all + count, 0)
}

function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`
}
