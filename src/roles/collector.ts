import { join } from 'node:path'
import { openCollectorMemory } from '../adapters/files/collector-memory.ts'
import { planFileAt } from '../adapters/files/plan-file.ts'
import { openNatsBus, type NatsBus } from '../adapters/nats/bus.ts'
import { authenticatorOf } from '../adapters/nats/trust/credentials.ts'
import { takeDataFolder } from '../adapters/system/data-folder.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Metric } from '../base/metrics.ts'
import { collectorId } from '../domain/cluster.ts'
import type { Address } from '../settings/setting-parsers.ts'
import type { HubSettings } from '../settings/settings.ts'
import type { CollectorIdentity } from '../settings/collector-identity.ts'
import { inboxPrefix } from '../wire/permissions.ts'
import { startCollectorParts, type CollectorSurroundings } from './collector-parts.ts'
import { busMetrics } from './self/bus-metrics.ts'
import { createCollectorSelf } from './self/collector-self.ts'
import { startProgramMetrics } from './self/program-metrics.ts'
import { progressOf, type Progress } from './progress.ts'
import { Undoing } from './undoing.ts'

/** What a collector that runs for itself is started with. */
export interface CollectorProgramParts {
  readonly settings: CollectorSurroundings['settings'] &
    Pick<HubSettings, 'metricsListen' | 'roles'>
  readonly identity: CollectorIdentity
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Log
}

export interface CollectorProgram {
  /** `cluster.name`. */
  readonly id: string
  readonly hubs: readonly string[]
  /** Settles only by rejecting: a part failed, the process should end and be started again. */
  readonly failed: Promise<void>
  /** For the watchdog. */
  readonly progress: readonly Progress[]
  /** Hands its hosts over, then ends; loses nothing. */
  stop(): Promise<void>
}

/** One collector of a cluster. It starts without any hub, and works while they are away. */
export async function startCollectorProgram(
  parts: CollectorProgramParts,
): Promise<CollectorProgram> {
  const undoing = new Undoing()
  try {
    const folder = takeDataFolder(parts.settings.data)
    undoing.add(() => folder.release())
    const { cluster, name, links } = parts.identity
    const id = collectorId(cluster, name)
    const hubs = [...new Set(links.flatMap((link) => link.hubs))]
    const bus = openBus(id, parts, undoing)
    const planFile = planFileAt(join(parts.settings.data, 'plan.gz'))
    const { settings, clock, log } = parts
    const memory = openCollectorMemory(join(settings.data, 'place.json'), log)
    const program = [
      ...startProgramMetrics(settings.data, clock, undoing),
      ...busMetrics(bus, hubs),
    ]
    const self = createCollectorSelf({ id, program, clock })
    const running = await startCollectorParts(
      {
        ...parts,
        name: id,
        hubs,
        bus,
        planFile,
        self: self.view,
        cluster: { role: settings.roles, report: self.report, memory },
      },
      undoing,
    )
    self.attach(running)
    const { collector } = running
    if (settings.metricsListen !== undefined)
      await serveMetrics(settings.metricsListen, self.metrics, undoing)
    bus.onOpen(() => collector.hubReached())
    return {
      id,
      hubs,
      failed: running.collector.ended,
      progress: progressOf(() => self.metrics),
      stop: () => undoing.run(),
    }
  } catch (error) {
    await undoing.run()
    throw error
  }
}

/** Most collectors do without it, and without its modules. */
async function serveMetrics(
  address: Address,
  metrics: readonly Metric[],
  undoing: Undoing,
): Promise<void> {
  const { listenForMetrics } = await import('../web/metrics-listener.ts')
  const listener = await listenForMetrics(address, metrics)
  undoing.add(() => listener.close())
}

function openBus(id: string, parts: CollectorProgramParts, undoing: Undoing): NatsBus {
  const { identity, clock, log } = parts
  const links = identity.links.map(({ hubs, servers }) => ({
    hubs,
    servers,
    ca: identity.ca,
    authenticator: identity.credentials && authenticatorOf(identity.credentials),
    inboxPrefix: inboxPrefix(identity.cluster, identity.name),
  }))
  const bus = openNatsBus({ name: id, links, clock, log })
  undoing.add(() => bus.close())
  return bus
}
