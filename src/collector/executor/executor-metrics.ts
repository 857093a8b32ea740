import { counter, gauge, type Metric } from '../../base/metrics.ts'

export interface ExecutorCounts {
  started: number
  finished: number
  timedOut: number
  refused: number
  builtinFaults: number
}

interface PoolFigures {
  readonly running: number
  readonly replaced: number
  readonly unopened: number
}

export function executorMetrics(
  counts: Readonly<ExecutorCounts>,
  pool: PoolFigures,
  builtinsRunning: () => number,
): readonly Metric[] {
  return [
    counter('parallax_executor_started_total', 'Checks that were started.', () => counts.started),
    counter(
      'parallax_executor_finished_total',
      'Checks that ended, time-outs too.',
      () => counts.finished,
    ),
    counter(
      'parallax_executor_timed_out_total',
      'Checks that did not end in time.',
      () => counts.timedOut,
    ),
    counter(
      'parallax_executor_refused_total',
      'Times that a due check found no free slot and had to wait.',
      () => counts.refused,
    ),
    counter(
      'parallax_executor_builtin_faults_total',
      'Built-in checks that failed by a fault of their own.',
      () => counts.builtinFaults,
    ),
    counter(
      'parallax_executor_shells_replaced_total',
      'Shells that died or were ended because of what they ran.',
      () => pool.replaced,
    ),
    counter(
      'parallax_executor_shells_unopened_total',
      'Shells that the system had no room for; the check had to wait.',
      () => pool.unopened,
    ),
    gauge('parallax_executor_plugins_running', 'Plugins that run now.', () => pool.running),
    gauge('parallax_executor_builtins_running', 'Built-in checks that run now.', builtinsRunning),
  ]
}
