import { Agent, request } from 'node:https'
import { startIcinga } from '../peers/icinga.ts'
import { ICINGA_USER } from '../peers/icinga-daemon.ts'
import { cpuOf } from '../peers/process-tree.ts'
import type { PeerFleet } from '../peers/peer.ts'
import { yamlOf } from '../fleet-yaml.ts'
import { type Report } from '../report.ts'
import { storedResults, withProgram } from '../whole-system.ts'
import type { Program } from '../../test/services/program.ts'

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 10)
const HOSTS = 100
const SERVICES = 50
const BATCH = 1000
const SENDERS = 4
const OUTPUT =
  'OK - everything is fine here and this line is about one hundred bytes long to be like typical output'
const PERFDATA = 'time=0.012s;1;2;0;10 size=1234B;;;0 load1=0.15;5;10;0; users=3;20;50;0'

const fleet: PeerFleet = {
  hosts: HOSTS,
  hostCommand: 'check_dummy 0 ok',
  services: Array.from({ length: SERVICES }, (_, n) => [`s${n}`, 'check_dummy 0 ok'] as const),
  intervalSeconds: 300,
  isActive: false,
}

/** Passive results over HTTP until the database has committed them, beside Icinga's API, which takes one a request and keeps no history. */
export async function run(report: Report): Promise<void> {
  report.progress(
    `Parallax: batches of ${BATCH} from ${SENDERS} senders, until they are in the database`,
  )
  const ours = await withProgram(yamlOf(fleet), ['--outbox-max', '2GB'], feedParallax)
  report.progress(`  ${ours.perSecond.toFixed(0)} results/s; now Icinga 2, 32 connections`)
  const icinga = await feedIcinga()
  report.progress(`  ${icinga.toFixed(0)} results/s`)
  report.result('results_per_s', ours.perSecond, '/s')
  report.result('accepted_per_s', ours.acceptedPerSecond, '/s')
  report.result('cpu_ms_per_result', ours.cpuMs, 'ms')
  report.result('icinga2_results_per_s', icinga, '/s')
  report.result('vs_icinga2_api', ours.perSecond / icinga, 'ratio')
}

interface Fed {
  readonly perSecond: number
  readonly acceptedPerSecond: number
  readonly cpuMs: number
}

async function feedParallax(program: Program): Promise<Fed> {
  const stored = await storedResults(program)
  const cpu = cpuOf(program.pid)
  const began = performance.now()
  let sent = 0
  const send = async (): Promise<void> => {
    while (performance.now() - began < SECONDS * 1000) {
      const first = sent
      sent += BATCH
      await program.api('/api/v1/results', {
        method: 'POST',
        body: JSON.stringify({
          results: Array.from({ length: BATCH }, (_, n) => resultOf(first + n)),
        }),
      })
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, send))
  const acceptedPerSecond = sent / ((performance.now() - began) / 1000)
  while ((await storedResults(program)) - stored < sent)
    await new Promise((resolve) => setTimeout(resolve, 10))
  const seconds = (performance.now() - began) / 1000
  return {
    perSecond: sent / seconds,
    acceptedPerSecond,
    cpuMs: ((cpuOf(program.pid).own - cpu.own) * 1000) / sent,
  }
}

function resultOf(n: number): object {
  const code = n % 97 === 0 ? 2 : 0
  return {
    host: `h${n % HOSTS}`,
    service: `s${Math.floor(n / HOSTS) % SERVICES}`,
    code,
    output: `seq${n} ${OUTPUT} | ${PERFDATA}`,
  }
}

async function feedIcinga(): Promise<number> {
  const icinga = await startIcinga(fleet)
  const agent = new Agent({ keepAlive: true, maxSockets: 32, rejectUnauthorized: false })
  try {
    const began = performance.now()
    let done = 0
    let next = 0
    const send = async (): Promise<void> => {
      while (performance.now() - began < SECONDS * 1000) {
        await postToIcinga(icinga.port, agent, next++)
        done++
      }
    }
    await Promise.all(Array.from({ length: 32 }, send))
    return done / ((performance.now() - began) / 1000)
  } finally {
    agent.destroy()
    await icinga.stop()
  }
}

async function postToIcinga(port: number, agent: Agent, n: number): Promise<void> {
  const service = `h${n % HOSTS}!s${Math.floor(n / HOSTS) % SERVICES}`
  const body = JSON.stringify({
    type: 'Service',
    service,
    exit_status: n % 97 === 0 ? 2 : 0,
    plugin_output: `seq${n} ${OUTPUT}`,
    performance_data: PERFDATA.split(' '),
  })
  await new Promise<void>((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        agent,
        method: 'POST',
        path: '/v1/actions/process-check-result',
        auth: ICINGA_USER,
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      },
      (response) => {
        response.resume()
        response.once('end', () =>
          response.statusCode === 200
            ? resolve()
            : reject(new Error(`icinga2 answered ${response.statusCode}`)),
        )
      },
    )
    asked.once('error', reject)
    asked.end(body)
  })
}
