import { gauge, type Metric } from '../base/metrics.ts'
import type { LiveIndex } from './live-index.ts'

/** How much is monitored, and how it stands. */
export function liveMetrics(index: Pick<LiveIndex, 'counters'>): readonly Metric[] {
  const of = (pick: (hosts: Counted, services: Counted) => number) => (): number => {
    const { hosts, services } = index.counters
    return pick(hosts, services)
  }
  const both = (key: 'stale' | 'pending') =>
    of((hosts, services) => (hosts[key] ?? 0) + (services[key] ?? 0))
  return [
    gauge(
      'parallax_objects',
      'Hosts and services that are monitored.',
      of((hosts, services) => sum(hosts) + sum(services)),
    ),
    gauge(
      'parallax_objects_problem',
      'Hosts and services with a problem that is not stale.',
      of(
        (hosts, services) =>
          sum(hosts) -
          good(hosts, ['up', 'pending', 'stale']) +
          sum(services) -
          good(services, ['ok', 'pending', 'stale']),
      ),
    ),
    gauge('parallax_objects_stale', 'Unseen for longer than their horizon.', both('stale')),
    gauge('parallax_objects_pending', 'Never seen yet.', both('pending')),
  ]
}

type Counted = Readonly<Record<string, number>>

function sum(counted: Counted): number {
  return Object.values(counted).reduce((total, count) => total + count, 0)
}

function good(counted: Counted, keys: readonly string[]): number {
  return keys.reduce((total, key) => total + (counted[key] ?? 0), 0)
}
