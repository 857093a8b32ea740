import { createPool } from '../src/adapters/postgres/connection.ts'
import { hash32 } from '../src/base/hash.ts'

/** How late checks started, from what the database has of them. */
export interface Lateness {
  readonly results: number
  /** Of checks that are run as before, ms. */
  readonly worstMs: number
  readonly worstCheck: string
  readonly p99Ms: number
}

export interface LatenessQuestion {
  /** Milliseconds since the epoch. */
  readonly from: number
  readonly until: number
  /** Interval of a check; `undefined` leaves it out: it is new, or was changed. */
  intervalMsOf(checkId: string): number | undefined
}

interface ResultRow {
  readonly check_id: string
  readonly started_at: number
}

/**
 * A check's slots are fixed by its id, so a start says by how much it missed its own. A slot that was left out shows as the gap to the
 * start before: what is longer than the interval was waited for. The first run of a check has no slot and is passed over.
 */
export async function measureLateness(
  databaseUrl: string,
  question: LatenessQuestion,
): Promise<Lateness> {
  const rows = await resultsBetween(databaseUrl, question)
  const late: number[] = []
  let worst = { ms: 0, check: '' }
  const before = new Map<string, number>()
  for (const { check_id: check, started_at: startedAt } of rows) {
    const intervalMs = question.intervalMsOf(check)
    if (intervalMs === undefined) continue
    const last = before.get(check)
    before.set(check, startedAt)
    if (last === undefined || startedAt < question.from) continue
    const sinceSlot = (((startedAt - hash32(check)) % intervalMs) + intervalMs) % intervalMs
    const waited = startedAt - last - intervalMs
    const ms = Math.max(sinceSlot, waited)
    late.push(ms)
    if (ms > worst.ms) worst = { ms, check }
  }
  late.sort((a, b) => a - b)
  return {
    results: late.length,
    worstMs: worst.ms,
    worstCheck: worst.check,
    p99Ms: late[Math.floor(late.length * 0.99)] ?? Number.NaN,
  }
}

async function resultsBetween(
  databaseUrl: string,
  { until }: LatenessQuestion,
): Promise<readonly ResultRow[]> {
  const pool = createPool(databaseUrl, {
    name: 'bench',
    max: 1,
    statementTimeoutMs: 60_000,
    isReadOnly: true,
  })
  try {
    const { rows } = await pool.query<ResultRow>(
      `SELECT check_id, at - ran_ms AS started_at FROM result JOIN check_name USING (check_no)
       WHERE at <= $1 ORDER BY at - ran_ms`,
      [until],
    )
    return rows
  } finally {
    await pool.end()
  }
}
