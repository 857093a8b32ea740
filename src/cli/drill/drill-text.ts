import { counted } from '../../base/words.ts'
import { printObject, type Format } from '../format.ts'
import { renderTable, type Column } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import type { HostOutcome, Spread } from './continuity.ts'
import { seconds } from './limits.ts'
import type { DrillResult } from './run.ts'

export interface DrillReport extends DrillResult {
  readonly drill: string
  /** `undefined`: the hub. */
  readonly collector: string | undefined
  /** What is beyond the limits. */
  readonly beyond: readonly string[]
}

const WORST = 10

export interface Shown {
  readonly format: Format
  readonly hasHeader: boolean
}

export function printReport(terminal: Terminal, report: DrillReport, shown: Shown): void {
  if (shown.format !== 'table' && shown.format !== 'wide')
    return printObject(terminal, asData(report), shown.format)
  const { measured, returnMs } = report
  const lines: readonly (readonly [label: string, text: string])[] = [
    ['Hosts', `${measured.moved} of ${measured.hosts} were checked by who failed`],
    ...(measured.detectionMs === undefined
      ? []
      : [['Detection', seconds(measured.detectionMs)] as const]),
    ...spread('Takeover', measured.takeover),
    ...spread('First re-check', measured.recheck),
    ...(measured.leftAlone === 0
      ? []
      : [[leftLabel(report), counted(measured.leftAlone, 'host')] as const]),
    ['Longest gap', seconds(measured.gapMaxMs)],
    ['Missed', counted(measured.missed, 'interval')],
    ['Run twice', counted(measured.doubled, 'check')],
    ['Lost', counted(measured.lost, 'result')],
    ['Return', returnMs === undefined ? 'not in time' : `after ${seconds(returnMs)}`],
  ]
  for (const [label, text] of lines) terminal.data(`${label.padEnd(14)} ${text}`)
  printWorst(terminal, report.hosts, shown.hasHeader)
}

/** What was handed over in order is checked when it is due: until then nothing is wrong with it. */
function leftLabel({ drill }: DrillReport): string {
  return drill === 'drain' || drill === 'clock' ? 'Not due yet' : 'Left alone'
}

function spread(label: string, of: Spread | undefined): readonly (readonly [string, string])[] {
  if (of === undefined) return []
  const { medianMs, p95Ms, maxMs } = of
  return [[label, `median ${seconds(medianMs)}, p95 ${seconds(p95Ms)}, max ${seconds(maxMs)}`]]
}

const MS: (ms: number | undefined) => string = (ms) => (ms === undefined ? '-' : seconds(ms))

const COLUMNS: readonly Column<HostOutcome>[] = [
  { title: 'HOST', text: ({ host }) => host },
  { title: 'CHECKS', text: ({ checks }) => String(checks) },
  { title: 'TAKEOVER', text: ({ takeoverMs }) => MS(takeoverMs) },
  { title: 'RE-CHECK', text: ({ recheckMs }) => MS(recheckMs) },
  { title: 'GAP', text: ({ gapMs }) => MS(gapMs) },
  { title: 'MISSED', text: ({ missed }) => String(missed) },
  { title: 'TWICE', text: ({ doubled }) => String(doubled) },
]

/** Hosts that moved, or that something happened to; the worst first. */
function printWorst(terminal: Terminal, hosts: readonly HostOutcome[], hasHeader: boolean): void {
  const touched = hosts.filter(
    ({ isMoved, missed, doubled }) => isMoved || missed > 0 || doubled > 0,
  )
  if (touched.length === 0) return
  const faults = ({ missed, doubled }: HostOutcome): number => missed + doubled
  const never = ({ isMoved, recheckMs }: HostOutcome): number =>
    isMoved ? (recheckMs ?? Number.MAX_SAFE_INTEGER) : 0
  const worst = touched
    .toSorted((a, b) => faults(b) - faults(a) || never(b) - never(a) || b.gapMs - a.gapMs)
    .slice(0, WORST)
  terminal.data('')
  terminal.data(renderTable(COLUMNS, worst, { width: terminal.columns, hasHeader }))
  if (touched.length > WORST)
    terminal.data(`and ${touched.length - WORST} more; all of them: -o json`)
}

function asData({ drill, failedAt, collector, beyond, ...rest }: DrillReport): object {
  return {
    drill,
    collector: collector ?? null,
    failedAt: new Date(failedAt).toISOString(),
    isPassed: beyond.length === 0,
    beyond,
    returnMs: rest.returnMs ?? null,
    summary: { ...rest.measured, detectionMs: rest.measured.detectionMs ?? null },
    hosts: rest.hosts,
  }
}
