import type { Clock } from '../../base/clock.ts'
import type { Instant } from '../../base/instant.ts'
import type { Log } from '../../base/log.ts'
import type { Metric } from '../../base/metrics.ts'
import type { EnrolmentStore } from '../../orchestrator/enrolment/ports.ts'
import type { ConfigurationStore } from '../../orchestrator/ports.ts'
import type { IntentStore, ReplicaStore } from '../../orchestrator/replication/ports.ts'
import {
  StoreUnavailable,
  type History,
  type ResultStore,
  type VerdictStore,
} from '../../results/ports.ts'
import type { RepairStore } from '../../results/repairs/ports.ts'
import type { AccountStore } from '../../web/ports.ts'
import { createAccountStore } from './account-store.ts'
import { readBackup, type BackupRow } from './backup.ts'
import { createConfigurationStore } from './configuration-store.ts'
import { createPool, withClient, type Pool } from './connection.ts'
import { startEmbedded, type EmbeddedServer } from './embedded.ts'
import { createEnrolmentStore } from './enrolment-store.ts'
import { lockDatabase } from './database-lock.ts'
import { createHistory } from './history.ts'
import { createIntentStore } from './intent-store.ts'
import { migrate, SchemaRefused } from './migrate.ts'
import { createPartitions, type Retention } from './partitions.ts'
import { createPerfLayouts } from './perf-layouts.ts'
import { createRepairStore } from './repair-store.ts'
import { createReplicaStore } from './replica-store.ts'
import { createResultStore } from './result-store.ts'
import { maintain, type Maintained } from './retention.ts'
import { createVerdictStore } from './verdict-store.ts'
import { createVitals } from './vitals.ts'

export interface DatabaseOptions {
  /** A PostgreSQL server to use; `undefined` starts the embedded one in `folder`. */
  readonly url: string | undefined
  /** Belongs to the embedded server alone. */
  readonly folder: string
  readonly retention: Retention
  readonly clock: Clock
  readonly log: Log
}

export interface Database {
  readonly store: ResultStore
  readonly history: History
  readonly accounts: AccountStore
  readonly configuration: ConfigurationStore
  readonly enrolment: EnrolmentStore
  readonly replica: ReplicaStore
  readonly intents: IntentStore
  readonly repairs: RepairStore
  readonly verdicts: VerdictStore
  /** What another hub needs, as it is at one instant. Holds a connection until it is read or left. @throws StoreUnavailable */
  backup(): AsyncGenerator<BackupRow>
  /** For the role to call at the start and then once an hour. @throws StoreUnavailable */
  maintain(now: Instant): Promise<Maintained>
  /** Reads what `metrics` say of the server. @throws StoreUnavailable */
  look(): Promise<void>
  /** @returns ms for a round trip @throws StoreUnavailable */
  ping(): Promise<number>
  describe(): DatabaseDescription
  readonly metrics: readonly Metric[]
  /** Waits for the statements that run, then stops the embedded server. */
  close(): Promise<void>
}

export interface DatabaseDescription {
  readonly kind: 'embedded' | 'server'
  /** Such as '18.4'. */
  readonly version: string
  /** Folder of the embedded server, or host and database; never a password. */
  readonly where: string
  /** File names of migrations that this start applied. */
  readonly migrated: readonly string[]
}

/** PostgreSQL 14 is the oldest that is still looked after; nothing here needs a newer one. */
const VERSION_MIN = 140_000
const START_MAX_MS = 60_000
const START_PAUSE_MS = 500

