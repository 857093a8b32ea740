import { createMemoryBus } from '../adapters/memory/bus.ts'
import { assert } from '../base/assert.ts'
import type { Metric } from '../base/metrics.ts'
import { isScheduled } from '../domain/check.ts'
import { DEFAULT_CLUSTER } from '../domain/cluster.ts'
import { checkIn } from '../domain/fleet.ts'
import { decisionTopologyOf } from '../results/decision/fleet-topology.ts'
import { clusterPlans } from '../orchestrator/plan.ts'
import type { Roster } from '../orchestrator/roster.ts'
import {
  composeHub,
  type Collectors,
  type CollectorsOf,
  type HubNature,
} from './hub-composition.ts'
import { openHubBus, type OutsideBus } from './hub-bus.ts'
import { startEnrolment, type HubEnrolment } from './hub-enrolment.ts'
import { hubNameOf } from './hub-name.ts'
import type { HubParts } from './hub-parts.ts'
import { startRoster } from './hub-roster.ts'
import { startHubTunnels } from './hub-tunnels.ts'
import { openPeerBuses } from './peer-buses.ts'
import { measuredCosts } from './measured-costs.ts'
import { startQuestioner } from './questioner.ts'
import { reachRemote } from './remote-reach.ts'
import { joinBuses } from './self/joined-bus.ts'
import { selfCollectorId, startSelfCollector, type SelfCollector } from './self/self-collector.ts'
import { Undoing } from './undoing.ts'
import type { Up } from './up.ts'

/** A hub whose collectors are other processes, behind NATS. Whatever was started is stopped again when a later part fails. */
export async function startHub(parts: HubParts): Promise<Up> {
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
  const name = hubNameOf(parts.settings.hubName, parts.settings.data)
  const inside = createMemoryBus()
  let outside: OutsideBus | undefined
  let enrolment: HubEnrolment | undefined
  return {
    name,
    cut: clusterPlans,
    observes: decisionTopologyOf,
    selfMonitoring: true,
    async openBus(_, undoing) {
      outside = await openHubBus(name, parts, undoing)
      return joinBuses({ outside: outside.bus, inside, insider: selfCollectorId(name) })
    },
    async startCollectors(of, undoing) {
      assert(outside !== undefined, 'the bus is opened first')
      const { settings, clock, log } = parts
      const roster = startRoster({ bus: of.bus, clock, log }, undoing)
      enrolment = await startEnrolment(
        { ...of, hub: name, settings, outside, roster, clock, log },
        undoing,
      )
      const self = await startSelfCollector(parts, { hub: name, inside, self: of.self }, undoing)
      const asking = { hub: name, bus: of.bus, roster, intake: of.intake, clock, log }
      const questions = startQuestioner(asking, undoing)
      const { servers } = outside.link
      const tunnels = startHubTunnels({ ...of, hub: name, settings, servers, clock, log }, undoing)
      const around = { self, outside, enrolment, questions }
      return { ...collectorsOf(of, roster, around), enrolment: enrolment?.desk, tunnels }
    },
    async openPeers(undoing) {
      assert(outside !== undefined, 'the bus is opened first')
      const buses = await openPeerBuses(name, { ...parts, own: outside.link }, undoing)
      for (const { bus } of buses) enrolment?.exchangeOver(bus)
      return buses
    },
  }
}

interface Around {
  readonly self: SelfCollector
  readonly outside: OutsideBus
  readonly enrolment: HubEnrolment | undefined
  readonly questions: readonly Metric[]
}

function collectorsOf(
  of: CollectorsOf,
  roster: Roster,
  { self, outside, enrolment, questions }: Around,
): Collectors {
  const { bus, active } = of
  const observersOf = (host: string): readonly string[] =>
    active.fleet.hosts.get(host)?.observers ?? [DEFAULT_CLUSTER]
  const reach = reachRemote({
    bus,
    roster,
    observersOf,
    isScheduled(id) {
      const check = checkIn(active.fleet, id)
      return check !== undefined && isScheduled(check)
    },
  })
  return {
    reach: {
      ...reach,
      metrics: [...reach.metrics, ...outside.metrics, ...self.metrics, ...questions],
    },
    roster,
    sharing: () => ({ costs: measuredCosts(of.index), revoked: enrolment?.shutOut() ?? [] }),
    onShutOut: (run) => enrolment?.onShutOut(run),
    failed: Promise.race([self.failed, outside.failed]),
  }
}
