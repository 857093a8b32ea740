import { join } from 'node:path'
import type { Database } from '../adapters/postgres/database.ts'
import { takeDataFolder } from '../adapters/system/data-folder.ts'
import { jsonSchema } from '../configuration/json-schema.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { SelfView } from '../collector/executor/builtin/self-view.ts'
import type { Fleet, Monitored } from '../domain/fleet.ts'
import { VERSION } from '../settings/program.ts'
import type { Bus } from '../wire/bus.ts'
import type { EnrolmentDesk } from '../orchestrator/enrolment/enrolment-desk.ts'
import type { Tunnels } from '../orchestrator/tunnels/tunnels.ts'
import type { HubFacade } from '../web/ports.ts'
import { processMetrics } from '../web/process-metrics.ts'
import { createWebServer, type WebServer } from '../web/server.ts'
import type { Election } from '../results/decision/election.ts'
import type { DecisionTopology } from '../results/decision/topology.ts'
import type { CollectorReach } from './collector-reach.ts'
import type { PlanCut, Sharing } from '../orchestrator/plan.ts'
import type { LiveCollectors } from '../orchestrator/ports.ts'
import type { ReplicaBus } from '../orchestrator/replication/ports.ts'
import type { HeardHub } from '../orchestrator/replication/replication.ts'
import { trustFilesIn } from './backup/trust-files.ts'
import { backupStream } from './backup/write-backup.ts'
import { configurationPath } from './configuration.ts'
import type { Active } from './desk/active.ts'
import type { Desk } from './desk/desk.ts'
import { startDesk } from './desk/start-desk.ts'
import { refuseEarly, startConfiguration } from './desk/start.ts'
import { createHubFacade } from './hub-facade.ts'
import {
  freePort,
  grantLocalAccess,
  startDatabase,
  startResults,
  type HubParts,
  type Results,
} from './hub-parts.ts'
import { createReplicating } from './replication.ts'
import { startProgramMetrics } from './self/program-metrics.ts'
import { createSelfView } from './self/self-view.ts'
import { progressOf, type Progress } from './progress.ts'
import type { Undoing } from './undoing.ts'

/** How one program with a hub in it differs from another. */
export interface HubNature {
  readonly name: string
  /** How a fleet becomes plans. */
  readonly cut: PlanCut
  /** Which checks several clusters observe. */
  readonly observes: (fleet: Fleet) => DecisionTopology
  /** Whether there are hosts for Parallax itself where no file says it. */
  readonly selfMonitoring: boolean
  /** Called when the data folder is taken and the database runs. */
  openBus(database: Database, undoing: Undoing): Promise<Bus>
  /** Called when results can be taken in, and before the first plan is proposed. */
  startCollectors(given: CollectorsOf, undoing: Undoing): Promise<Collectors>
  /** Buses on which other hubs may be, its own one with them. Absent: there are no others. */
  openPeers?(undoing: Undoing): Promise<readonly ReplicaBus[]>
}

export interface CollectorsOf extends Results {
  readonly bus: Bus
  readonly database: Database
  readonly active: Active
  /** For checks of Parallax itself. */
  readonly self: SelfView
}

export interface Collectors {
  readonly reach: CollectorReach
  /** To whom plans go. */
  readonly roster: LiveCollectors
  /** What members of clusters share from the next activation on. */
  readonly sharing: () => Sharing
  /** Calls `run` when it shall be told to them now. Absent: never. */
  readonly onShutOut?: (run: () => void) => void
  /** Absent where nobody can join. */
  readonly enrolment?: EnrolmentDesk | undefined
  readonly tunnels?: Tunnels | undefined
  /** Rejects when a part failed. */
  readonly failed: Promise<unknown>
}

export interface RunningHub {
  readonly url: string
  /** For the first sign-in; `undefined` once there is an account. */
  readonly setupToken: string | undefined
  readonly configuration: {
    /** Its file or folder; `revision 80adfaf43e83` after a rollback, or when another hub applied last. */
    readonly from: string
    readonly hosts: number
    readonly services: number
    readonly usesPing: boolean
  }
  /** Faults are in the log, and in the job; what runs goes on. @throws StoreUnavailable */
  reload(): Promise<void>
  /** Settles only by rejecting: a part failed, the process should end and be started again. */
  readonly failed: Promise<never>
  /** For the watchdog. */
  readonly progress: readonly Progress[]
}

