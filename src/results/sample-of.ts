import type { CheckResult } from '../domain/check-result.ts'
import { parsePerfdata } from '../domain/perfdata.ts'
import type { Sample } from './ports.ts'

/** Further values of one check are left out of its series. So many fit at most into the 8 KB that Nagios reads. */
const SAMPLE_VALUES_MAX = 2_048

/** @param observer one of several: each has lines of its own */
export function sampleOf(
  { checkId, finishedAt, outcome }: CheckResult,
  observer?: string,
): Sample | undefined {
  if (outcome.kind !== 'exited' || outcome.perfdata === '') return undefined
  const perfdata = parsePerfdata(outcome.perfdata)
  if (perfdata.length === 0) return undefined
  const kept = perfdata.length > SAMPLE_VALUES_MAX ? perfdata.slice(0, SAMPLE_VALUES_MAX) : perfdata
  const named =
    observer === undefined
      ? kept
      : kept.map((datum) => ({ ...datum, label: `${datum.label} @${observer}` }))
  return { checkId, at: finishedAt, perfdata: named }
}
