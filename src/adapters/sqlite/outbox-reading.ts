import type { OutboxBehind, OutboxEntry } from '../../collector/ports.ts'
import type { BatchRow, Opened, Statements } from './outbox-file.ts'
import { addEntries } from './outbox-rows.ts'

/** Numbers of a boot up to this one are of no interest to the reader. */
export type HeldUpTo = (boot: string) => number

export interface Read {
  readonly entries: readonly OutboxEntry[]
  /** Cursors of batches whose text the disk has changed. */
  readonly unreadable: readonly number[]
}

/** Entries of one batch at most: what the result buffer writes at once. */
const BATCH_MAX = 10_000
/** Text of one read; a reader gets fewer entries than it asked for. */
const TEXT_MAX = 8_000_000

/** The oldest behind `cursor`. Stretches of a boot that are held are jumped over, however long they are. */
export function readAfter(
  { statements }: Pick<Opened, 'statements'>,
  cursor: number,
  max: number,
  heldUpTo: HeldUpTo,
): Read {
  const entries: OutboxEntry[] = []
  const unreadable: number[] = []
  let starts: readonly number[] | undefined
  let characters = 0
  const isFull = (): boolean => entries.length >= max || characters >= TEXT_MAX
  let from: number | undefined = cursor
  while (from !== undefined && !isFull()) {
    const at: number = from
    from = undefined
    for (const row of statements.after.iterate(at)) {
      const batch = row as unknown as BatchRow
      const held = heldUpTo(batch.boot)
      if (batch.last_seq <= held) {
        starts ??= startsOf(statements, heldUpTo)
        const next = starts.find((start) => start > batch.cursor)
        if (next !== undefined) from = next - 1
        break
      }
      if (!addEntries(entries, batch, { after: cursor, held })) unreadable.push(batch.cursor)
      characters += batch.results.length
      if (isFull()) break
    }
  }
  return { entries: entries.length > max ? entries.slice(0, max) : entries, unreadable }
}

/** Cursors of the first batch of each boot with something that is not held, in order. */
function startsOf(statements: Statements, heldUpTo: HeldUpTo): readonly number[] {
  const starts = bootsOf(statements).flatMap((boot) =>
    firstBehind(statements, boot, heldUpTo(boot)),
  )
  return starts.map(({ cursor }) => cursor).toSorted((a, b) => a - b)
}

/** The newest before `cursor`, newest first: `max` of them, and the rest of a batch. */
export function readBefore(
  { statements }: Pick<Opened, 'statements'>,
  cursor: number,
  max: number,
): readonly OutboxEntry[] {
  const batches: (readonly OutboxEntry[])[] = []
  let count = 0
  let characters = 0
  for (const row of statements.before.iterate(cursor, cursor + BATCH_MAX)) {
    const entries: OutboxEntry[] = []
    const batch = row as unknown as BatchRow
    addEntries(entries, batch, { after: 0, held: 0 })
    batches.push(entries.filter((entry) => entry.cursor < cursor).reverse())
    count += entries.length
    characters += batch.results.length
    if (count >= max || characters >= TEXT_MAX) break
  }
  return batches.flat()
}

/** What a reader that holds this much has before it. */
export function behindOf(
  { statements, tally }: Pick<Opened, 'statements' | 'tally'>,
  heldUpTo: HeldUpTo,
): Omit<OutboxBehind, 'oldestAgeMs'> & { readonly oldestAt: number | undefined } {
  let waiting = 0
  let from = tally.cursor
  let oldestAt: number | undefined
  for (const boot of bootsOf(statements)) {
    const held = heldUpTo(boot)
    for (const first of firstBehind(statements, boot, held)) {
      const last = Number(statements.lastOf.get(boot)?.['last_seq'] ?? 0)
      waiting += last - Math.max(first.first_seq - 1, held)
      from = Math.min(from, first.cursor - first.count)
      oldestAt = Math.min(oldestAt ?? first.appended_at, first.appended_at)
    }
  }
  return { waiting, from, oldestAt }
}

function bootsOf(statements: Statements): readonly string[] {
  return statements.boots.all().map(({ boot }) => String(boot))
}

type FirstRow = Pick<BatchRow, 'cursor' | 'count' | 'first_seq' | 'appended_at'>

function firstBehind(statements: Statements, boot: string, held: number): readonly FirstRow[] {
  const row = statements.firstOf.get(boot, held) as unknown as FirstRow | undefined
  return row === undefined ? [] : [row]
}
