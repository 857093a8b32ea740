import { counter, gauge, type Metric } from '../base/metrics.ts'
import type { Tally } from './step.ts'

/** The intake's own numbers since it started. */
export interface IntakeNumbers extends Tally {
  /** Batches that said they were of another collector than their sender. */
  forged: number
  /** Results of collectors whose clock was not believed. */
  setAside: number
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
    notObserved: 0,
    missing: 0,
    unplaced: 0,
    forged: 0,
    setAside: 0,
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
  numbers.notObserved += tally.notObserved
  numbers.missing += tally.missing
  numbers.unplaced += tally.unplaced
}

export function intakeMetrics(
  numbers: IntakeNumbers,
  pending: { readonly results: number },
  commit: { readonly status: string },
): readonly Metric[] {
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
      'parallax_results_not_observed_total',
      "Results of checks that are not the collector's cluster's, dropped.",
      () => numbers.notObserved,
    ),
    counter(
      'parallax_results_missing_total',
      'Results that a collector gave up before they came here.',
      () => numbers.missing,
    ),
    counter(
      'parallax_results_unplaced_total',
      'Results that came too far out of order to be remembered; they come again.',
      () => numbers.unplaced,
    ),
    counter(
      'parallax_results_set_aside_total',
      'Results of collectors whose clock was not believed, kept as history.',
      () => numbers.setAside,
    ),
    counter(
      'parallax_intake_forged_total',
      'Batches under the name of another collector, dropped.',
      () => numbers.forged,
    ),
    ...commitMetrics(numbers),
    gauge('parallax_store_available', '1: results can be stored.', () =>
      Number(commit.status === 'ok'),
    ),
    gauge(
      'parallax_intake_pending_results',
      'Results taken in and not stored yet.',
      () => pending.results,
    ),
  ]
}

function commitMetrics(numbers: IntakeNumbers): readonly Metric[] {
  return [
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
  ]
}
