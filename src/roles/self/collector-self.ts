import { numbersOf, type Metric, type Numbers } from '../../base/metrics.ts'
import type { Clock } from '../../base/clock.ts'
import { isoOf } from '../../base/instant.ts'
import type { BeatReport } from '../../collector/assignment/cluster-parts.ts'
import type { SelfView } from '../../collector/executor/builtin/self-view.ts'
import { JUDGED_METRICS } from '../../domain/self-monitoring/components.ts'
import { VERSION } from '../../settings/program.ts'
import { processMetrics } from '../../web/process-metrics.ts'
import type { SystemStatus } from '../../wire/api/actions.ts'
import type { RunningCollector } from '../collector-parts.ts'
import { createSelfView } from './self-view.ts'

export interface CollectorSelfParts {
  /** `cluster.name`. */
  readonly id: string
  /** Of the process, its machine and the bus. */
  readonly program: readonly Metric[]
  readonly clock: Clock
}

/** What a collector of its own process knows of itself. */
export interface CollectorSelf {
  readonly view: SelfView
  /** For its beats: hubs judge it by these numbers. */
  readonly report: () => Partial<BeatReport>
  /** All of them. */
  readonly metrics: readonly Metric[]
  /** Now it runs. */
  attach(running: RunningCollector): void
}

const NUMBERS_EVERY_MS = 10_000

export function createCollectorSelf({ id, program, clock }: CollectorSelfParts): CollectorSelf {
  const startedAt = isoOf(clock.now())
  const metrics: Metric[] = [...processMetrics(clock), ...program]
  let running: RunningCollector | undefined
  let toldMs = Number.NEGATIVE_INFINITY
  const numbers = (): Numbers => numbersOf(metrics.filter(({ name }) => JUDGED_METRICS.has(name)))
  return {
    view: createSelfView({
      name: id,
      clock,
      status: () => running && statusOf(running, startedAt),
      metrics: () => running && metrics,
      members: () => [],
      clusters: () => new Set(),
    }),
    report() {
      const memoryBytes = process.memoryUsage.rss()
      const nowMs = clock.monotonicMs()
      if (running === undefined || nowMs - toldMs < NUMBERS_EVERY_MS) return { memoryBytes }
      toldMs = nowMs
      return { memoryBytes, numbers: { ...numbers() } }
    },
    metrics,
    attach(started) {
      running = started
      const { collector, executor } = started
      metrics.push(...collector.metrics, ...executor.metrics)
    },
  }
}

function statusOf({ collector, executor }: RunningCollector, startedAt: string): SystemStatus {
  const { checks, outboxWaiting, lost, waiting, lateP99Ms } = collector.stats()
  const { running, slots } = executor
  return {
    version: VERSION,
    startedAt,
    revision: '',
    hosts: 0,
    services: checks,
    database: 'ok',
    outbox: { waiting: outboxWaiting, lost },
    executor: { running, slots, waiting, latenessP99Ms: lateP99Ms },
    resultsPerSecond: 0,
  }
}