/**
 * Opens everything that a hub keeps, schema up to date. Intake, pages and maintenance each have connections of their own, so that
 * a slow page never holds up a result.
 * @throws EmbeddedUnavailable, SchemaRefused, DatabaseInUse: a person must act
 * @throws StoreUnavailable when a server given by URL does not answer within a minute
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { clock, log } = options
  const embedded =
    options.url === undefined
      ? await startEmbedded({ folder: options.folder, clock, log })
      : undefined
  const url = options.url ?? (embedded as EmbeddedServer).url
  const pools = poolsOf(url)
  let unlock = async (): Promise<void> => undefined
  const close = async (): Promise<void> => {
    await unlock()
    await Promise.all(Object.values(pools).map((pool) => pool.end()))
    await embedded?.stop()
  }
  try {
    const version = await waitForServer(pools.keeper, options)
    unlock = await lockDatabase(url, clock, log)
    const migrated = await migrate(pools.keeper, clock)
    const description: DatabaseDescription = {
      kind: embedded === undefined ? 'server' : 'embedded',
      version,
      where: embedded === undefined ? placeOf(url) : options.folder,
      migrated,
    }
    return { ...(await partsOf(pools, options)), describe: () => description, close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Pools {
  /** Commits of results, and what they prepare. */
  readonly writer: Pool
  /** Pages. */
  readonly reader: Pool
  readonly accounts: Pool
  /** Apply jobs, revisions, objects. */
  readonly configuration: Pool
  /** Migrations and maintenance, which may take minutes. */
  readonly keeper: Pool
}

function poolsOf(url: string): Pools {
  return {
    writer: createPool(url, {
      name: 'writer',
      max: 2,
      statementTimeoutMs: 60_000,
      isReadOnly: false,
    }),
    reader: createPool(url, {
      name: 'reader',
      max: 4,
      statementTimeoutMs: 10_000,
      isReadOnly: true,
    }),
    accounts: createPool(url, {
      name: 'accounts',
      max: 2,
      statementTimeoutMs: 10_000,
      isReadOnly: false,
    }),
    configuration: createPool(url, {
      name: 'configuration',
      max: 3,
      statementTimeoutMs: 60_000,
      isReadOnly: false,
    }),
    keeper: createPool(url, {
      name: 'keeper',
      max: 2,
      statementTimeoutMs: 3_600_000,
      isReadOnly: false,
    }),
  }
}

async function partsOf(
  pools: Pools,
  { clock, retention }: DatabaseOptions,
): Promise<Omit<Database, 'describe' | 'close'>> {
  const partitions = createPartitions(pools.keeper, retention)
  const layouts = createPerfLayouts(pools.writer)
  const vitals = createVitals(pools.keeper)
  const store = await createResultStore(pools.writer, { clock, partitions, layouts })
  return {
    store,
    history: createHistory(pools.reader, clock),
    accounts: createAccountStore(pools.accounts, clock),
    configuration: createConfigurationStore(pools.configuration, clock),
    enrolment: createEnrolmentStore(pools.accounts, clock),
    replica: createReplicaStore(pools.configuration, clock),
    intents: createIntentStore(pools.configuration, clock),
    repairs: createRepairStore(pools.keeper, { clock, partitions }),
    verdicts: createVerdictStore(pools.reader, clock),
    backup: () => readBackup(pools.keeper),
    maintain: (now) => maintain(pools.keeper, { partitions, layouts, retention }, now),
    async ping() {
      const before = clock.monotonicMs()
      await withClient(pools.reader, (client) => client.query('SELECT 1'))
      return clock.monotonicMs() - before
    },
    look: () => vitals.look(),
    metrics: [...store.metrics, ...vitals.metrics],
  }
}

/** A machine that boots starts both at once, so a server that does not answer yet is waited for. */
async function waitForServer(pool: Pool, { clock, log }: DatabaseOptions): Promise<string> {
  const patience = clock.monotonicMs() + START_MAX_MS
  for (let attempt = 1; ; attempt++) {
    try {
      return await versionOf(pool)
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || clock.monotonicMs() >= patience) throw error
      if (attempt === 1) log.warn('database does not answer, waiting', { cause: error.message })
      await clock.sleep(START_PAUSE_MS)
    }
  }
}

async function versionOf(pool: Pool): Promise<string> {
  const { rows } = await withClient(pool, (client) =>
    client.query<{ version: string; number: number }>(
      `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::integer AS number`,
    ),
  )
  const { version, number } = rows[0] ?? { version: 'unknown', number: 0 }
  if (number < VERSION_MIN) {
    throw new SchemaRefused(`PostgreSQL ${version} is too old: Parallax needs 14 or newer`)
  }
  return version
}

function placeOf(url: string): string {
  const { host, pathname } = new URL(url)
  return `${decodeURIComponent(host)}${pathname}`
}
