import { createMemoryBus } from '../adapters/memory/bus.ts'
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
    openBus: async () => createMemoryBus(),
    async startCollectors({ bus, status }, undoing) {
      const of = { ...parts, name: COLLECTOR, hub: HUB, bus, selfStatus: status }
      const running = await startCollectorParts(of, undoing)
      const reach = reachLocal(bus, COLLECTOR, running)
      return { reach, names: [COLLECTOR], failed: running.collector.ended }
    },
  }
}
