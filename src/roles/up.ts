import { NO_TOPOLOGY } from '../results/decision/fleet-topology.ts'
import { createMemoryBus } from '../adapters/memory/bus.ts'
import { DEFAULT_CLUSTER } from '../domain/cluster.ts'
import { NO_SHARING, wholePlan } from '../orchestrator/plan.ts'
import { startCollectorParts } from './collector-parts.ts'
import { reachLocal } from './collector-reach.ts'
import { composeHub, type HubNature, type RunningHub } from './hub-composition.ts'
import type { HubParts } from './hub-parts.ts'
import { Undoing } from './undoing.ts'

export interface Up extends RunningHub {
  /** Loses nothing; under 10 s. */
  stop(): Promise<void>
}

/** The only hub and the only collector there are in one process. */
const HUB = 'local'
const COLLECTOR = 'local'

/** Hub and collector in one process. Whatever was started is stopped again when a later part fails. */
export async function startUp(parts: HubParts): Promise<Up> {
  const undoing = new Undoing()
  try {
    const running = await composeHub(parts, natureOf(parts), undoing)
    return { ...running, stop: () => undoing.run() }
  } catch (error) {
    await undoing.run()
    throw error
  }
}

function natureOf(parts: HubParts): HubNature {
  return {
    name: HUB,
    cut: wholePlan,
    observes: () => NO_TOPOLOGY,
    selfMonitoring: false,
    openBus: async () => createMemoryBus(),
    async startCollectors({ bus, self, active }, undoing) {
      const of = { ...parts, name: COLLECTOR, hubs: [HUB], bus, self }
      const running = await startCollectorParts(of, undoing)
      const reach = reachLocal({
        bus,
        name: COLLECTOR,
        running,
        clock: parts.clock,
        fleet: () => active.fleet,
      })
      const itself = () => [{ id: COLLECTOR, cluster: DEFAULT_CLUSTER }]
      const roster = { live: itself, members: itself }
      const failed = running.collector.ended
      return { reach, roster, sharing: () => NO_SHARING, failed }
    },
  }
}
