import { z } from 'zod'
import type { Clock } from '../../../base/clock.ts'
import { counter, gauge, type Metric } from '../../../base/metrics.ts'

const EVERY_MS = 15_000
const ANSWER_WITHIN_MS = 5_000

const count = z.number().nonnegative()
/** `/varz` of nats-server, as far as we look into it. */
const general = z.object({ connections: count, leafnodes: count, slow_consumers: count })
/** `/jsz`. */
const jetStream = z.object({
  messages: count,
  bytes: count,
  config: z.object({ max_storage: count }),
})

type Figures = z.output<typeof general> & z.output<typeof jetStream>

export interface ServerMonitor {
  readonly metrics: readonly Metric[]
  close(): void
}

/** Asks the monitoring port of a nats-server every quarter of a minute. One that does not answer is `up` 0, and its numbers are unknown. */
export function monitorServer(monitorUrl: string, clock: Clock): ServerMonitor {
  const stop = new AbortController()
  let figures: Figures | undefined
  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      figures = await ask(monitorUrl, stop.signal)
      await clock.sleep(EVERY_MS, stop.signal)
    }
  }
  void loop()
  const of = (pick: (figures: Figures) => number) => (): number =>
    figures === undefined ? Number.NaN : pick(figures)
  return {
    metrics: [
      gauge('parallax_bus_server_up', '1: the own nats-server answers.', () =>
        Number(figures !== undefined),
      ),
      gauge(
        'parallax_bus_server_connections',
        'Clients of the nats-server.',
        of(({ connections }) => connections),
      ),
      gauge(
        'parallax_bus_server_leaf_nodes',
        'Servers of clusters that are connected to it.',
        of(({ leafnodes }) => leafnodes),
      ),
      counter(
        'parallax_bus_server_slow_consumers_total',
        'Clients that it cut off because they did not keep up.',
        of(({ slow_consumers: slow }) => slow),
      ),
      gauge(
        'parallax_bus_server_stream_messages',
        'Messages that wait in its streams.',
        of(({ messages }) => messages),
      ),
      gauge(
        'parallax_bus_server_stream_bytes',
        'Size of its streams.',
        of(({ bytes }) => bytes),
      ),
      gauge(
        'parallax_bus_server_stream_max_bytes',
        'Size that its streams may reach.',
        of(({ config }) => config.max_storage),
      ),
    ],
    close: () => stop.abort(),
  }
}

async function ask(url: string, stop: AbortSignal): Promise<Figures | undefined> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(ANSWER_WITHIN_MS)])
  const read = async <T>(page: string, schema: z.ZodType<T>): Promise<T> => {
    const response = await fetch(`${url}${page}`, { signal })
    return schema.parse(await response.json())
  }
  try {
    const [varz, jsz] = await Promise.all([read('/varz', general), read('/jsz', jetStream)])
    return { ...varz, ...jsz }
  } catch {
    return undefined
  }
}
