import { startIcinga } from '../peers/icinga.ts'
import { startNagios } from '../peers/nagios.ts'
import { dummyFleet, type Peer } from '../peers/peer.ts'
import { rssMbOf, treeOf } from '../peers/process-tree.ts'
import { yamlOf } from '../fleet-yaml.ts'
import { pause, type Report } from '../report.ts'
import { withProgram } from '../whole-system.ts'

const fleet = dummyFleet(5000, 10, 300)
const SETTLE_MS = 10_000

/** 50,000 services on 5,000 hosts at five minutes: memory of the main process once it works, and the time until it answers. */
export async function run(report: Report): Promise<void> {
  report.progress('Parallax, first start (makes its database)')
  const began = performance.now()
  const ours = await withProgram(yamlOf(fleet), [], async (program) => {
    const startSeconds = (performance.now() - began) / 1000
    await pause(SETTLE_MS)
    return { startSeconds, rssMb: rssMbOf(program.pid) }
  })
  report.progress('Nagios 4')
  const nagios = await measure(await startNagios(fleet))
  report.progress('Icinga 2')
  const icinga = await measure(await startIcinga(fleet))
  report.result('start_s_50k', ours.startSeconds, 's')
  report.result('nagios4_start_s_50k', nagios.startSeconds, 's')
  report.result('icinga2_start_s_50k', icinga.startSeconds, 's')
  report.result('rss_mb_50k', ours.rssMb, 'MB')
  report.result('nagios4_rss_mb_50k', nagios.rssMb, 'MB')
  report.result('icinga2_rss_mb_50k', icinga.rssMb, 'MB')
}

async function measure(peer: Peer): Promise<{ startSeconds: number; rssMb: number }> {
  try {
    await pause(SETTLE_MS)
    return { startSeconds: peer.startSeconds, rssMb: Math.max(...treeOf(peer.pid).map(rssMbOf)) }
  } finally {
    await peer.stop()
  }
}
