import type { Instant } from '../../base/instant.ts'
import { withClient, type Client, type Pool } from './connection.ts'
import { DAY_MS, type Partition, type Partitions, type Retention } from './partitions.ts'
import type { PerfLayouts } from './perf-layouts.ts'

export interface Maintained {
  readonly droppedPartitions: readonly string[]
  /** Rows of small tables that were past their time. */
  readonly deletedRows: number
}

export interface MaintenanceParts {
  readonly partitions: Partitions
  readonly layouts: PerfLayouts
  readonly retention: Retention
}

/** Checks that are packed by one statement: a day of so many, once a minute with four values, is sorted in memory. */
const CHECKS_PER_PACK = 100
const PACK_MEMORY = `SET LOCAL work_mem = '64MB'`

/**
 * Keeps the database within its bounds: makes the partitions of the coming days, packs and drops old ones, deletes what is
 * over. Harmless to repeat or to break off; meant for once an hour and the start. @throws StoreUnavailable
 */
export async function maintain(
  pool: Pool,
  { partitions, layouts, retention }: MaintenanceParts,
  now: Instant,
): Promise<Maintained> {
  await partitions.ensure('result', [now, now + DAY_MS])
  await partitions.ensure('state_change', [now, now + DAY_MS])
  const packedFrom = now - retention.seriesDays * DAY_MS
  const dropped = await partitions.dropOld(now, async (client, partition) => {
    if (partition.table === 'result' && partition.from >= packedFrom) {
      await partitions.ensure('packed_sample', [partition.from])
      await pack(client, partition)
    }
  })
  let deletedRows = 0
  for (const [sql, before] of deletions(now, retention)) {
    const { rowCount } = await withClient(pool, (client) => client.query(sql, [before]))
    deletedRows += rowCount ?? 0
  }
  if (deletedRows > 0) layouts.forget()
  return { droppedPartitions: dropped, deletedRows }
}

function deletions(now: Instant, retention: Retention): (readonly [sql: string, before: number])[] {
  const seriesStart = now - (retention.seriesDays + 1) * DAY_MS
  const resultsStart = now - (retention.resultsDays + 1) * DAY_MS
  const oldest = Math.min(seriesStart, resultsStart)
  return [
    ['DELETE FROM session WHERE expires_at < $1', now],
    ['DELETE FROM audit WHERE at < $1', oldest],
    ['DELETE FROM observer_incident WHERE closed_at < $1', seriesStart],
    ['DELETE FROM watermark WHERE moved_at < $1', resultsStart],
    ['DELETE FROM object_record WHERE last_result_at < $1', oldest],
    ['DELETE FROM perf_layout WHERE last_used_at < $1', oldest - DAY_MS],
  ]
}

/** The samples of one day of results, column after column so that alike numbers lie together and compress. */
const PACK = (name: string): string => `
  INSERT INTO packed_sample (at, check_no, layout_no, times, points)
  SELECT first, check_no, layout_no,
    (array_agg((at - first)::integer ORDER BY item, at) FILTER (WHERE item = 1)),
    array_agg(value ORDER BY item, at)
  FROM (
    SELECT check_no, layout_no, at, min(at) OVER (PARTITION BY check_no, layout_no) AS first, points
    FROM ${name} WHERE check_no >= $1 AND check_no < $2 AND layout_no IS NOT NULL
  ) AS day CROSS JOIN LATERAL unnest(points) WITH ORDINALITY AS v (value, item)
  GROUP BY check_no, layout_no, first`

async function pack(client: Client, { name }: Partition): Promise<void> {
  const { rows } = await client.query<{ low: number | null; high: number | null }>(
    `SELECT min(check_no) AS low, max(check_no) AS high FROM ${name}`,
  )
  const { low, high } = rows[0] ?? { low: null, high: null }
  if (low === null || high === null) return
  await client.query(PACK_MEMORY)
  for (let from = low; from <= high; from += CHECKS_PER_PACK) {
    await client.query(PACK(name), [from, from + CHECKS_PER_PACK])
  }
}
