import { counter, gauge, type Metric } from '../base/metrics.ts'
import type { Tally } from './hub-core.ts'

/** The intake's own numbers since it started. */
export interface IntakeNumbers extends Tally {
  commitFailures: number
  commitMs: number
  /** Of the newest commit. */
  lastCommitMs: number
}

export function newIntakeNumbers(): IntakeNumbers {
  return {
    counted: 0,
    late: 0,
    clockSuspect: 0,
    duplicate: 0,
    unknownCheck: 0,
    missing: 0,
    commitFailures: 0,
    commitMs: 0,
    lastCommitMs: 0,
  }
}

export function addTally(numbers: IntakeNumbers, tally: Tally): void {
  numbers.counted += tally.counted
  numbers.late += tally.late
  numbers.clockSuspect += tally.clockSuspect
  numbers.duplicate += tally.duplicate
  numbers.unknownCheck += tally.unknownCheck
  numbers.missing += tally.missing
}

export function intakeMetrics(numbers: IntakeNumbers, pending: () => number): readonly Metric[] {
  return [
    counter(
      'parallax_results_counted_total',
      'Results that made the present.',
      () => numbers.counted,
    ),
    counter(
      'parallax_results_late_total',
      'Results older than the present, kept as history.',
      () => numbers.late,
    ),
    counter(
      'parallax_results_clock_suspect_total',
      'Results from the future, kept as history.',
      () => numbers.clockSuspect,
    ),
    counter(
      'parallax_results_duplicate_total',
      'Results that had been taken in before.',
      () => numbers.duplicate,
    ),
    counter(
      'parallax_results_unknown_check_total',
      'Results of checks that nobody configured.',
      () => numbers.unknownCheck,
    ),
    counter(
      'parallax_results_missing_total',
      'Results that a collector gave up before they came here.',
      () => numbers.missing,
    ),
    counter(
      'parallax_store_commit_failures_total',
      'Attempts to store results that failed.',
      () => numbers.commitFailures,
    ),
    counter(
      'parallax_store_commit_seconds_total',
      'Time spent on storing results.',
      () => numbers.commitMs / 1000,
    ),
    gauge(
      'parallax_store_last_commit_seconds',
      'How long the newest commit took.',
      () => numbers.lastCommitMs / 1000,
    ),
    gauge('parallax_intake_pending_results', 'Results taken in and not stored yet.', pending),
  ]
}
