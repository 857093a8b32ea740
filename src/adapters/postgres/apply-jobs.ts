import { JOBS_KEPT, type ConfigurationStore } from '../../orchestrator/ports.ts'
import type { ApplyJob } from '../../wire/api/configuration.ts'
import type { Rows } from './configuration-store.ts'
import type { Client } from './connection.ts'

const SAVE_JOB = `INSERT INTO configuration_job (id, started_at, is_over, job) VALUES ($1, $2, $3, $4)
  ON CONFLICT (id) DO UPDATE SET is_over = excluded.is_over, job = excluded.job`

function valuesOf(job: ApplyJob): unknown[] {
  const isOver = job.state !== 'compiling' && job.state !== 'staging'
  return [job.id, Date.parse(job.startedAt), isOver, JSON.stringify(job)]
}

export function createJobRows(
  rows: Rows,
): Pick<ConfigurationStore, 'saveJob' | 'loadJobs' | 'loadJob'> {
  return {
    async saveJob(job) {
      await rows(SAVE_JOB, valuesOf(job))
      await rows(
        `DELETE FROM configuration_job WHERE is_over AND started_at <
           (SELECT started_at FROM configuration_job ORDER BY started_at DESC OFFSET ${JOBS_KEPT - 1} LIMIT 1)`,
      )
    },
    async loadJobs() {
      const found = await rows<{ job: string }>(
        'SELECT job FROM configuration_job ORDER BY started_at DESC, id DESC LIMIT $1',
        [JOBS_KEPT],
      )
      return found.map(({ job }) => JSON.parse(job) as ApplyJob)
    },
    async loadJob(id) {
      const [found] = await rows<{ job: string }>(
        'SELECT job FROM configuration_job WHERE id = $1',
        [id],
      )
      return found === undefined ? undefined : (JSON.parse(found.job) as ApplyJob)
    },
  }
}

/** In a transaction of the caller. */
export async function saveJob(client: Client, job: ApplyJob): Promise<void> {
  await client.query(SAVE_JOB, valuesOf(job))
}
