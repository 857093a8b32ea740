import { startIcinga } from '../peers/icinga.ts'
import { startNagios } from '../peers/nagios.ts'
import { needPackages } from '../peers/packages.ts'
import { dummyFleet, PLUGINS, type Peer } from '../peers/peer.ts'
import { cpuOf, forksOfSystem } from '../peers/process-tree.ts'
import { spawnLimit } from '../peers/spawn-limit.ts'
import { yamlOf } from '../fleet-yaml.ts'
import { median, pause, type Report } from '../report.ts'
import { observe, withProgram } from '../whole-system.ts'

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 10)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 2)
const WARM_UP_MS = 10_000
const fleet = dummyFleet(2, 2000, 1)

interface Rate {
  readonly perSecond: number
  /** CPU of the monitor's own processes, ms per check. */
  readonly ownMs: number
}

/** Saturation: 4,000 services of check_dummy at one second, more than two cores can do. Everybody in turn, round after round. */
export async function run(report: Report): Promise<void> {
  needPackages('monitoring-plugins-basic')
  const limits: number[] = []
  const rates: Record<'parallax' | 'nagios' | 'icinga', Rate[]> = {
    parallax: [],
    nagios: [],
    icinga: [],
  }
  for (let round = 1; round <= ROUNDS; round++) {
    report.progress(`round ${round} of ${ROUNDS}: the limit of posix_spawn`)
    limits.push(spawnLimit([`${PLUGINS}/check_dummy`, '0', 'ok'], 5))
    report.progress(`  ${limits.at(-1)} spawns/s; now Parallax`)
    rates.parallax.push(await measureParallax())
    report.progress(`  ${rates.parallax.at(-1)?.perSecond.toFixed(0)} checks/s; now Nagios 4`)
    rates.nagios.push(await measurePeer(await startNagios(fleet)))
    report.progress(`  ${rates.nagios.at(-1)?.perSecond.toFixed(0)} checks/s; now Icinga 2`)
    rates.icinga.push(await measurePeer(await startIcinga(fleet)))
    report.progress(`  ${rates.icinga.at(-1)?.perSecond.toFixed(0)} checks/s`)
  }
  const perSecond = (who: keyof typeof rates): number =>
    median(rates[who].map((rate) => rate.perSecond))
  const ownMs = (who: keyof typeof rates): number => median(rates[who].map((rate) => rate.ownMs))
  report.result('limit_per_s', median(limits), '/s')
  report.result('checks_per_s', perSecond('parallax'), '/s')
  report.result('of_limit', perSecond('parallax') / median(limits), 'ratio')
  report.result('nagios4_checks_per_s', perSecond('nagios'), '/s')
  report.result('vs_nagios4', perSecond('parallax') / perSecond('nagios'), 'ratio')
  report.result('icinga2_checks_per_s', perSecond('icinga'), '/s')
  report.result('vs_icinga2', perSecond('parallax') / perSecond('icinga'), 'ratio')
  report.result('own_cpu_ms_per_check', ownMs('parallax'), 'ms')
  report.result('nagios4_own_cpu_ms_per_check', ownMs('nagios'), 'ms')
  report.result('icinga2_own_cpu_ms_per_check', ownMs('icinga'), 'ms')
}

async function measureParallax(): Promise<Rate> {
  return withProgram(yamlOf(fleet), [], async (program) => {
    await pause(WARM_UP_MS)
    const window = await observe(program, SECONDS)
    return {
      perSecond: window.resultsPerSecond,
      ownMs: (window.ownCpu * 1000) / window.resultsPerSecond,
    }
  })
}

/** Peers are counted by the forks of the system, which they need one of for each check. */
async function measurePeer(peer: Peer): Promise<Rate> {
  try {
    await pause(WARM_UP_MS)
    const before = { forks: forksOfSystem(), cpu: cpuOf(peer.pid), at: performance.now() }
    await pause(SECONDS * 1000)
    const after = { forks: forksOfSystem(), cpu: cpuOf(peer.pid), at: performance.now() }
    const seconds = (after.at - before.at) / 1000
    const checks = after.forks - before.forks
    return {
      perSecond: checks / seconds,
      ownMs: ((after.cpu.own - before.cpu.own) * 1000) / checks,
    }
  } finally {
    await peer.stop()
  }
}
