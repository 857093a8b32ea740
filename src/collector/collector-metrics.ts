import type { Metric } from '../base/metrics.ts'

/** What a collector knows of itself. Times in ms, sizes in bytes, totals since the start. */
export interface CollectorStats {
  readonly checks: number
  readonly running: number
  /** Due, and waiting for a slot of the executor. */
  readonly waiting: number
  readonly oldestWaitingMs: number
  /** How late the checks of the last minute started. */
  readonly lateP50Ms: number
  readonly lateP99Ms: number
  readonly started: number
  readonly overruns: number
  readonly delayedSlots: number
  readonly missedSlots: number
  readonly clockSteps: number
  /** Results that got an id, passive ones too. */
  readonly results: number
  readonly sent: number
  readonly outboxWaiting: number
  readonly outboxBytes: number
  readonly lost: number
  /** Results are kept in memory, because the outbox is unavailable. */
  readonly isDegraded: boolean
  /** How often it looked for due checks; at least once a second while it lives. */
  readonly looks: number
}

type Row = readonly [name: string, kind: Metric['kind'], help: string, of: keyof CollectorStats]

const ROWS: readonly Row[] = [
  ['checks', 'gauge', 'Checks of the plan.', 'checks'],
  ['checks_running', 'gauge', 'Checks that run now.', 'running'],
  ['checks_waiting', 'gauge', 'Checks that are due and wait for a free slot.', 'waiting'],
  ['check_waiting_oldest_seconds', 'gauge', 'How long the longest waits.', 'oldestWaitingMs'],
  ['check_lateness_p50_seconds', 'gauge', 'Lateness of the last minute, median.', 'lateP50Ms'],
  [
    'check_lateness_p99_seconds',
    'gauge',
    'Lateness of the last minute, 99th percentile.',
    'lateP99Ms',
  ],
  ['checks_started_total', 'counter', 'Runs of checks.', 'started'],
  ['check_overruns_total', 'counter', 'Slots skipped: the check still ran.', 'overruns'],
  ['check_slots_delayed_total', 'counter', 'Slots that passed in waiting.', 'delayedSlots'],
  ['check_slots_missed_total', 'counter', 'Slots the clock stepped over.', 'missedSlots'],
  ['clock_steps_total', 'counter', 'Steps of the wall clock.', 'clockSteps'],
  ['collector_results_total', 'counter', 'Results, passive ones too.', 'results'],
  ['collector_sent_total', 'counter', 'Results sent, repetitions too.', 'sent'],
  ['outbox_waiting_results', 'gauge', 'Results no hub has confirmed.', 'outboxWaiting'],
  ['outbox_bytes', 'gauge', 'Size of the results in the outbox.', 'outboxBytes'],
  ['outbox_lost_total', 'counter', 'Results given up: bounds, damage.', 'lost'],
  ['outbox_unavailable', 'gauge', '1: results are in memory only.', 'isDegraded'],
  ['scheduler_looks_total', 'counter', 'Looks for due checks.', 'looks'],
]

export function collectorMetrics(stats: () => CollectorStats): readonly Metric[] {
  return ROWS.map(([name, kind, help, of]) => ({
    name: `parallax_${name}`,
    help,
    kind,
    read: () => Number(stats()[of]) / (of.endsWith('Ms') ? 1000 : 1),
  }))
}
