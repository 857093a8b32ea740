import type { Database } from '../adapters/postgres/database.ts'
import type { Clock } from '../base/clock.ts'
import { isoOf } from '../base/instant.ts'
import type { Log } from '../base/log.ts'
import type { Collector } from '../collector/collector.ts'
import type { PluginExecutor } from '../collector/executor/executor.ts'
import type { Outbox } from '../collector/ports.ts'
import type { FleetIndex } from '../results/fleet-index.ts'
import type { Intake } from '../results/intake.ts'
import { VERSION } from '../settings/program.ts'
import type { HubFacade } from '../web/ports.ts'
import type { SystemStatus } from '../wire/api/actions.ts'
import type { Bus } from '../wire/bus.ts'
import { MESSAGE_VERSION, passive, recheck } from '../wire/subjects.ts'
import type { Active } from './desk/active.ts'
import type { Desk } from './desk/desk.ts'

export interface FacadeParts {
  readonly clock: Clock
  readonly log: Log
  readonly active: Active
  readonly index: FleetIndex
  readonly database: Database
  readonly intake: Intake
  readonly collector: Collector
  readonly executor: PluginExecutor
  readonly outbox: Outbox
  readonly bus: Bus
  readonly collectorName: string
  readonly desk: Desk
}

/** A sender is told by then whether its results are kept. */
const SUBMIT_WITHIN_MS = 10_000

/** The hub as its web server sees it. */
export function createHubFacade(parts: FacadeParts): HubFacade {
  const { clock, log, active, index, database, intake, collector, bus, collectorName } = parts
  const startedAt = clock.now()
  return {
    clock,
    log,
    live: index,
    history: database.history,
    accounts: database.accounts,
    fleet: () => active.fleet,
    recheck: (checkIds) =>
      bus.publish(recheck(collectorName), {
        version: MESSAGE_VERSION,
        checkIds,
        requestedAt: clock.now(),
      }),
    submit: async (results) => {
      const message = { version: MESSAGE_VERSION, results } as const
      await bus.request(passive(collectorName), message, SUBMIT_WITHIN_MS)
    },
    configuration: parts.desk,
    reload: (author) => parts.desk.reload(author),
    status: () => ({ ...statusOf(parts), startedAt: isoOf(startedAt) }),
    readiness() {
      const reasons = intake.databaseStatus === 'ok' ? [] : [`database: ${intake.databaseStatus}`]
      return { isReady: reasons.length === 0, reasons }
    },
    metrics: [
      ...intake.metrics,
      ...collector.metrics,
      ...parts.executor.metrics,
      ...database.metrics,
    ],
  }
}

function statusOf({
  active,
  intake,
  collector,
  executor,
  outbox,
}: FacadeParts): Omit<SystemStatus, 'startedAt'> {
  const stats = collector.stats()
  return {
    version: VERSION,
    revision: active.revision,
    hosts: active.fleet.hosts.size,
    services: active.fleet.services.size,
    database: intake.databaseStatus,
    outbox: { waiting: outbox.waiting, lost: outbox.lost },
    executor: {
      running: executor.running,
      slots: executor.slots,
      waiting: stats.waiting,
      latenessP99Ms: stats.lateP99Ms,
    },
    resultsPerSecond: intake.resultsPerSecond,
  }
}
