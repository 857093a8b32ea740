import type { ResultId } from '../domain/check-result.ts'
import {
  MESSAGE_VERSION,
  type LostRange,
  type ResultBatch,
  type SeqRange,
} from '../wire/subjects.ts'
import type { StoredMark } from './ports.ts'
import { NumberSet } from '../base/number-set.ts'

/** Boots remembered of one collector. One boot at a time is in use; older ones drain from its outbox after a restart. */
const BOOTS_MAX = 256

type BootName = Pick<ResultId, 'collector' | 'boot'>

export interface Mark {
  readonly collector: string
  readonly boot: string
  readonly taken: NumberSet
}

/** Which results of each collector have been taken in. The only memory that is needed to know a duplicate. */
export interface Watermarks {
  /** The mark of the result's boot; made empty when it is the first of it. */
  markOf(id: BootName): Mark
}

export function createWatermarks(known: readonly StoredMark[]): Watermarks {
  const byCollector = new Map<string, Map<string, Mark>>()
  let newest: Mark | undefined

  const place = ({ collector, boot }: BootName, taken: NumberSet): Mark => {
    const boots = byCollector.get(collector) ?? new Map<string, Mark>()
    byCollector.set(collector, boots)
    const mark = { collector, boot, taken }
    boots.set(boot, mark)
    if (boots.size > BOOTS_MAX) boots.delete(boots.keys().next().value as string)
    return mark
  }
  const markOf = (id: BootName): Mark => {
    if (newest !== undefined && newest.boot === id.boot && newest.collector === id.collector) {
      return newest
    }
    newest = byCollector.get(id.collector)?.get(id.boot) ?? place(id, new NumberSet())
    return newest
  }
  for (const mark of known) place(mark, new NumberSet(mark.seq, mark.beyond))
  return { markOf }
}

export function storedMarkOf({ collector, boot, taken }: Mark): StoredMark {
  const beyond: readonly SeqRange[] = taken.ranges.length === 0 ? NONE : [...taken.ranges]
  return { version: MESSAGE_VERSION, collector, boot, seq: taken.upTo, beyond }
}

const NONE: readonly SeqRange[] = []

/** Of a sender that does not say what it gave up: it sends in order, so what it skips will not come. */
export function gapsOf(
  watermarks: Watermarks,
  { results }: Pick<ResultBatch, 'results'>,
): readonly LostRange[] {
  const gaps: LostRange[] = []
  const upTo = new Map<string, number>()
  for (const { collector, boot, seq } of results) {
    const before = upTo.get(boot) ?? watermarks.markOf({ collector, boot }).taken.upTo
    if (seq > before + 1) gaps.push({ boot, range: [before + 1, seq - 1] })
    upTo.set(boot, Math.max(before, seq))
  }
  return gaps
}
