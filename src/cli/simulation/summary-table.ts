import type { Summary } from '../../simulator/scoring/summary.ts'
import { renderTable, type Column } from '../table.ts'

const fixed = (value: number | null, digits = 1): string =>
  value === null ? '-' : value.toFixed(digits)

const COLUMNS: readonly Column<Summary>[] = [
  { title: 'ENGINE', text: ({ engine }) => engine },
  {
    title: 'FALSE ALARMS',
    text: (one) => `${fixed(one.falseAlarmsPer1000Day)} ±${fixed(one.falseAlarmsSd)}`,
  },
  { title: 'MISSED', text: ({ missed, outages }) => `${missed}/${outages}` },
  { title: 'DELAY P50', text: ({ delayP50S }) => fixed(delayP50S) },
  { title: 'P95 S', text: ({ delayP95S }) => fixed(delayP95S) },
  { title: '1-3 MIN', text: ({ shortCaught, shortOutages }) => `${shortCaught}/${shortOutages}` },
  { title: 'WRONG DOWN', text: ({ wrongDownMin }) => fixed(wrongDownMin, 0) },
  { title: 'WRONG UP', text: ({ wrongUpMin }) => fixed(wrongUpMin, 0) },
  { title: 'LOCATED', text: ({ localisation }) => fixed(localisation, 2) },
  { title: 'OBSERVERS RIGHT', text: ({ incidentPrecision }) => fixed(incidentPrecision, 2) },
  { title: 'PAGES/DAY', text: ({ pagesPerDay }) => fixed(pagesPerDay, 0) },
  { title: 'PROBES %', text: ({ extraProbesPct }) => fixed(extraProbesPct, 2) },
]

/** One row for each engine, as in docs/operating/decision.md. */
export function summaryTable(summaries: readonly Summary[]): string {
  return renderTable(COLUMNS, summaries, { width: Number.POSITIVE_INFINITY, hasHeader: true })
}

export const TABLE_NOTES: readonly string[] = [
  'FALSE ALARMS and minutes of WRONG DOWN and WRONG UP are per 1,000 checks and day; MISSED: outages of three minutes and more that were never',
  'DOWN; DELAY: seconds from the begin of an outage until DOWN; 1-3 MIN: shorter outages that were DOWN; LOCATED: mean share of right causes;',
  'OBSERVERS RIGHT: incidents of observers behind which there is a fault; PROBES %: questions to other observers, of 100 scheduled results.',
]
