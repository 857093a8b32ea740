import type { Clock } from '../../base/clock.ts'
import { instant } from '../../base/instant.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { ObjectState } from '../../domain/state-names.ts'
import type { ChangeQuery, History, HistoryQuery, HistoryResult } from '../../results/ports.ts'
import type { StateChange } from '../../results/state/record.ts'
import { originOfCode, stateOfCode, useOfCode } from './codes.ts'
import { repeatably, type Pool } from './connection.ts'
import { readExecutions } from './executions.ts'
import { readSeries } from './series.ts'

/** Rules ST10 to ST14 and ST19 of docs/spec/store.md. Every query walks one index and opens only the partitions of its days. */
export function createHistory(pool: Pool, clock: Clock): History {
  return {
    results: (query) =>
      repeatably(pool, clock, async (client) =>
        (await client.query<ResultRow>(resultsOf(query))).rows.map(resultOf),
      ),
    changes: (query) =>
      repeatably(pool, clock, async (client) =>
        (await client.query<ChangeRow>(changesOf(query))).rows.map(changeOf),
      ),
    series: (query) => repeatably(pool, clock, (client) => readSeries(client, query)),
    executions: (query) => repeatably(pool, clock, (client) => readExecutions(client, query)),
  }
}

interface Query {
  readonly text: string
  readonly values: unknown[]
}

interface ResultRow {
  readonly at: number
  readonly claimed_at: number | null
  readonly ran_ms: number
  readonly collector: string
  readonly state: number
  readonly use: number
  readonly origin: number | null
  readonly output: string
  readonly perfdata: string
}

const resultsOf = ({ checkId, from, to, limit }: HistoryQuery): Query => ({
  text: `SELECT at, claimed_at, ran_ms, collector, state, use, origin, output, perfdata
    FROM result JOIN collector_name USING (collector_no)
    WHERE check_no = (SELECT check_no FROM check_name WHERE check_id = $1) AND at >= $2 AND at < $3
    ORDER BY at DESC LIMIT $4`,
  values: [checkId, from, to, limit],
})

function resultOf(row: ResultRow): HistoryResult {
  const finishedAt = instant(row.claimed_at ?? row.at)
  return {
    collector: row.collector,
    startedAt: instant(finishedAt - row.ran_ms),
    finishedAt,
    state: stateOfCode(row.state),
    use: useOfCode(row.use),
    origin: row.origin === null ? null : originOfCode(row.origin),
    output: row.output,
    perfdata: row.perfdata,
  }
}

interface ChangeRow {
  readonly check_id: CheckId
  readonly at: number
  readonly from_state: number
  readonly to_state: number
  readonly is_hard: boolean
  readonly attempt: number
  readonly output: string
}

const changesOf = ({ checkId, from, to, limit }: ChangeQuery): Query => ({
  text: `SELECT check_id, at, from_state, to_state, is_hard, attempt, output
    FROM state_change JOIN check_name USING (check_no)
    WHERE at >= $1 AND at < $2
      ${checkId === undefined ? '' : 'AND state_change.check_no = (SELECT check_no FROM check_name WHERE check_id = $4)'}
    ORDER BY at DESC LIMIT $3`,
  values: checkId === undefined ? [from, to, limit] : [from, to, limit, checkId],
})

function changeOf(row: ChangeRow): StateChange {
  return {
    checkId: row.check_id,
    at: instant(row.at),
    from: stateOfCode(row.from_state),
    to: stateOfCode(row.to_state) as ObjectState,
    type: row.is_hard ? 'hard' : 'soft',
    attempt: row.attempt,
    output: row.output,
  }
}
