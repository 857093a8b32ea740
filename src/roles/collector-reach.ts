import type { Metric } from '../base/metrics.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { SystemStatus } from '../wire/api/actions.ts'
import type { Bus } from '../wire/bus.ts'
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
  readonly metrics: readonly Metric[]
}

/** A sender is told by then whether its results are kept. */
const SUBMIT_WITHIN_MS = 10_000

export function reachLocal(
  bus: Bus,
  name: string,
  { collector, executor, outbox }: RunningCollector,
): CollectorReach {
  return {
    recheck: (checkIds, requestedAt) =>
      bus.publish(recheck(name), { version: MESSAGE_VERSION, checkIds, requestedAt }),
    async submit(results) {
      const message = { version: MESSAGE_VERSION, results } as const
      await bus.request(passive(name), message, SUBMIT_WITHIN_MS)
    },
    status() {
      const { waiting, lateP99Ms } = collector.stats()
      const { running, slots } = executor
      return {
        outbox: { waiting: outbox.waiting, lost: outbox.lost },
        executor: { running, slots, waiting, latenessP99Ms: lateP99Ms },
      }
    },
    metrics: [...collector.metrics, ...executor.metrics],
  }
}
