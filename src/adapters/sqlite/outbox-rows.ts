import type { OutboxEntry } from '../../collector/ports.ts'
import type { CheckResult } from '../../domain/check-result.ts'
import type { BatchRow, Opened } from './outbox-file.ts'

type Rows = Pick<Opened, 'tally' | 'statements'>

/** Gives a batch up: it counts as lost. */
export function drop({ tally, statements }: Rows, row: BatchRow): void {
  statements.deleteBatch.run(row.cursor)
  tally.waiting -= row.count
  tally.bytes -= row.bytes
  tally.lost += row.count
}

/** A watermark inside of a batch: its first part goes. */
export function shortenBatch({ tally, statements }: Rows, boot: string, seq: number): void {
  const row = statements.splitAt.get(boot, seq) as unknown as BatchRow | undefined
  if (row === undefined || row.first_seq > seq) return
  const left = resultsOf(row)?.filter((result) => result.seq > seq)
  if (left === undefined) return
  const text = JSON.stringify(left)
  const bytes = Buffer.byteLength(text)
  statements.shorten.run(left.length, left[0]?.seq ?? seq, bytes, text, row.cursor)
  tally.waiting -= row.count - left.length
  tally.bytes -= row.bytes - bytes
}

/** `undefined`: the disk has changed it. */
function resultsOf(row: Pick<BatchRow, 'results'>): readonly CheckResult[] | undefined {
  try {
    return JSON.parse(row.results) as CheckResult[]
  } catch {
    return undefined
  }
}

/** Those behind a cursor and a number of the batch's boot. Returns false when the batch cannot be read. */
export function addEntries(
  entries: OutboxEntry[],
  row: Pick<BatchRow, 'cursor' | 'count' | 'results'>,
  { after, held }: { readonly after: number; readonly held: number },
): boolean {
  const results = resultsOf(row)
  let cursor = row.cursor - row.count
  for (const result of results ?? []) {
    cursor++
    if (cursor > after && result.seq > held) entries.push({ cursor, result })
  }
  return results !== undefined
}
