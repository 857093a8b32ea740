import type { Instant } from '../../base/instant.ts'
import type { StoredMark } from '../../results/ports.ts'
import { MESSAGE_VERSION, type SeqRange } from '../../wire/subjects.ts'
import type { Client } from './connection.ts'

/** Which results of each boot of each collector are stored: what makes a repeated commit harmless. */

interface Row {
  readonly collector: string
  readonly boot: string
  readonly seq: number
  /** `from`, `to`, `from`, `to` ... */
  readonly beyond: readonly string[]
}

const COLUMNS = 'collector, boot, seq, beyond'

export async function readWatermarks(client: Client): Promise<StoredMark[]> {
  const { rows } = await client.query<Row>(`SELECT ${COLUMNS} FROM watermark ORDER BY moved_at`)
  return rows.map(markOf)
}

/** What the database holds of these collectors, locked until the transaction ends. */
export async function lockWatermarks(
  client: Client,
  marks: readonly StoredMark[],
): Promise<StoredMark[]> {
  if (marks.length === 0) return []
  const { rows } = await client.query<Row>({
    name: 'lock-watermarks',
    text: `SELECT ${COLUMNS} FROM watermark
      WHERE (collector, boot) IN (SELECT * FROM unnest($1::text[], $2::text[])) FOR UPDATE`,
    values: [marks.map((mark) => mark.collector), marks.map((mark) => mark.boot)],
  })
  return rows.map(markOf)
}

/** The newest of each boot counts. Marks only ever gain numbers, whatever the order in which commits are repeated. */
export async function moveWatermarks(
  client: Client,
  marks: readonly StoredMark[],
  now: Instant,
): Promise<void> {
  if (marks.length === 0) return
  const newest = new Map(marks.map((mark) => [`${mark.collector} ${mark.boot}`, mark]))
  const rows = [...newest.values()]
  await client.query({
    name: 'move-watermarks',
    // An array of arrays would have to be rectangular: ranges travel as texts.
    text: `INSERT INTO watermark (collector, boot, seq, beyond, moved_at)
      SELECT collector, boot, seq, beyond::int8[], $5::int8
      FROM unnest($1::text[], $2::text[], $3::int8[], $4::text[]) AS moved (collector, boot, seq, beyond)
      ON CONFLICT (collector, boot) DO UPDATE
        SET seq = excluded.seq, beyond = excluded.beyond, moved_at = excluded.moved_at
        WHERE excluded.seq >= watermark.seq`,
    values: [
      rows.map((mark) => mark.collector),
      rows.map((mark) => mark.boot),
      rows.map((mark) => mark.seq),
      rows.map((mark) => `{${(mark.beyond ?? []).join(',')}}`),
      now,
    ],
  })
}

function markOf({ collector, boot, seq, beyond }: Row): StoredMark {
  const ranges: SeqRange[] = []
  for (let n = 0; n + 1 < beyond.length; n += 2)
    ranges.push([Number(beyond[n]), Number(beyond[n + 1])])
  return { version: MESSAGE_VERSION, collector, boot, seq, beyond: ranges }
}
