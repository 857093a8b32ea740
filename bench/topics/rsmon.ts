import { startNagios } from '../peers/nagios.ts'
import type { PeerFleet } from '../peers/peer.ts'
import { cpuOf } from '../peers/process-tree.ts'
import { startResponder, type Responder } from '../peers/responder.ts'
import { yamlOf } from '../fleet-yaml.ts'
import { pause, type Report } from '../report.ts'
import { metric, observe, withProgram } from '../whole-system.ts'

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 30)
const WARM_UP_MS = 70_000

/** RSMON's load: 700 hosts (ping) and 7,000 services (ping, ssh, two http, six tcp) a minute, all on loopback. */
export async function run(report: Report): Promise<void> {
  const responder = await startResponder()
  try {
    const fleet = fleetOf(responder)
    report.progress(
      `Nagios 4 with plugins (${WARM_UP_MS / 1000} s to warm up, ${SECONDS} s to measure)`,
    )
    const nagios = await measureNagios(fleet)
    report.progress(`  ${(nagios * 50).toFixed(1)} % of two cores; now Parallax with plugins`)
    const plugins = await measure(yamlOf(fleet))
    report.progress(`  ${(plugins.cpu * 50).toFixed(1)} %; now Parallax with built-in checks`)
    const builtin = await measure(yamlOf(fleet, builtinsOf(responder)))
    report.progress(`  ${(builtin.cpu * 50).toFixed(1)} %`)
    report.result('nagios4_cpu_percent', nagios * 50, '%')
    report.result('cpu_percent_plugins', plugins.cpu * 50, '%')
    report.result('cpu_percent_builtin', builtin.cpu * 50, '%')
    report.result('cpu_vs_nagios4_plugins', plugins.cpu / nagios, 'ratio')
    report.result('cpu_vs_nagios4_builtin', builtin.cpu / nagios, 'ratio')
    report.result('checks_per_s', plugins.checksPerSecond, '/s')
    report.result('late_p99_ms', plugins.lateP99Ms, 'ms')
    report.result('late_p99_ms_builtin', builtin.lateP99Ms, 'ms')
  } finally {
    responder.stop()
  }
}

function fleetOf({ http, ssh, tcp }: Responder): PeerFleet {
  return {
    hosts: 700,
    hostCommand: 'check_icmp -H 127.0.0.1 -n 5 -w 100,20% -c 500,60%',
    services: [
      ['ping', 'check_ping -H 127.0.0.1 -w 100,20% -c 500,60% -p 5'],
      ['ssh', `check_ssh -p ${ssh} 127.0.0.1`],
      ['http1', `check_http -I 127.0.0.1 -p ${http} -u /`],
      ['http2', `check_http -I 127.0.0.1 -p ${http} -u /health -s ok`],
      ...Array.from(
        { length: 6 },
        (_, n) => [`tcp${n}`, `check_tcp -H 127.0.0.1 -p ${tcp} -w 1 -c 2`] as const,
      ),
    ],
    intervalSeconds: 60,
    isActive: true,
  }
}

function builtinsOf({ http, ssh, tcp }: Responder): Readonly<Record<string, string>> {
  return {
    host: '{ builtin: ping, packets: 5, warning: "100ms,20%", critical: "500ms,60%" }',
    ping: '{ builtin: ping, packets: 5, warning: "100ms,20%", critical: "500ms,60%" }',
    ssh: `{ builtin: tcp, port: ${ssh}, expect: 'SSH-' }`,
    http1: `{ builtin: http, port: ${http}, path: / }`,
    http2: `{ builtin: http, port: ${http}, path: /health, contains: ok }`,
    ...Object.fromEntries(
      Array.from({ length: 6 }, (_, n) => [
        `tcp${n}`,
        `{ builtin: tcp, port: ${tcp}, warning: 1s, critical: 2s }`,
      ]),
    ),
  }
}

interface Measured {
  /** CPU seconds per second, plugins and all. */
  readonly cpu: number
  readonly checksPerSecond: number
  readonly lateP99Ms: number
}

async function measure(yaml: string): Promise<Measured> {
  return withProgram(yaml, [], async (program) => {
    await pause(WARM_UP_MS)
    const window = await observe(program, SECONDS)
    const lateP99Ms = 1000 * (await metric(program, 'parallax_check_lateness_p99_seconds'))
    return {
      cpu: window.ownCpu + window.pluginCpu,
      checksPerSecond: window.resultsPerSecond,
      lateP99Ms,
    }
  })
}

async function measureNagios(fleet: PeerFleet): Promise<number> {
  const peer = await startNagios(fleet)
  try {
    await pause(WARM_UP_MS)
    const before = { cpu: cpuOf(peer.pid), at: performance.now() }
    await pause(SECONDS * 1000)
    const after = { cpu: cpuOf(peer.pid), at: performance.now() }
    return (
      (after.cpu.own + after.cpu.reaped - before.cpu.own - before.cpu.reaped) /
      ((after.at - before.at) / 1000)
    )
  } finally {
    await peer.stop()
  }
}
