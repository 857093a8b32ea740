import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { needPackages } from '../peers/packages.ts'
import { measureApplies } from '../config-apply.ts'
import { writeIcingaSite } from '../icinga-files.ts'
import { writeNagiosSite } from '../nagios-files.ts'
import { median, type Report } from '../report.ts'
import { createSite, SERVICES_PER_HOST } from '../site.ts'
import { icingaCheckWords, mustEnd, runCommand, runParallax } from '../whole-commands.ts'

const HOSTS = Number(process.env['BENCH_HOSTS'] ?? 5000)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3)
const ICINGA = '/usr/lib/x86_64-linux-gnu/icinga2/sbin/icinga2'

/**
 * A site of 5,000 hosts and 50,000 services: how long a whole process takes to read, compile and validate it, beside `nagios4 -v` on
 * the same files and `icinga2 daemon -C` on the same site; then, while it is being monitored, plans and applies.
 */
export async function run(report: Report): Promise<void> {
  needPackages('nagios4-core', 'icinga2-bin')
  const folder = mkdtempSync(join(tmpdir(), 'parallax-site-'))
  try {
    await measureLoading(report, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  await measureApplies(report, HOSTS)
}

async function measureLoading(report: Report, folder: string): Promise<void> {
  const site = createSite(HOSTS)
  const interval = { intervalSeconds: 300 }
  report.progress(`writing ${HOSTS} hosts, ${HOSTS * SERVICES_PER_HOST} services`)
  const main = writeNagiosSite(join(folder, 'nagios'), site, interval)
  const icinga = { ...interval, hasNotifications: true }
  const icingaMain = writeIcingaSite(join(folder, 'icinga'), site, icinga)
  const bareMain = writeIcingaSite(join(folder, 'bare'), site, {
    ...icinga,
    hasNotifications: false,
  })
  const data = join(folder, 'data')
  const contestants = {
    ours: () => runParallax(['validate', '--config', main]),
    nagios4: () => runCommand('/usr/sbin/nagios4', ['-v', main]),
    icinga2: () => runCommand(ICINGA, icingaCheckWords(icingaMain, data)),
    icinga2_without_notifications: () => runCommand(ICINGA, icingaCheckWords(bareMain, data)),
  }
  const seconds = new Map<string, number[]>()
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [name, start] of Object.entries(contestants)) {
      const took = await mustEnd(start(), name)
      seconds.set(name, [...(seconds.get(name) ?? []), took])
      report.progress(`round ${round} of ${ROUNDS}: ${name} ${took.toFixed(2)} s`)
    }
  }
  const [ours, nagios, icinga2, bare] = Object.keys(contestants).map((name) =>
    median(seconds.get(name) ?? []),
  ) as [number, number, number, number]
  report.result('load_s_50k', ours, 's')
  report.result('nagios4_load_s_50k', nagios, 's')
  report.result('icinga2_load_s_50k', icinga2, 's')
  report.result('icinga2_load_s_50k_without_notifications', bare, 's')
  report.result('vs_nagios4', ours / nagios, 'ratio')
  report.result('vs_icinga2', ours / icinga2, 'ratio')
}
