import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { Metric } from '../base/metrics.ts'

/** Their names break the conventions that `promtool check metrics` knows (gauges named `_total`), and nobody needs them. */
const UNWANTED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

/** The text that Prometheus reads: the hub's own numbers and those of the process. */
export function createMetrics(metrics: readonly Metric[]): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of UNWANTED) registry.removeSingleMetric(name)
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
