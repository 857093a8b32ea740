import { createServer } from 'node:net'
import { join } from 'node:path'
import { createFpingPinger } from '../adapters/fping/fping-pinger.ts'
import { createMemoryBus } from '../adapters/memory/bus.ts'
import { openDatabase, type Database } from '../adapters/postgres/database.ts'
import { openOutbox } from '../adapters/sqlite/outbox.ts'
import { takeDataFolder } from '../adapters/system/data-folder.ts'
import { assert } from '../base/assert.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { createBuiltins } from '../collector/executor/builtin/builtins.ts'
import {
  createExecutor,
  DEFAULT_EXECUTOR,
  type PluginExecutor,
} from '../collector/executor/executor.ts'
import { startCollector, type Collector } from '../collector/collector.ts'
import type { Outbox } from '../collector/ports.ts'
import { jsonSchema } from '../configuration/json-schema.ts'
import type { Fleet, Monitored } from '../domain/fleet.ts'
import { createFleetIndex, type FleetIndex } from '../results/fleet-index.ts'
import { startIntake, type Intake } from '../results/intake.ts'
import { VERSION } from '../settings/program.ts'
import type { HubSettings } from '../settings/settings.ts'
import type { SystemStatus } from '../wire/api/actions.ts'
import type { Bus } from '../wire/bus.ts'
import { createToken } from '../web/auth/credentials.ts'
import { createWebServer, type WebServer } from '../web/server.ts'
import { configurationPath } from './configuration.ts'
import type { Active } from './desk/active.ts'
import { startDesk } from './desk/start-desk.ts'
import { refuseEarly, startConfiguration } from './desk/start.ts'
import { createHubFacade } from './hub-facade.ts'
import { writeLocalAccess } from './local-access.ts'
import { startMaintenance } from './maintenance.ts'
import { periodTest } from './periods.ts'
import { Undoing } from './undoing.ts'

export interface UpParts {
  readonly settings: HubSettings
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly consoleFolder: string
  readonly clock: Clock
  readonly log: Log
  /** Says what takes a moment at the start, for a person who waits. */
  readonly progress: (text: string) => void
}

export interface Up {
  readonly url: string
  /** For the first sign-in; `undefined` once there is an account. */
  readonly setupToken: string | undefined
  readonly configuration: {
    readonly path: string
    readonly hosts: number
    readonly services: number
    readonly usesPing: boolean
  }
  /** Faults are in the log, and in the job; what runs goes on. @throws StoreUnavailable */
  reload(): Promise<void>
  /** Settles only by rejecting: a part failed, the process should end and be started again. */
  readonly failed: Promise<never>
  /** Loses nothing; under 10 s. */
  stop(): Promise<void>
}

/** The only hub and the only collector there are in one process. */
const HUB = 'local'
const COLLECTOR = 'local'

/** Hub and collector in one process. Whatever was started is stopped again when a later part fails. */
export async function startUp(parts: UpParts): Promise<Up> {
  const undoing = new Undoing()
  try {
    return await compose(parts, undoing)
  } catch (error) {
    await undoing.run()
    throw error
  }
}

async function compose(parts: UpParts, undoing: Undoing): Promise<Up> {
  const { settings, clock, log, environment } = parts
  const { listenHost: host } = settings
  const port = await freePort(host, settings.listenPort)
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  const path = configurationPath(settings.config)
  const compilerSettings = { path, url, environment }
  await refuseEarly(settings, compilerSettings)

  const folder = takeDataFolder(settings.data)
  undoing.add(() => folder.release())
  const database = await startDatabase(parts, undoing)
  const start = await startConfiguration(database.configuration, compilerSettings, log)
  const { active } = start
  const results = await startResults(parts, database, active, undoing)
  const local = await startLocalCollector(parts, results.bus, () => hub.status(), undoing)
  const desk = await startDesk(
    {
      clock,
      log,
      start,
      compilerSettings,
      store: database.configuration,
      ...results,
      hub: HUB,
      collectors: [COLLECTOR],
    },
    undoing,
  )
  const collectorName = COLLECTOR
  const hub = createHubFacade({ clock, log, active, ...results, ...local, collectorName, desk })

  const web = await createWebServer({
    hub,
    settings: { host, port, consoleFolder: parts.consoleFolder, isBehindTls: settings.isBehindTls },
    version: VERSION,
    configurationSchema: jsonSchema(),
  })
  undoing.add(() => web.close())
  await grantLocalAccess(settings.data, web, database, clock)
  const { hosts, services } = active.fleet
  return {
    url: web.url,
    setupToken: web.setupToken,
    configuration: {
      path,
      hosts: hosts.size,
      services: services.size,
      usesPing: usesPing(active.fleet),
    },
    reload: async () => void (await desk.reload('SIGHUP')),
    failed: firstFailure(results.intake, local.collector),
    stop: () => undoing.run(),
  }
}

