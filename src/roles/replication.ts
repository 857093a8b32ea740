import { randomBytes } from 'node:crypto'
import type { Database } from '../adapters/postgres/database.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { ConfigurationStore } from '../orchestrator/ports.ts'
import { createIntents, type Intents } from '../orchestrator/replication/intents.ts'
import type { ReplicaBus } from '../orchestrator/replication/ports.ts'
import type { Outages } from '../orchestrator/replication/agreement.ts'
import {
  startReplication,
  type ComparedHub,
  type HeardHub,
} from '../orchestrator/replication/replication.ts'
import type { SystemStatus } from '../wire/api/actions.ts'
import type { Active } from './desk/active.ts'
import type { Desk } from './desk/desk.ts'
import type { Undoing } from './undoing.ts'

/** What makes hubs alike. It begins when the desk is there; changes before that are told with the first news. */
export interface Replicating {
  readonly configuration: ConfigurationStore
  readonly intents: Intents
  /** Other hubs, by name. */
  hubs(): readonly HeardHub[]
  compare(): Promise<readonly ComparedHub[]>
  begin(of: ReplicationSurroundings, undoing: Undoing): void
}

export interface ReplicationSurroundings {
  /** The hub's own bus first. None: there are no other hubs. */
  readonly buses: readonly ReplicaBus[]
  readonly desk: Pick<Desk, 'adopter'>
  readonly active: Pick<Active, 'book'>
  readonly status: () => SystemStatus
  readonly outages: () => Outages
  /** Address of this hub's console. */
  readonly url: string
}

export interface ReplicatingParts {
  readonly hub: string
  readonly database: Pick<Database, 'configuration' | 'replica' | 'intents'>
  readonly clock: Clock
  readonly log: Log
}

export function createReplicating({ hub, database, clock, log }: ReplicatingParts): Replicating {
  const { configuration, replica, intents } = database
  let nudge = (): void => undefined
  let hubs = (): readonly HeardHub[] => []
  let compare = (): Promise<readonly ComparedHub[]> => Promise.resolve([])
  return {
    configuration: {
      ...configuration,
      async activate(activation) {
        await configuration.activate(activation)
        nudge()
      },
      async renewEpoch(epoch) {
        await configuration.renewEpoch(epoch)
        nudge()
      },
    },
    intents: createIntents(intents, { hub, clock, changed: () => nudge() }),
    hubs: () => hubs(),
    compare: () => compare(),
    begin({ buses, desk, active, status, outages, url }, undoing) {
      if (buses.length === 0) return
      const replication = startReplication({
        self: hub,
        boot: randomBytes(8).toString('hex'),
        url,
        buses,
        store: replica,
        intents,
        texts: configuration,
        adopter: desk.adopter(replica),
        facts: () => factsOf(status(), active),
        outages,
        clock,
        log,
      })
      nudge = () => replication.nudge()
      hubs = () => replication.hubs()
      compare = () => replication.compare()
      undoing.add(() => replication.stop())
    },
  }
}

function factsOf(
  { version: program, startedAt, database, hosts, services, resultsPerSecond }: SystemStatus,
  { book }: Pick<Active, 'book'>,
) {
  const { revision, epoch } = book.edition
  return { program, startedAt, revision, epoch, database, hosts, services, resultsPerSecond }
}
