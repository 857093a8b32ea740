import type { Clock } from '../base/clock.ts'
import { gauge, type Metric } from '../base/metrics.ts'
import type { ApplyJob } from '../wire/api/configuration.ts'

const FAILED: ReadonlySet<ApplyJob['state']> = new Set(['refused', 'failed'])

/** Of the newest apply job. */
export function applyMetrics(
  newest: () => Pick<ApplyJob, 'state' | 'startedAt' | 'endedAt'> | undefined,
  clock: Clock,
): readonly Metric[] {
  return [
    gauge('parallax_apply_last_failed', '1: the newest apply job did not become active.', () => {
      const job = newest()
      return job !== undefined && FAILED.has(job.state) ? 1 : 0
    }),
    gauge(
      'parallax_apply_running_seconds',
      'Since the newest apply job began; 0: it ended.',
      () => {
        const job = newest()
        if (job === undefined || job.endedAt !== null) return 0
        return Math.max(0, clock.now() - Date.parse(job.startedAt)) / 1000
      },
    ),
  ]
}
