import { readdirSync } from 'node:fs'
import type { Clock } from '../base/clock.ts'
import { gauge, type Metric } from '../base/metrics.ts'

/**
 * The process, under the names that every Prometheus client uses. Not prom-client's own list: that one keeps a timer of 10 ms and
 * observers of garbage collection running, and has names and values that promtool refuses.
 */
export function processMetrics(clock: Clock): Metric[] {
  const startedAt = clock.now() / 1000 - process.uptime()
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
