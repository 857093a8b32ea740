import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startNetwork, type Network } from '../../test/services/network.ts'
import type { Load } from '../load-collector.ts'
import { cpuOf } from '../peers/process-tree.ts'
import { median, type Report } from '../report.ts'

const RESULTS = Number(process.env['BENCH_RESULTS'] ?? 400_000)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 2)
const HOSTS = 100
const SERVICES = 50
/** Before it counts: the programs compile what they run often. */
const WARM_UP = 100_000
const HUB = 'hub-a'

/** Results from a collector's outbox over NATS through a hub into PostgreSQL, each a process of its own on this machine. */
export async function run(report: Report): Promise<void> {
  const network = await startNetwork({
    yaml: yamlOf(),
    hubs: [HUB],
    collectors: [],
    hubFlags: ['--log-level', 'warn'],
  })
  try {
    report.progress(`${WARM_UP} results to warm up`)
    await feed(network, 'east.warm', WARM_UP)
    const rates: number[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      const { process: hub, server } = network.hub(HUB)
      const before = { hub: cpuOf(hub.pid).own, nats: cpuOf(server.pid).own }
      const seconds = await feed(network, `east.c${round}`, RESULTS)
      rates.push(RESULTS / seconds)
      const micro = (pid: number, from: number): string =>
        (((cpuOf(pid).own - from) * 1e6) / RESULTS).toFixed(0)
      report.progress(
        `  ${(RESULTS / seconds).toFixed(0)} results/s; CPU a result: hub ${micro(hub.pid, before.hub)} us, nats-server ${micro(server.pid, before.nats)} us`,
      )
    }
    report.result('results_per_s', median(rates), '/s')
  } finally {
    await network.stop()
  }
}

/** Returns the seconds from the start of the collector's work until the last result is in the database. */
async function feed(network: Network, collector: string, results: number): Promise<number> {
  const hub = network.hub(HUB)
  const stored = async (): Promise<number> => {
    const [row] = await hub.sql<{ count: string }>(
      'SELECT count(*) FROM result JOIN collector_name USING (collector_no) WHERE collector = $1',
      [collector],
    )
    return Number(row?.count)
  }
  const data = join(network.folder, collector)
  mkdirSync(data)
  const load: Load = {
    data,
    server: hub.server.url,
    hub: HUB,
    collector,
    results,
    hosts: HOSTS,
    services: SERVICES,
  }
  const program = join(import.meta.dirname, '..', 'load-collector.ts')
  const child = spawn(process.execPath, [program, JSON.stringify(load)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), ended])
  const began = performance.now()
  const [status] = (await ended) as [number | null]
  const seconds = (performance.now() - began) / 1000
  if (status !== 0) throw new Error(`the collector ended with ${status}`)
  // The hub has confirmed them: they are there, each once.
  const count = await stored()
  if (count !== results) throw new Error(`${count} of ${results} results are in the database`)
  return seconds
}

function yamlOf(): string {
  return [
    'clusters: { east: {} }',
    'hosts:',
    ...Array.from(
      { length: HOSTS },
      (_, n) => `  h${n}: { address: 127.0.0.1, cluster: east, checkCommand: passive }`,
    ),
    'apply:',
    ...Array.from(
      { length: SERVICES },
      (_, n) => `  s${n}: { where: { host: 'h*' }, service: { checkCommand: passive } }`,
    ),
    '',
  ].join('\n')
}
