import type { Metric } from '../base/metrics.ts'
import type { Clock } from '../base/clock.ts'
import type { Instant } from '../base/instant.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { Fleet } from '../domain/fleet.ts'
import type { Member } from '../orchestrator/roster.ts'
import { VERSION } from '../settings/program.ts'
import type { SystemStatus } from '../wire/api/actions.ts'
import type { CollectorOrder } from '../wire/api/network.ts'
import { Refused, type Bus } from '../wire/bus.ts'
import type { Beat } from '../wire/cluster.ts'
import {
  MESSAGE_VERSION,
  passive,
  recheck,
  type PassiveResults,
  type RecheckRequest,
} from '../wire/subjects.ts'
import type { RunningCollector } from './collector-parts.ts'

/** How a hub's web server gets at the collectors: the one in its own process, or those behind the bus. */
export interface CollectorReach {
  recheck(checkIds: readonly CheckId[], requestedAt: RecheckRequest['requestedAt']): Promise<void>
  /** Resolves when the results are in an outbox. Rejects with `BusUnavailable` when no collector takes them. */
  submit(results: PassiveResults['results']): Promise<void>
  status(): Pick<SystemStatus, 'outbox' | 'executor'>
  /** By id; the one of this process where there are no others. */
  members(): readonly Member[]
  /** Its standing afterwards. Rejects with `BusUnavailable` when it does not answer, with `Refused` when it will not. */
  order(id: string, want: CollectorOrder, author: string): Promise<string>
  readonly metrics: readonly Metric[]
}

/** A sender is told by then whether its results are kept. */
export const SUBMIT_WITHIN_MS = 10_000

export interface LocalParts {
  readonly bus: Bus
  readonly name: string
  readonly running: RunningCollector
  readonly clock: Clock
  /** What it checks: all of it. */
  readonly fleet: () => Pick<Fleet, 'hosts'>
}

/** The collector of this process. */
export function reachLocal(parts: LocalParts): CollectorReach {
  const { bus, name, running, clock } = parts
  const { collector, executor, outbox } = running
  const startedAt = clock.now()
  return {
    recheck: (checkIds, requestedAt) =>
      bus.publish(recheck(name), { version: MESSAGE_VERSION, checkIds, requestedAt }),
    async submit(results) {
      const message = { version: MESSAGE_VERSION, results } as const
      await bus.request(passive(name), message, SUBMIT_WITHIN_MS)
    },
    status() {
      const { waiting, lateP99Ms } = collector.stats()
      const { slots } = executor
      return {
        outbox: { waiting: outbox.waiting, lost: outbox.lost },
        executor: { running: executor.running, slots, waiting, latenessP99Ms: lateP99Ms },
      }
    },
    members: () => [localMember(parts, startedAt)],
    async order() {
      throw new Refused(
        'it is the only collector: it takes no orders, nobody would check in its place',
      )
    },
    metrics: [...collector.metrics, ...executor.metrics],
  }
}

/** It needs no beats: as long as we run, it does. */
function localMember({ name, running, clock, fleet }: LocalParts, startedAt: Instant): Member {
  const { collector } = running
  const { revision, epoch } = collector.edition()
  const now = clock.now()
  const beat: Beat = {
    version: MESSAGE_VERSION,
    collector: name,
    boot: collector.boot,
    number: 0,
    at: now,
    role: 'full',
    standing: 'active',
    activeFrom: startedAt,
    activeUntil: null,
    weight: 1,
    revision,
    epoch,
    view: '',
    program: VERSION,
    hosts: fleet().hosts.size,
    ...collector.report(),
    memoryBytes: process.memoryUsage.rss(),
  }
  return { id: name, cluster: name, name, health: 'live', beat, lastSeenAt: now, since: startedAt }
}
