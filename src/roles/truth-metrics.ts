import type { Clock } from '../base/clock.ts'
import { gauge, perLabel, type LabelledNumber, type Metric } from '../base/metrics.ts'
import type { ClusterRow } from '../wire/api/network.ts'
import type { ObserverHealth } from '../results/decision/engine.ts'
import type { SharedVerdicts } from '../results/shared-verdicts.ts'

export interface TruthMetricsParts {
  readonly shared: SharedVerdicts
  readonly clock: Pick<Clock, 'now'>
  /** Of blind ones nothing is said. One that observes nothing together with others is well. */
  readonly clusters: () => readonly Pick<ClusterRow, 'name' | 'blindSince'>[]
}

/** Clusters as observers, and doubts that do not end. Rules OI1 to OI3 of docs/spec/observer-incidents.md. */
export function truthMetrics({ shared, clock, clusters }: TruthMetricsParts): readonly Metric[] {
  const ofClusters = (read: (name: string, health: ObserverHealth | undefined) => number) => () => {
    const health = new Map(
      shared.engine.observerHealth(clock.now()).map((one) => [one.observer, one]),
    )
    return clusters()
      .filter(({ blindSince }) => blindSince === null)
      .map(({ name }): LabelledNumber => ({ of: [name], value: read(name, health.get(name)) }))
  }
  const labels = ['cluster']
  return [
    perLabel(
      {
        name: 'parallax_observer_contradicted_ratio',
        help: 'Share of what a cluster sees that other observers contradict.',
        kind: 'gauge',
      },
      labels,
      ofClusters((_, health) => health?.badShare ?? 0),
    ),
    perLabel(
      {
        name: 'parallax_observer_set_aside',
        help: '1: the observer is not believed now, or silent.',
        kind: 'gauge',
      },
      labels,
      ofClusters((_, health) => (health === undefined || health.setAside === null ? 0 : 1)),
    ),
    perLabel(
      {
        name: 'parallax_observer_incidents',
        help: 'What is wrong with the observer and its ways now.',
        kind: 'gauge',
      },
      labels,
      ofClusters((name) => shared.engine.incidents().filter((one) => one.observer === name).length),
    ),
    gauge(
      'parallax_checks_shared',
      'Checks that several clusters observe.',
      () => shared.engine.topology.checks.length,
    ),
    gauge(
      'parallax_suspects_stuck',
      'Checks that stay SUSPECT while observers of theirs are set aside.',
      () => shared.engine.stuckSuspects(clock.now()).length,
    ),
  ]
}
