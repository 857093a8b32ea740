import type { Execution } from '../../src/cli/drill/continuity.ts'
import type { TestHub } from './network.ts'

/** In the order of starting, per check, without what the hub checks of itself. Results that waited in an outbox are in it as soon as the hub stored them. */
export async function executionsOf(
  hub: TestHub,
  from: number,
  to = Number.MAX_SAFE_INTEGER,
): Promise<ReadonlyMap<string, readonly Execution[]>> {
  const rows = await hub.sql<{ check_id: string; started: string; collector: string }>(
    `SELECT check_id, at - ran_ms AS started, collector
     FROM result JOIN check_name USING (check_no) JOIN collector_name USING (collector_no)
     WHERE at - ran_ms >= $1 AND at - ran_ms < $2 AND collector NOT LIKE 'hub.%' ORDER BY check_id, started`,
    [from, to],
  )
  const all = rows.map(({ check_id, started, collector }) => ({
    checkId: check_id,
    startedAt: Number(started),
    collector,
  }))
  return Map.groupBy(all, ({ checkId }) => checkId)
}

export interface Gap {
  readonly checkId: string
  readonly ms: number
  readonly from: number
  readonly by: readonly [before: string, after: string]
}

/** Between one start of a check and the next; the longest first. */
export function gapsOf(executions: ReadonlyMap<string, readonly Execution[]>): readonly Gap[] {
  const gaps = [...executions.values()].flatMap((starts) =>
    starts.slice(1).map((next, n): Gap => {
      const before = starts[n] as Execution
      return {
        checkId: next.checkId,
        ms: next.startedAt - before.startedAt,
        from: before.startedAt,
        by: [before.collector, next.collector],
      }
    }),
  )
  return gaps.toSorted((a, b) => b.ms - a.ms)
}

/** Who ran checks in this time. */
export function collectorsOf(
  executions: ReadonlyMap<string, readonly Execution[]>,
): readonly string[] {
  const names = [...executions.values()].flatMap((runs) => runs.map((run) => run.collector))
  return [...new Set(names)].toSorted()
}
