import type { Election } from '../results/decision/election.ts'
import type { DecisionTopology } from '../results/decision/topology.ts'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { openDatabase, type Database } from '../adapters/postgres/database.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { createFleetIndex, type FleetIndex } from '../results/fleet-index.ts'
import { startIntake, type Intake } from '../results/intake.ts'
import { startRepairs, type Repairs } from '../results/repairs/repairs.ts'
import type { HubSettings } from '../settings/settings.ts'
import { createToken } from '../web/auth/credentials.ts'
import type { WebServer } from '../web/server.ts'
import type { Bus } from '../wire/bus.ts'
import type { Fleet } from '../domain/fleet.ts'
import type { Active } from './desk/active.ts'
import { writeLocalAccess } from './local-access.ts'
import { startMaintenance } from './maintenance.ts'
import { periodTest } from './periods.ts'
import type { Undoing } from './undoing.ts'

/** What every program with a hub in it is started with. */
export interface HubParts {
  readonly settings: HubSettings
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly consoleFolder: string
  readonly clock: Clock
  readonly log: Log
  /** Says what takes a moment at the start, for a person who waits. */
  readonly progress: (text: string) => void
}

export async function startDatabase(parts: HubParts, undoing: Undoing): Promise<Database> {
  const { settings, clock, log, progress } = parts
  progress(
    settings.databaseUrl === undefined
      ? 'starting the embedded database'
      : 'connecting to the database',
  )
  const database = await openDatabase({
    url: settings.databaseUrl,
    folder: join(settings.data, 'postgres'),
    retention: {
      resultsDays: settings.historyDays,
      seriesDays: settings.seriesDays,
      receiptsDays: settings.receiptsDays,
    },
    clock,
    log,
  })
  undoing.add(() => database.close())
  const maintenance = startMaintenance(database, clock, log)
  undoing.add(() => maintenance.stop())
  return { ...database, metrics: [...database.metrics, ...maintenance.metrics] }
}

export interface ResultsOf {
  readonly hub: string
  readonly bus: Bus
  readonly database: Database
  readonly active: Active
  /** Which checks several clusters observe. */
  readonly observes: (fleet: Fleet) => DecisionTopology
  /** Which hubs would ask the same questions now. */
  readonly election: Election
  readonly clock: Clock
  readonly log: Log
}

export interface Results {
  readonly index: FleetIndex
  readonly intake: Intake
  readonly repairs: Repairs
}

/** What takes results in: live index and intake. */
export async function startResults(of: ResultsOf, undoing: Undoing): Promise<Results> {
  const { hub, bus, database, active, clock, log } = of
  const period = periodTest(() => active.fleet)
  const index = createFleetIndex(active.fleet, clock.now(), period)
  const intake = await startIntake({
    bus,
    store: database.store,
    verdicts: database.verdicts,
    topology: topologyOf(of),
    parameters: { election: of.election },
    index,
    clock,
    log,
    hub,
  })
  undoing.add(() => intake.stop())
  const repairs = startRepairs({ store: database.repairs, index, clock })
  undoing.add(() => repairs.stop())
  return { index, intake, repairs }
}

/** Made anew only for another fleet. */
function topologyOf({
  active,
  observes,
}: Pick<ResultsOf, 'active' | 'observes'>): () => DecisionTopology {
  let { fleet } = active
  let topology = observes(fleet)
  return () => {
    if (active.fleet !== fleet) {
      fleet = active.fleet
      topology = observes(fleet)
    }
    return topology
  }
}

/** Lets the user who runs the program in through its data folder. */
export async function grantLocalAccess(
  data: string,
  web: WebServer,
  { accounts }: Database,
  clock: Clock,
): Promise<void> {
  // As the history of the configuration names who applied it.
  const name = 'local user'
  for (const old of await accounts.listTokens()) {
    if (old.createdBy === 'system') await accounts.deleteToken(old.id)
  }
  const { token } = await createToken(
    accounts,
    { name, role: 'admin', createdBy: 'system', expiresAt: null },
    clock.now(),
  )
  writeLocalAccess(data, { url: web.url, token })
}

/**
 * Makes sure that the port can be had before anything else is started, and chooses one for 0: the configuration may name it before
 * anybody listens.
 */
export async function freePort(host: string, wanted: number): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port: wanted }, resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('the system gave no port')
  return address.port
}
