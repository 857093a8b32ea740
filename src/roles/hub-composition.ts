import type { Database } from '../adapters/postgres/database.ts'
import { takeDataFolder } from '../adapters/system/data-folder.ts'
import { jsonSchema } from '../configuration/json-schema.ts'
import type { Fleet, Monitored } from '../domain/fleet.ts'
import { VERSION } from '../settings/program.ts'
import type { SystemStatus } from '../wire/api/actions.ts'
import type { Bus } from '../wire/bus.ts'
import type { HubFacade } from '../web/ports.ts'
import { createWebServer, type WebServer } from '../web/server.ts'
import type { CollectorReach } from './collector-reach.ts'
import { configurationPath } from './configuration.ts'
import type { Active } from './desk/active.ts'
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
import type { Undoing } from './undoing.ts'

/** How one program with a hub in it differs from another. */
export interface HubNature {
  readonly name: string
  /** Called when the data folder is taken and the database runs. */
  openBus(database: Database, undoing: Undoing): Promise<Bus>
  /** Called when results can be taken in, and before the first plan is proposed. */
  startCollectors(given: CollectorsOf, undoing: Undoing): Promise<Collectors>
}

export interface CollectorsOf extends Results {
  readonly bus: Bus
  readonly database: Database
  readonly active: Active
  /** Of the whole hub; only after the start. */
  readonly status: () => SystemStatus
}

export interface Collectors {
  readonly reach: CollectorReach
  /** To whom plans are proposed. */
  readonly names: readonly string[]
  /** Rejects when a part failed. */
  readonly failed: Promise<unknown>
}

export interface RunningHub {
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
}

/** Starts a hub part by part; what was started is in `undoing`. */
export async function composeHub(
  parts: HubParts,
  nature: HubNature,
  undoing: Undoing,
): Promise<RunningHub> {
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
  const bus = await nature.openBus(database, undoing)
  const { name } = nature
  const results = await startResults({ hub: name, bus, database, active, clock, log }, undoing)
  const status = (): SystemStatus => hub.status()
  const collectors = await nature.startCollectors(
    { ...results, bus, database, active, status },
    undoing,
  )
  const { index } = results
  const { configuration: store } = database
  const desk = await startDesk(
    {
      clock,
      log,
      start,
      compilerSettings,
      store,
      index,
      hub: name,
      bus,
      collectors: collectors.names,
    },
    undoing,
  )
  const hub = createHubFacade({
    clock,
    log,
    active,
    database,
    ...results,
    reach: collectors.reach,
    desk,
  })

  const web = await startWeb(parts, { hub, host, port, database }, undoing)
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
    failed: firstFailure(results.intake.finished, collectors.failed),
  }
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
