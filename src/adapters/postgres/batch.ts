import type { Instant } from '../../base/instant.ts'
import type { ResultId } from '../../domain/check-result.ts'
import type { Effects, Sample, StoredResult } from '../../results/ports.ts'
import type { StateChange } from '../../results/state/record.ts'
import type { Watermark } from '../../wire/subjects.ts'
import type { PartitionedTable, Span } from './partitions.ts'

/** What of some effects goes into the tables that only grow. */
export interface Batch {
  readonly results: readonly FiledResult[]
  readonly samples: readonly Sample[]
  readonly changes: readonly StateChange[]
  /** Rows left out because they are older than their retention, or from a clock far ahead. */
  readonly expired: number
}

export interface FiledResult {
  readonly stored: StoredResult
  /** When it finished; for a time outside of what is kept ahead: now. */
  readonly at: Instant
  /** Its own claim, where that differs. */
  readonly claimedAt: Instant | null
}

type Spans = (table: PartitionedTable) => Span

/**
 * Sorts out what can be written at `now`: rows older than retention would be dropped at once and are left out; a result of a
 * clock that is days ahead is filed under now, so that people find it, and its samples are left out.
 */
export function batchOf(effects: Effects, spans: Spans, now: Instant): Batch {
  const [results, samples, changes] = [spans('result'), spans('sample'), spans('state_change')]
  const filed: FiledResult[] = []
  for (const stored of effects.history) {
    const claimed = stored.result.finishedAt
    if (claimed < results.from) continue
    const isAhead = claimed >= results.to
    filed.push({ stored, at: isAhead ? now : claimed, claimedAt: isAhead ? claimed : null })
  }
  const within = (span: Span) => (row: { readonly at: Instant }) =>
    row.at >= span.from && row.at < span.to
  const keptSamples = effects.samples.filter(within(samples))
  const keptChanges = effects.changes.filter(within(changes))
  return {
    results: filed,
    samples: keptSamples,
    changes: keptChanges,
    expired:
      effects.history.length -
      filed.length +
      effects.samples.length -
      keptSamples.length +
      effects.changes.length -
      keptChanges.length,
  }
}

/**
 * Without what the database holds already by its own watermarks: a commit that is repeated because its outcome was unknown.
 * Samples go with the result they came from, by check and time.
 */
export function withoutStored(batch: Batch, held: readonly Watermark[]): Batch {
  const heldSeq = new Map(held.map((mark) => [keyOf(mark), mark.seq]))
  const isHeld = ({ result }: StoredResult): boolean =>
    result.seq <= (heldSeq.get(keyOf(result)) ?? 0)
  if (!batch.results.some(({ stored }) => isHeld(stored))) return batch
  const fresh = batch.results.filter(({ stored }) => !isHeld(stored))
  const freshKeys = new Set(
    fresh.map(({ stored: { result } }) => `${result.checkId} ${result.finishedAt}`),
  )
  return {
    ...batch,
    results: fresh,
    samples: batch.samples.filter((sample) => freshKeys.has(`${sample.checkId} ${sample.at}`)),
  }
}

const keyOf = ({ collector, boot }: Pick<ResultId, 'collector' | 'boot'>): string =>
  `${collector} ${boot}`