/** Starts a hub part by part; what was started is in `undoing`. */
export async function composeHub(
  parts: HubParts,
  nature: HubNature,
  undoing: Undoing,
): Promise<RunningHub> {
  const { settings, clock, log } = parts
  const place = await placeOf(parts, nature)
  const { url, compilerSettings } = place
  await refuseEarly(settings, compilerSettings)

  const folder = takeDataFolder(settings.data)
  undoing.add(() => folder.release())
  const database = await startDatabase(parts, undoing)
  const { name, cut } = nature
  const planning = { hub: name, cut, log }
  const trust = trustFilesIn(join(settings.data, 'trust'))
  const replicating = createReplicating({ hub: name, database, clock, log })
  const store = replicating.configuration
  const start = await startConfiguration(store, compilerSettings, planning)
  const { active } = start
  const bus = await nature.openBus(database, undoing)
  const { observes } = nature
  const election = electionOf(name, () => replicating.hubs())
  const taking = { hub: name, bus, database, active, observes, election, clock, log }
  const results = await startResults(taking, undoing)
  const running: Running = {}
  const program = startProgramMetrics(settings.data, clock, undoing)
  const self = viewOfHub(name, clock, running)
  const collectors = await nature.startCollectors(
    { ...results, bus, database, active, self },
    undoing,
  )
  const { index } = results
  const { roster, sharing } = collectors
  const around = { clock, log, start, compilerSettings, store, index, hub: name, bus, cut }
  const desk = await startDesk({ ...around, collectors: roster, sharing }, undoing)
  collectors.onShutOut?.(() => renewing(desk, log))
  const hub = (running.hub = createHubFacade({
    clock,
    log,
    active,
    database,
    ...results,
    reach: collectors.reach,
    desk,
    enrolment: collectors.enrolment,
    tunnels: collectors.tunnels,
    hub: name,
    program,
    peers: () => replicating.hubs(),
    comparePeers: () => replicating.compare(),
    backup: () => backupStream({ hub: name, url, database, trust, clock }),
  }))
  running.reach = collectors.reach
  const buses = (await nature.openPeers?.(undoing)) ?? []
  const outages = () => results.intake.shared.outages()
  replicating.begin({ buses, desk, active, status: () => hub.status(), outages, url }, undoing)

  running.web = await startWeb(parts, { hub, ...place, database }, undoing)
  const { setupToken } = running.web
  return {
    url: running.web.url,
    setupToken,
    configuration: summaryOf(
      active.fleet,
      active.isPinned ? `revision ${active.revision}` : compilerSettings.path,
    ),
    reload: async () => void (await desk.reload('SIGHUP')),
    failed: firstFailure(results.intake.finished, results.repairs.finished, collectors.failed),
    progress: progressOf(() => hub.metrics),
  }
}

/** Hubs that cannot be heard now ask nothing that this one could leave to them. */
function electionOf(hub: string, peers: () => readonly HeardHub[]): Election {
  return {
    hub,
    get hubs() {
      return [hub, ...peers().flatMap(({ name, isReachable }) => (isReachable ? [name] : []))]
    },
  }
}

/** Members of clusters hear at once whose messages count for nothing. */
function renewing(desk: Desk, log: Log): void {
  desk.renewPlans().catch((error: unknown) => {
    log.warn('clusters hear with the next apply who was shut out', { error })
  })
}

/** Where it listens, and what it compiles. */
async function placeOf({ settings, environment }: HubParts, { selfMonitoring }: HubNature) {
  const { listenHost: host } = settings
  const port = await freePort(host, settings.listenPort)
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  const path = configurationPath(settings.config)
  return { host, port, url, compilerSettings: { path, url, environment, selfMonitoring } }
}

function summaryOf(fleet: Fleet, from: string): RunningHub['configuration'] {
  const { hosts, services } = fleet
  return { from, hosts: hosts.size, services: services.size, usesPing: usesPing(fleet) }
}

/** What of the hub is there already: checks of itself begin while it starts. */
interface Running {
  hub?: HubFacade
  reach?: CollectorReach
  web?: WebServer
}

function viewOfHub(name: string, clock: Clock, running: Running): SelfView {
  const process = processMetrics(clock)
  return createSelfView({
    name,
    clock,
    status: () => running.hub?.status(),
    metrics: () =>
      running.hub && [...process, ...running.hub.metrics, ...(running.web?.metrics ?? [])],
    members: () => running.reach?.members() ?? [],
    clusters: () => new Set(running.hub?.network.clusters().map((row) => row.name)),
  })
}

interface WebOf {
  readonly hub: HubFacade
  readonly host: string
  readonly port: number
  readonly database: Database
}

async function startWeb(
  { settings, consoleFolder, clock }: HubParts,
  { hub, host, port, database }: WebOf,
  undoing: Undoing,
): Promise<WebServer> {
  const { isBehindTls, data } = settings
  const web = await createWebServer({
    hub,
    settings: { host, port, consoleFolder, isBehindTls },
    version: VERSION,
    configurationSchema: jsonSchema(),
  })
  undoing.add(() => web.close())
  await grantLocalAccess(data, web, database, clock)
  return web
}

function usesPing({ hosts, services }: Fleet): boolean {
  const pings = ({ check: { command } }: Monitored): boolean =>
    command.kind === 'builtin' && command.builtin === 'ping'
  return hosts.values().some(pings) || services.values().some(pings)
}

async function firstFailure(...parts: readonly Promise<unknown>[]): Promise<never> {
  await Promise.race(parts)
  // They end only when the whole is stopped.
  return new Promise<never>(() => undefined)
}
