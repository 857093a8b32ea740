import { randomBytes } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Metric } from '../base/metrics.ts'
import type { Bus } from '../wire/bus.ts'
import { collectorMetrics, type CollectorStats } from './collector-metrics.ts'
import { CheckLoop } from './check-loop.ts'
import { createSender } from './outbox/sender.ts'
import { createSpool } from './outbox/spool.ts'
import type { Executor, Finished, Outbox } from './ports.ts'
import { listen } from './listen.ts'

export interface CollectorParts {
  /** `cluster.name`, or `local` in one process. */
  readonly name: string
  /** To which its results go. */
  readonly hub: string
  readonly bus: Bus
  /** Makes the executor; it calls `onFinished` once per started job, never from within `start`. The collector closes it. */
  readonly executorFactory: (onFinished: (finished: Finished) => void) => Executor
  /** The collector closes it. */
  readonly outbox: Outbox
  readonly clock: Clock
  readonly log: Log
  readonly settings?: Partial<CollectorSettings>
}

export interface CollectorSettings {
  /** A result waits this long for company before it is written; on a slow disk longer. */
  readonly flushMs: number
  /** So many results are written without waiting. */
  readonly batchMax: number
  /** Results per message on the bus, and per transaction of the outbox. */
  readonly publishMax: number
  /** Results kept in memory until they are sent, and while the outbox is unavailable. */
  readonly memoryMax: number
  /** Due checks are started at most this often, so that many are started at once. */
  readonly wakeMs: number
  readonly retryFirstMs: number
  readonly retryMaxMs: number
  /** Sent results that no watermark has passed are sent again after this. */
  readonly resendAfterMs: number
  readonly resendMaxMs: number
  /** At the end running checks are waited for so long; then what can be sent is, for `drainMs`. */
  readonly stopWithinMs: number
  readonly drainMs: number
}

export const DEFAULT_COLLECTOR: CollectorSettings = {
  flushMs: 25,
  batchMax: 500,
  publishMax: 2_000,
  memoryMax: 50_000,
  wakeMs: 10,
  retryFirstMs: 250,
  retryMaxMs: 5_000,
  resendAfterMs: 10_000,
  resendMaxMs: 300_000,
  stopWithinMs: 5_000,
  drainMs: 2_000,
}

export interface Collector {
  /** Unique to this start; part of every result's id. */
  readonly boot: string
  /** Resolves after `stop`; rejects when the loop died of a bug: the role must end. */
  readonly ended: Promise<void>
  stats(): CollectorStats
  readonly metrics: readonly Metric[]
  /** Starts nothing any more, waits for what runs (bounded), keeps and sends its results, closes executor and outbox. */
  stop(): Promise<void>
}

/** Runs the checks of the plans that come over the bus, and gets their results to the hub. Checks begin with the first plan. */
export async function startCollector(parts: CollectorParts): Promise<Collector> {
  const settings = { ...DEFAULT_COLLECTOR, ...parts.settings }
  const { name, hub, bus, outbox, clock, log } = parts
  const boot = randomBytes(9).toString('base64url')
  const ended = Promise.withResolvers<void>()
  let hasCrashed = false
  const crash = (cause: unknown): void => {
    if (hasCrashed) return
    hasCrashed = true
    loop.abandon()
    subscriptions.close()
    sender.close()
    const fail = (): void => {
      outbox.close()
      ended.reject(cause)
    }
    executor.close().then(fail, fail)
  }
  const spool = createSpool({ outbox, clock, log, heldMax: settings.memoryMax })
  const sender = createSender({
    collector: name,
    hub,
    bus,
    spool,
    clock,
    log,
    settings: { ...settings, liveMax: settings.memoryMax },
    settled: () => loop.arm(),
    crash,
  })
  const executor = parts.executorFactory((finished) => loop.finished(finished))
  const loop = new CheckLoop({ name, boot, executor, spool, sender, clock, settings, crash })
  const subscriptions = listen({ name, bus, log, clock, loop })
  loop.begin()
  log.info('collector started', { collector: name, boot, waiting: spool.waiting })

  let stopping: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    subscriptions.closeInputs()
    await loop.stop()
    if (hasCrashed) return
    await executor.close()
    loop.flush()
    await sender.drain(settings.drainMs)
    loop.releaseNow()
    sender.close()
    subscriptions.close()
    outbox.close()
    ended.resolve()
  }
  return {
    boot,
    ended: ended.promise,
    stats: () => loop.stats(),
    metrics: collectorMetrics(() => loop.stats()),
    stop: () => (stopping ??= stop()),
  }
}
