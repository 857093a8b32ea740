import { instant } from '../../base/instant.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { ExecutionPage, ExecutionQuery } from '../../results/ports.ts'
import type { Client } from './connection.ts'

interface Row {
  readonly at: number
  readonly check_no: number
  readonly collector_no: number
  readonly ran_ms: number
  readonly check_id: CheckId
  readonly collector: string
}

/** Rule ST19 of docs/spec/store.md. A place between two rows is `at.check.collector` of the one before it. */
export async function readExecutions(
  client: Client,
  { from, to, cluster, after, limit }: ExecutionQuery,
): Promise<ExecutionPage> {
  const [at = from, checkNo = 0, collectorNo = 0] = after?.split('.').map(Number) ?? []
  const { rows } = await client.query<Row>(
    `SELECT at, check_no, collector_no, ran_ms, check_id, collector
    FROM result JOIN check_name USING (check_no) JOIN collector_name USING (collector_no)
    WHERE at >= $1 AND at < $2 AND (at, check_no, collector_no) > ($1, $3, $4)
      ${cluster === undefined ? '' : "AND split_part(collector, '.', 1) = $6 AND strpos(collector, '.') > 0"}
    ORDER BY at, check_no, collector_no LIMIT $5`,
    [at, to, checkNo, collectorNo, limit, ...(cluster === undefined ? [] : [cluster])],
  )
  const last = rows.at(-1)
  return {
    executions: rows.map((row) => ({
      checkId: row.check_id,
      collector: row.collector,
      startedAt: instant(row.at - row.ran_ms),
      ranMs: row.ran_ms,
    })),
    next:
      last === undefined || rows.length < limit
        ? undefined
        : `${last.at}.${last.check_no}.${last.collector_no}`,
  }
}
