import { execFileSync } from 'node:child_process'
import { rawLoop } from '../peers/raw-loop.ts'
import { startResponder } from '../peers/responder.ts'
import { treeOf } from '../peers/process-tree.ts'
import { yamlOf } from '../fleet-yaml.ts'
import type { PeerFleet } from '../peers/peer.ts'
import { median, pause, type Report } from '../report.ts'
import { observe, withProgram } from '../whole-system.ts'

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 10)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 2)

/**
 * More tcp and http checks than one core can do, each with a new connection. The main process has core 0 for itself; the server that
 * answers and the database share core 1. Beside it in the same run: a bare loop of sockets, without a monitor around it.
 */
export async function run(report: Report): Promise<void> {
  const responder = await startResponder()
  pin(responder.pid, 1)
  try {
    for (const kind of ['tcp', 'http'] as const) {
      const port = kind === 'tcp' ? responder.tcp : responder.http
      const ours: number[] = []
      const raw: number[] = []
      for (let round = 1; round <= ROUNDS; round++) {
        report.progress(`${kind}, round ${round} of ${ROUNDS}: bare sockets, then Parallax`)
        raw.push(await rawLoop(kind, port, 3))
        ours.push(await measure(kind, port))
        report.progress(`  bare ${raw.at(-1)?.toFixed(0)}/s, Parallax ${ours.at(-1)?.toFixed(0)}/s`)
      }
      report.result(`${kind}_per_s_core`, median(ours), '/s')
      report.result(`raw_${kind}_per_s_core`, median(raw), '/s')
      report.result(`${kind}_of_raw`, median(ours) / median(raw), 'ratio')
    }
  } finally {
    responder.stop()
  }
}

async function measure(kind: 'tcp' | 'http', port: number): Promise<number> {
  const fleet: PeerFleet = {
    hosts: 100,
    hostCommand: '',
    services: Array.from({ length: 200 }, (_, n) => [`s${n}`, ''] as const),
    intervalSeconds: 1,
    isActive: true,
  }
  const command =
    kind === 'tcp'
      ? `{ builtin: tcp, port: ${port} }`
      : `{ builtin: http, port: ${port}, path: /health }`
  const builtins = Object.fromEntries(
    ['host', ...fleet.services.map(([name]) => name)].map((name) => [name, command]),
  )
  return withProgram(yamlOf(fleet, builtins), [], async (program) => {
    for (const pid of treeOf(program.pid)) pin(pid, pid === program.pid ? 0 : 1)
    await pause(6000)
    return (await observe(program, SECONDS)).resultsPerSecond
  })
}

function pin(pid: number, core: number): void {
  execFileSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' })
}
