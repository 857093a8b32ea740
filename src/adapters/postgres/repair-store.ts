import type { Clock } from '../../base/clock.ts'
import { instant, type Instant } from '../../base/instant.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { ObjectState } from '../../domain/state-names.ts'
import type { Evidence, LateSpan, RepairStore, SeenState } from '../../results/repairs/ports.ts'
import type { StateChange } from '../../results/state/record.ts'
import { codeOfUse, stateOfCode } from './codes.ts'
import { inTransaction, withClient, type Client, type Pool } from './connection.ts'
import type { Partitions } from './partitions.ts'
import { saveChanges } from './state-changes.ts'

/** Results of an object that are worked through in one go: a day of one every ten seconds. */
const SEEN_MAX = 10_000
/** Results behind those that came late: what had become hard without them may have been hard already. */
const BEHIND_MAX = 10

interface SpanRow {
  readonly check_id: CheckId
  readonly from_at: number
  readonly to_at: number
  readonly noted_at: number
}

interface SeenRow {
  readonly at: number
  readonly state: number
  readonly output: string
}

interface ChangeRow {
  readonly at: number
  readonly from_state: number
  readonly to_state: number
  readonly is_hard: boolean
  readonly attempt: number
  readonly output: string
}

const CHECK_NO = '(SELECT check_no FROM check_name WHERE check_id = $1)'

/** Rule ST20 of docs/spec/store.md. */
export function createRepairStore(
  pool: Pool,
  { clock, partitions }: { readonly clock: Clock; readonly partitions: Partitions },
): RepairStore {
  return {
    lateSpans: (before, max) =>
      withClient(pool, async (client) => {
        const { rows } = await client.query<SpanRow>(
          `SELECT check_id, from_at, to_at, noted_at FROM late_span JOIN check_name USING (check_no)
           WHERE noted_at < $1 ORDER BY noted_at LIMIT $2`,
          [before, max],
        )
        return rows.map((row) => ({
          checkId: row.check_id,
          from: instant(row.from_at),
          to: instant(row.to_at),
          notedAt: instant(row.noted_at),
        }))
      }),
    evidence: (span) => withClient(pool, (client) => evidenceOf(client, span)),
    async repair(span, evidence, changes) {
      const [first, last] = [evidence.seen[0], evidence.seen.at(-1)]
      // What was repaired may be older than what is kept of changes.
      const kept = partitions.span('state_change', clock.now())
      const within = changes.filter(({ at }) => at >= kept.from && at < kept.to)
      await partitions.ensure(
        'state_change',
        within.map(({ at }) => at),
      )
      await inTransaction(pool, async (client) => {
        const check = await finish(client, span, evidence.isCut ? last : undefined)
        if (check === undefined || first === undefined || last === undefined) return
        await client.query(
          'DELETE FROM state_change WHERE check_no = $1 AND at >= $2 AND at <= $3',
          [check, first.at, last.at],
        )
        await saveChanges(client, within, () => check)
      })
    },
  }
}

/** Returns the number of the check; `undefined` when more was noted since the span was read. */
async function finish(
  client: Client,
  { checkId, notedAt }: LateSpan,
  next: SeenState | undefined,
): Promise<number | undefined> {
  const where = `WHERE check_no = ${CHECK_NO} AND noted_at = $2 RETURNING check_no`
  const { rows } =
    next === undefined
      ? await client.query<{ check_no: number }>(`DELETE FROM late_span ${where}`, [
          checkId,
          notedAt,
        ])
      : await client.query<{ check_no: number }>(`UPDATE late_span SET from_at = $3 ${where}`, [
          checkId,
          notedAt,
          next.at,
        ])
  return rows[0]?.check_no
}

async function evidenceOf(client: Client, { checkId, from, to }: LateSpan): Promise<Evidence> {
  const suspect = codeOfUse('clock-suspect')
  const results = (where: string, max: number): Promise<{ rows: SeenRow[] }> =>
    client.query<SeenRow>(
      `SELECT at, state, output FROM result
       WHERE check_no = ${CHECK_NO} AND at >= $2 AND use <> $3 AND ${where} ORDER BY at LIMIT ${max}`,
      [checkId, from, suspect, to],
    )
  const within = (await results('at <= $4', SEEN_MAX)).rows
  const isCut = within.length === SEEN_MAX
  const behind = isCut ? [] : (await results('at > $4', BEHIND_MAX)).rows
  const seen = [...within, ...behind].map(({ at, state, output }) => ({
    at: instant(at),
    state: stateOfCode(state) as ObjectState,
    output,
  }))
  const [first] = seen
  if (first === undefined) return { before: undefined, seen, isCut: false }
  return { before: await changeBefore(client, checkId, first.at), seen, isCut }
}

async function changeBefore(
  client: Client,
  checkId: CheckId,
  at: Instant,
): Promise<StateChange | undefined> {
  const { rows } = await client.query<ChangeRow>(
    `SELECT at, from_state, to_state, is_hard, attempt, output FROM state_change
     WHERE check_no = ${CHECK_NO} AND at < $2 ORDER BY at DESC LIMIT 1`,
    [checkId, at],
  )
  const [row] = rows
  return row === undefined
    ? undefined
    : {
        checkId,
        at: instant(row.at),
        from: stateOfCode(row.from_state),
        to: stateOfCode(row.to_state) as ObjectState,
        type: row.is_hard ? 'hard' : 'soft',
        attempt: row.attempt,
        output: row.output,
      }
}
