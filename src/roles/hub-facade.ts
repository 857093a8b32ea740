import type { Database } from '../adapters/postgres/database.ts'
import type { Clock } from '../base/clock.ts'
import { isoOf } from '../base/instant.ts'
import type { Log } from '../base/log.ts'
import type { Metric } from '../base/metrics.ts'
import { peerMetrics, tunnelMetrics } from '../orchestrator/neighbour-metrics.ts'
import { clusterMetrics, memberMetrics } from '../orchestrator/network-metrics.ts'
import type { ComparedHub, HeardHub } from '../orchestrator/replication/replication.ts'
import type { EnrolmentDesk } from '../orchestrator/enrolment/enrolment-desk.ts'
import type { FleetIndex } from '../results/fleet-index.ts'
import type { Intake } from '../results/intake.ts'
import type { Repairs } from '../results/repairs/repairs.ts'
import { liveMetrics } from '../results/live-metrics.ts'
import { VERSION } from '../settings/program.ts'
import type { HubFacade, NetworkDesk } from '../web/ports.ts'
import type { SystemStatus } from '../wire/api/actions.ts'
import type { CollectorReach } from './collector-reach.ts'
import type { Active } from './desk/active.ts'
import type { Desk } from './desk/desk.ts'
import { createNetworkDesk } from './network-desk.ts'
import { truthMetrics } from './truth-metrics.ts'
import { createTruthDesk } from './truth-desk.ts'
import { overdueMetrics } from './self/overdue.ts'
import { countPassive } from './self/passive-metrics.ts'

export interface FacadeParts {
  readonly clock: Clock
  readonly log: Log
  readonly active: Active
  readonly index: FleetIndex
  readonly database: Database
  readonly intake: Intake
  readonly repairs: Repairs
  readonly reach: CollectorReach
  readonly desk: Desk
  readonly enrolment: EnrolmentDesk | undefined
  /** Its own name. */
  readonly hub: string
  /** Of the process and its machine. */
  readonly program: readonly Metric[]
  /** The other hubs as they are heard. */
  readonly peers: () => readonly HeardHub[]
  readonly comparePeers: () => Promise<readonly ComparedHub[]>
  readonly backup: HubFacade['backup']
  readonly tunnels?: HubFacade['tunnels']
}

/** The hub as its web server sees it. */
export function createHubFacade(parts: FacadeParts): HubFacade {
  const { clock, log, active, index, database, intake, reach, desk } = parts
  const startedAt = isoOf(clock.now())
  const status = (): SystemStatus => ({
    version: VERSION,
    startedAt,
    revision: active.revision,
    hosts: active.fleet.hosts.size,
    services: active.fleet.services.size,
    database: intake.databaseStatus,
    ...reach.status(),
    resultsPerSecond: intake.resultsPerSecond,
  })
  const passive = countPassive((results) => reach.submit(results))
  const network = createNetworkDesk({
    hub: parts.hub,
    clock,
    reach,
    active,
    refusals: () => desk.refusals(),
    status,
    peers: parts.peers,
    comparePeers: parts.comparePeers,
    outages: () => intake.shared.outages(),
  })
  return {
    clock,
    log,
    live: index,
    history: database.history,
    accounts: database.accounts,
    fleet: () => active.fleet,
    recheck: (checkIds) => reach.recheck(checkIds, clock.now()),
    submit: passive.submit,
    configuration: desk,
    reload: (author) => desk.reload(author),
    status,
    network,
    truth: createTruthDesk({
      hub: parts.hub,
      shared: intake.shared,
      store: database.verdicts,
      clock,
    }),
    enrolment: parts.enrolment,
    tunnels: parts.tunnels,
    backup: parts.backup,
    readiness() {
      const reasons = intake.databaseStatus === 'ok' ? [] : [`database: ${intake.databaseStatus}`]
      return { isReady: reasons.length === 0, reasons }
    },
    metrics: [...parts.program, ...passive.metrics, ...metricsOf(parts, network)],
  }
}

function metricsOf(
  { clock, active, index, database, intake, repairs, reach, desk, peers, tunnels }: FacadeParts,
  network: NetworkDesk,
): readonly Metric[] {
  const clusters = (): ReturnType<NetworkDesk['clusters']> => network.clusters()
  return [
    ...intake.metrics,
    ...repairs.metrics,
    ...liveMetrics(index),
    ...overdueMetrics({ live: index, fleet: () => active.fleet, clusters }),
    ...reach.metrics,
    ...memberMetrics(() => network.collectors()),
    ...clusterMetrics(clusters),
    ...peerMetrics(peers, () => active.revision),
    ...truthMetrics({ shared: intake.shared, clock, clusters }),
    ...tunnelMetrics(() => tunnels?.status() ?? []),
    ...desk.metrics,
    ...database.metrics,
  ]
}
