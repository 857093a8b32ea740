import { counter, type Metric } from '../../base/metrics.ts'
import type { PassiveResults } from '../../wire/subjects.ts'

type Submit = (results: PassiveResults['results']) => Promise<void>

/** Counts what comes in from senders. */
export function countPassive(submit: Submit): {
  readonly submit: Submit
  readonly metrics: readonly Metric[]
} {
  let taken = 0
  let failed = 0
  return {
    async submit(results) {
      try {
        await submit(results)
        taken += results.length
      } catch (error) {
        failed += results.length
        throw error
      }
    },
    metrics: [
      counter('parallax_passive_results_total', 'Results that senders handed in.', () => taken),
      counter(
        'parallax_passive_failed_total',
        'Results of senders that no collector took; their senders heard it.',
        () => failed,
      ),
    ],
  }
}
