import type { Instant } from '../../base/instant.ts'
import type { CheckId } from '../../domain/check-id.ts'
import { arrayText } from './array-text.ts'
import type { FiledResult } from './batch.ts'
import type { Client } from './connection.ts'

/** Which objects results came late for. In the transaction that stores them. */
export async function noteLate(
  client: Client,
  results: readonly FiledResult[],
  { numberOf, now }: { readonly numberOf: (checkId: CheckId) => number; readonly now: Instant },
): Promise<void> {
  const spans = new Map<number, { from: Instant; to: Instant }>()
  for (const { stored, at } of results) {
    if (stored.verdict !== 'late' || stored.isShared === true) continue
    const check = numberOf(stored.result.checkId)
    const span = spans.get(check)
    if (span === undefined) spans.set(check, { from: at, to: at })
    else {
      if (at < span.from) span.from = at
      if (at > span.to) span.to = at
    }
  }
  if (spans.size === 0) return
  const late = [...spans]
  await client.query({
    name: 'note-late',
    text: `INSERT INTO late_span (check_no, from_at, to_at, noted_at)
      SELECT check_no, from_at, to_at, $4::int8 FROM unnest($1::int4[], $2::int8[], $3::int8[]) AS late (check_no, from_at, to_at)
      ON CONFLICT (check_no) DO UPDATE SET from_at = least(late_span.from_at, excluded.from_at),
        to_at = greatest(late_span.to_at, excluded.to_at), noted_at = greatest(late_span.noted_at + 1, excluded.noted_at)`,
    values: [
      arrayText(late, ([check]) => check),
      arrayText(late, ([, { from }]) => from),
      arrayText(late, ([, { to }]) => to),
      now,
    ],
  })
}
