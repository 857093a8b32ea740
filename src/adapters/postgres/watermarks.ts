import type { Instant } from '../../base/instant.ts'
import { MESSAGE_VERSION, type Watermark } from '../../wire/subjects.ts'
import type { Client } from './connection.ts'

/** How far each boot of each collector has been stored: what makes a repeated commit harmless. */

export async function readWatermarks(client: Client): Promise<Watermark[]> {
  const { rows } = await client.query<Watermark>('SELECT collector, boot, seq FROM watermark')
  return rows.map((row) => ({ ...row, version: MESSAGE_VERSION }))
}

/** What the database holds of these collectors, locked until the transaction ends. */
export async function lockWatermarks(
  client: Client,
  marks: readonly Watermark[],
): Promise<Watermark[]> {
  if (marks.length === 0) return []
  const { rows } = await client.query<Watermark>({
    name: 'lock-watermarks',
    text: `SELECT collector, boot, seq FROM watermark
      WHERE (collector, boot) IN (SELECT * FROM unnest($1::text[], $2::text[])) FOR UPDATE`,
    values: [marks.map((mark) => mark.collector), marks.map((mark) => mark.boot)],
  })
  return rows
}

/** Forward only. */
export async function moveWatermarks(
  client: Client,
  marks: readonly Watermark[],
  now: Instant,
): Promise<void> {
  if (marks.length === 0) return
  const highest = new Map<string, Watermark>()
  for (const mark of marks) {
    const key = `${mark.collector} ${mark.boot}`
    if (mark.seq >= (highest.get(key)?.seq ?? 0)) highest.set(key, mark)
  }
  const rows = [...highest.values()]
  await client.query({
    name: 'move-watermarks',
    text: `INSERT INTO watermark (collector, boot, seq, moved_at)
      SELECT collector, boot, seq, $4::int8 FROM unnest($1::text[], $2::text[], $3::int8[]) AS moved (collector, boot, seq)
      ON CONFLICT (collector, boot) DO UPDATE SET seq = greatest(watermark.seq, excluded.seq), moved_at = excluded.moved_at`,
    values: [
      rows.map((mark) => mark.collector),
      rows.map((mark) => mark.boot),
      rows.map((mark) => mark.seq),
      now,
    ],
  })
}
