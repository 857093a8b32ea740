import type { CheckId } from '../../domain/check-id.ts'
import type { StateChange } from '../../results/state/record.ts'
import { arrayText } from './array-text.ts'
import { codeOfState } from './codes.ts'
import type { Client } from './connection.ts'
import { OUTPUT_MAX, storable } from './texts.ts'

/** Their key is what makes a repeated commit harmless. */
export async function saveChanges(
  client: Client,
  changes: readonly StateChange[],
  numberOf: (checkId: CheckId) => number,
): Promise<void> {
  if (changes.length === 0) return
  await client.query({
    name: 'save-changes',
    text: `INSERT INTO state_change (at, check_no, from_state, to_state, attempt, is_hard, output)
      SELECT * FROM unnest($1::int8[], $2::int4[], $3::int2[], $4::int2[], $5::int4[], $6::bool[], $7::text[])
      ON CONFLICT DO NOTHING`,
    values: [
      arrayText(changes, ({ at }) => at),
      arrayText(changes, ({ checkId }) => numberOf(checkId)),
      arrayText(changes, ({ from }) => codeOfState(from)),
      arrayText(changes, ({ to }) => codeOfState(to)),
      arrayText(changes, ({ attempt }) => attempt),
      changes.map(({ type }) => type === 'hard'),
      changes.map(({ output }) => storable(output, OUTPUT_MAX)),
    ],
  })
}
