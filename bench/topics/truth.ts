import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { summaryTable } from '../../src/cli/simulation/summary-table.ts'
import type { Summary } from '../../src/simulator/scoring/summary.ts'
import type { Report } from '../report.ts'
import { ENGINE_LOAD, measureEngine } from '../truth-engine.ts'
import { measureTruth } from '../truth-worlds.ts'

/** About 12 s of one core for each; the table of docs/operating/decision.md has 30. */
const SEEDS = Number(process.env['BENCH_SEEDS'] ?? 10)
const FIRST_SEED = Number(process.env['BENCH_FIRST_SEED'] ?? 301)
const HOURS = Number(process.env['BENCH_HOURS'] ?? 24)

/** The decision about what several observers see: how right it is, and what it costs. */
export async function run(report: Report): Promise<void> {
  const { resultsPerSecond, bytesPerCell } = measureEngine(
    ENGINE_LOAD,
    (text) => report.progress(text),
    collector(),
  )
  const seeds = Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index)
  const load = { seeds, hours: HOURS, observers: 5 }
  const { ours, bestRival, rivals } = await measureTruth(load, (text) => report.progress(text))
  for (const line of summaryTable([...rivals, ours]).split('\n')) report.progress(line)
  reportOne(report, '', ours)
  report.progress(`the best of the others is ${bestRival.engine}`)
  reportOne(report, 'best_rival_', bestRival)
  for (const rival of rivals) reportOne(report, `${rival.engine}.`, rival)
  report.result('results_per_s_core', resultsPerSecond, '/s')
  report.result('bytes_per_cell', bytesPerCell, 'B')
}

function reportOne(report: Report, prefix: string, summary: Summary): void {
  const { falseAlarmsPer1000Day, missed, delayP50S, delayP95S, localisation } = summary
  report.result(`${prefix}false_alarms_per_1000_day`, falseAlarmsPer1000Day, '')
  report.result(`${prefix}missed`, missed, '')
  report.result(`${prefix}delay_p50_s`, delayP50S ?? Number.NaN, 's')
  report.result(`${prefix}delay_p95_s`, delayP95S ?? Number.NaN, 's')
  report.result(`${prefix}localisation`, localisation, '')
  report.result(`${prefix}extra_probes_pct`, summary.extraProbesPct, '%')
}

/** Collects garbage at once; node has it only behind a flag. */
function collector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') throw new Error('this node does not collect garbage on demand')
  return () => void collect()
}
