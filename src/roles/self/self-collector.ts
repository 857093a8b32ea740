import type { Metric } from '../../base/metrics.ts'
import type { SelfView } from '../../collector/executor/builtin/self-view.ts'
import { collectorId, HUB_CLUSTER } from '../../domain/cluster.ts'
import type { Bus } from '../../wire/bus.ts'
import { startCollectorParts } from '../collector-parts.ts'
import type { HubParts } from '../hub-parts.ts'
import type { Undoing } from '../undoing.ts'

/** What a hub's own collector is called: the only member of the cluster of hubs that this hub sees. */
export function selfCollectorId(hub: string): string {
  return collectorId(HUB_CLUSTER, hub)
}

export interface SelfCollector {
  readonly metrics: readonly Metric[]
  /** Rejects when it died of a bug. */
  readonly failed: Promise<unknown>
}

/**
 * The collector inside a hub. It checks the hosts of the cluster `hub`, with built-in checks only, and needs nobody outside for it: plans,
 * results and watermarks stay in the process.
 */
export async function startSelfCollector(
  parts: HubParts,
  { hub, inside, self }: { readonly hub: string; readonly inside: Bus; readonly self: SelfView },
  undoing: Undoing,
): Promise<SelfCollector> {
  // It runs no plugins.
  const settings = { ...parts.settings, pluginSlots: 1 }
  const of = { ...parts, settings, name: selfCollectorId(hub), hubs: [hub], bus: inside, self }
  const { collector, executor } = await startCollectorParts(of, undoing)
  return {
    metrics: [...collector.metrics, ...executor.metrics],
    failed: collector.ended,
  }
}
