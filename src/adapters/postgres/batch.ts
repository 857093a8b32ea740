import type { Instant } from '../../base/instant.ts'
import type { ResultId } from '../../domain/check-result.ts'
import type { Effects, Sample, StoredMark, StoredResult } from '../../results/ports.ts'
import { NumberSet } from '../../base/number-set.ts'
import type { StateChange } from '../../results/state/record.ts'
import type { PartitionedTable, Span } from './partitions.ts'

/** What of some effects goes into the tables that only grow. */
export interface Batch {
  readonly results: readonly FiledResult[]
  /** Samples without a row of their result: it is older than raw results are kept. */
  readonly loose: readonly Sample[]
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
  readonly sample: Sample | undefined
}

type Spans = (table: PartitionedTable) => Span

/**
 * Sorts out what can be written at `now`, and joins each sample to its result. Rows older than retention would be dropped at once
 * and are left out; a result of a clock that is days ahead is filed under now, so that people find it, without its sample.
 */
export function batchOf(effects: Effects, spans: Spans, now: Instant): Batch {
  const [kept, packed, changed] = [spans('result'), spans('packed_sample'), spans('state_change')]
  const samples = effects.samples.filter(({ perfdata }) => perfdata.length > 0)
  const { joined, unjoined } = joinSamples(effects.history, samples)
  const results: FiledResult[] = []
  const loose: Sample[] = unjoined.filter(({ at }) => isWithin(packed, at))
  let expired = unjoined.length - loose.length
  effects.history.forEach((stored, index) => {
    const claimed = stored.result.finishedAt
    const sample = joined[index]
    if (claimed >= kept.to) {
      results.push({ stored, at: now, claimedAt: claimed, sample: undefined })
    } else if (claimed >= kept.from) {
      results.push({ stored, at: claimed, claimedAt: null, sample })
    } else {
      expired++
      if (sample !== undefined && isWithin(packed, claimed)) loose.push(sample)
    }
  })
  const changes = effects.changes.filter(({ at }) => isWithin(changed, at))
  return { results, loose, changes, expired: expired + effects.changes.length - changes.length }
}

const isWithin = (span: Span, at: Instant): boolean => at >= span.from && at < span.to

interface JoinedSamples {
  /** Parallel to the results. */
  readonly joined: readonly (Sample | undefined)[]
  readonly unjoined: readonly Sample[]
}

/** By check and time. Samples come in the order of their results, so one walk along both nearly always does it. */
function joinSamples(history: readonly StoredResult[], samples: readonly Sample[]): JoinedSamples {
  let next = 0
  const joined = history.map(({ result }) => {
    const sample = samples[next]
    if (sample?.checkId !== result.checkId || sample.at !== result.finishedAt) return undefined
    next++
    return sample
  })
  if (next === samples.length) return { joined, unjoined: [] }
  const byKey = new Map(samples.map((sample) => [keyOf(sample.checkId, sample.at), sample]))
  const found = history.map(({ result }) => {
    const key = keyOf(result.checkId, result.finishedAt)
    const sample = byKey.get(key)
    byKey.delete(key)
    return sample
  })
  return { joined: found, unjoined: [...byKey.values()] }
}

const keyOf = (checkId: string, at: Instant): string => `${at} ${checkId}`

/**
 * Without what the database holds already by its own watermarks: a commit that is repeated because its outcome was unknown.
 * Loose samples go with the results they came from.
 */
export function withoutStored(batch: Batch, effects: Effects, held: readonly StoredMark[]): Batch {
  const marks = new Map(held.map((mark) => [bootOf(mark), new NumberSet(mark.seq, mark.beyond)]))
  const isHeld = ({ result }: StoredResult): boolean =>
    marks.get(bootOf(result))?.has(result.seq) ?? false
  const heldKeys = new Set<string>()
  for (const stored of effects.history) {
    if (isHeld(stored)) heldKeys.add(keyOf(stored.result.checkId, stored.result.finishedAt))
  }
  if (heldKeys.size === 0) return batch
  return {
    ...batch,
    results: batch.results.filter(({ stored }) => !isHeld(stored)),
    loose: batch.loose.filter((sample) => !heldKeys.has(keyOf(sample.checkId, sample.at))),
  }
}

const bootOf = ({ collector, boot }: Pick<ResultId, 'collector' | 'boot'>): string =>
  `${collector} ${boot}`