interface Results {
  readonly bus: Bus
  readonly database: Database
  readonly index: FleetIndex
  readonly intake: Intake
}

async function startDatabase(parts: UpParts, undoing: Undoing): Promise<Database> {
  const { settings, clock, log, progress } = parts
  progress(
    settings.databaseUrl === undefined
      ? 'starting the embedded database'
      : 'connecting to the database',
  )
  const database = await openDatabase(databaseOptions(parts))
  undoing.add(() => database.close())
  undoing.add(startMaintenance(database, clock, log))
  return database
}

/** What takes results in: bus, live index, intake. */
async function startResults(
  { clock, log }: UpParts,
  database: Database,
  active: Active,
  undoing: Undoing,
): Promise<Results> {
  const bus = createMemoryBus()
  const index = createFleetIndex(
    active.fleet,
    clock.now(),
    periodTest(() => active.fleet),
  )
  const intake = await startIntake({
    bus,
    store: database.store,
    index,
    clock,
    log,
    hub: HUB,
  })
  undoing.add(() => intake.stop())
  return { bus, database, index, intake }
}

function databaseOptions({ settings, clock, log }: UpParts): Parameters<typeof openDatabase>[0] {
  return {
    url: settings.databaseUrl,
    folder: join(settings.data, 'postgres'),
    retention: { resultsDays: settings.historyDays, seriesDays: settings.seriesDays },
    clock,
    log,
  }
}

interface LocalCollector {
  readonly collector: Collector
  readonly executor: PluginExecutor
  readonly outbox: Outbox
}

async function startLocalCollector(
  parts: UpParts,
  bus: Bus,
  selfStatus: () => SystemStatus,
  undoing: Undoing,
): Promise<LocalCollector> {
  const { settings, clock, log } = parts
  const outbox = openOutbox({
    path: join(settings.data, 'outbox.sqlite'),
    bytesMax: settings.outboxBytesMax,
    ageMaxMs: settings.outboxAgeMaxMs,
    clock,
    log,
  })
  const builtins = createBuiltins({ clock, pinger: createFpingPinger(clock), selfStatus })
  undoing.add(() => builtins.close())
  const executorSettings = {
    ...DEFAULT_EXECUTOR,
    slots: settings.pluginSlots,
    builtinSlots: settings.builtinSlots,
    environment: pluginEnvironment(parts.environment),
  }
  let executor: PluginExecutor | undefined
  const collector = await startCollector({
    name: COLLECTOR,
    hub: HUB,
    bus,
    outbox,
    clock,
    log,
    executorFactory: (onFinished) =>
      (executor = createExecutor({
        clock,
        log,
        builtins: builtins.builtins,
        settings: executorSettings,
        onFinished,
      })),
  })
  undoing.add(() => collector.stop())
  assert(executor !== undefined, 'a collector makes its executor when it starts')
  return { collector, executor, outbox }
}

/** What plugins may see of the program's own environment: never its secrets. */
function pluginEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const passed: Record<string, string> = { ...DEFAULT_EXECUTOR.environment }
  for (const name of ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'USER', 'LOGNAME']) {
    const value = environment[name]
    if (value !== undefined) passed[name] = value
  }
  return passed
}

async function grantLocalAccess(
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

function usesPing({ hosts, services }: Fleet): boolean {
  const pings = ({ check: { command } }: Monitored): boolean =>
    command.kind === 'builtin' && command.builtin === 'ping'
  return hosts.values().some(pings) || services.values().some(pings)
}

async function firstFailure(intake: Intake, collector: Collector): Promise<never> {
  await Promise.race([intake.finished, collector.ended])
  // Both end only when the whole is stopped.
  return new Promise<never>(() => undefined)
}

/**
 * Makes sure that the port can be had before anything else is started, and chooses one for 0: the configuration may name it before
 * anybody listens.
 */
async function freePort(host: string, wanted: number): Promise<number> {
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
