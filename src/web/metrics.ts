import { readdirSync } from 'node:fs'
import { Counter, Gauge, Registry } from 'prom-client'
import type { Clock } from '../base/clock.ts'
import type { Metric } from '../base/metrics.ts'

/** The text that Prometheus reads; each number is read when it asks. */
export function createMetrics(metrics: readonly Metric[]): Registry {
  const registry = new Registry()
  for (const metric of metrics) register(metric, registry)
  return registry
}

function register(metric: Metric, registry: Registry): void {
  const { name, help } = metric
  const registers = [registry]
  if (metric.kind === 'gauge') {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers,
      collect: () => gauge.set(metric.read()),
    })
    return
  }
  const counter: Counter = new Counter({
    name,
    help,
    registers,
    collect: () => {
      counter.reset()
      counter.inc(Math.max(0, metric.read()))
    },
  })
}

/**
 * The process, under the names that every Prometheus client uses. Not prom-client's own list: that one keeps a timer of 10 ms and
 * observers of garbage collection running, and has names and values that promtool refuses.
 */
export function processMetrics(clock: Clock): Metric[] {
  const startedAt = clock.now() / 1000 - process.uptime()
  const gauge = (name: string, help: string, read: () => number): Metric => ({
    name,
    help,
    kind: 'gauge',
    read,
  })
  return [
    {
      name: 'process_cpu_seconds_total',
      help: 'Total user and system CPU time spent in seconds.',
      kind: 'counter',
      read: () => {
        const { user, system } = process.cpuUsage()
        return (user + system) / 1e6
      },
    },
    gauge('process_start_time_seconds', 'Start of the process since the epoch.', () => startedAt),
    gauge('process_resident_memory_bytes', 'Resident memory size.', () =>
      process.memoryUsage.rss(),
    ),
    gauge('process_open_fds', 'Open file descriptors.', openFiles),
    gauge(
      'nodejs_heap_used_bytes',
      'JavaScript heap in use.',
      () => process.memoryUsage().heapUsed,
    ),
    gauge(
      'nodejs_external_memory_bytes',
      'Memory of buffers outside of the JavaScript heap.',
      () => process.memoryUsage().external,
    ),
    gauge(
      'nodejs_eventloop_utilization_ratio',
      'Share of the time since the start in which the event loop was busy.',
      () => performance.eventLoopUtilization().utilization,
    ),
  ]
}

/** 0 where there is no /proc. */
function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return 0
  }
}
