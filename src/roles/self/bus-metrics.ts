import type { NatsBus } from '../../adapters/nats/bus.ts'
import { counter, gauge, type Metric } from '../../base/metrics.ts'

/** The connections to the bus. */
export function busMetrics(
  bus: Pick<NatsBus, 'reaches' | 'reconnects' | 'refused'>,
  hubs: readonly string[],
): readonly Metric[] {
  return [
    gauge(
      'parallax_bus_hubs_unreachable',
      'Hubs that the bus does not reach now.',
      () => hubs.filter((hub) => !bus.reaches(hub)).length,
    ),
    counter('parallax_bus_reconnects_total', 'Connections made again.', () => bus.reconnects),
    counter(
      'parallax_bus_refused_total',
      'Messages from the bus that were no messages.',
      () => bus.refused,
    ),
  ]
}
