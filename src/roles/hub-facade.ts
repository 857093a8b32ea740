import type { Database } from '../adapters/postgres/database.ts'
import type { Clock } from '../base/clock.ts'
import { isoOf } from '../base/instant.ts'
import type { Log } from '../base/log.ts'
import type { FleetIndex } from '../results/fleet-index.ts'
import type { Intake } from '../results/intake.ts'
import { VERSION } from '../settings/program.ts'
import type { HubFacade } from '../web/ports.ts'
import type { CollectorReach } from './collector-reach.ts'
import type { Active } from './desk/active.ts'
import type { Desk } from './desk/desk.ts'

export interface FacadeParts {
  readonly clock: Clock
  readonly log: Log
  readonly active: Active
  readonly index: FleetIndex
  readonly database: Database
  readonly intake: Intake
  readonly reach: CollectorReach
  readonly desk: Desk
}

/** The hub as its web server sees it. */
export function createHubFacade(parts: FacadeParts): HubFacade {
  const { clock, log, active, index, database, intake, reach, desk } = parts
  const startedAt = isoOf(clock.now())
  return {
    clock,
    log,
    live: index,
    history: database.history,
    accounts: database.accounts,
    fleet: () => active.fleet,
    recheck: (checkIds) => reach.recheck(checkIds, clock.now()),
    submit: (results) => reach.submit(results),
    configuration: desk,
    reload: (author) => desk.reload(author),
    status: () => ({
      version: VERSION,
      startedAt,
      revision: active.revision,
      hosts: active.fleet.hosts.size,
      services: active.fleet.services.size,
      database: intake.databaseStatus,
      ...reach.status(),
      resultsPerSecond: intake.resultsPerSecond,
    }),
    readiness() {
      const reasons = intake.databaseStatus === 'ok' ? [] : [`database: ${intake.databaseStatus}`]
      return { isReady: reasons.length === 0, reasons }
    },
    metrics: [...intake.metrics, ...reach.metrics, ...database.metrics],
  }
}
