import { Counter, Gauge, Registry } from 'prom-client'
import type { LabelledNumbers, Metric } from '../base/metrics.ts'

/** The text that Prometheus reads; each number is read when it asks. */
export function createMetrics(metrics: readonly Metric[]): Registry {
  const registry = new Registry()
  for (const metric of metrics) register(metric, registry)
  return registry
}

function register(metric: Metric, registry: Registry): void {
  const { name, help, each } = metric
  const registers = [registry]
  if (each !== undefined) return registerEach(metric, each, registry)
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

function registerEach(
  { name, help, kind }: Metric,
  each: LabelledNumbers,
  registry: Registry,
): void {
  const { labels } = each
  const settings = { name, help, labelNames: [...labels], registers: [registry] }
  const labelled = (of: readonly string[]): Record<string, string> =>
    Object.fromEntries(labels.map((label, index) => [label, of[index] ?? '']))
  if (kind === 'gauge') {
    const gauge: Gauge = new Gauge({
      ...settings,
      collect() {
        gauge.reset()
        for (const { of, value } of each.read()) gauge.set(labelled(of), value)
      },
    })
    return
  }
  const counter: Counter = new Counter({
    ...settings,
    collect() {
      counter.reset()
      for (const { of, value } of each.read()) counter.inc(labelled(of), Math.max(0, value))
    },
  })
}
