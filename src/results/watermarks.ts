import type { ResultId } from '../domain/check-result.ts'
import { MESSAGE_VERSION, type Watermark } from '../wire/subjects.ts'

/** Boots remembered of one collector. One boot at a time is in use; older ones drain from its outbox after a restart. */
const BOOTS_MAX = 256

export interface Mark {
  readonly collector: string
  readonly boot: string
  seq: number
}

/** How far each collector's results have been taken in. The only memory that is needed to know a duplicate. */
export interface Watermarks {
  /** The mark of the result's boot; made at 0 when it is the first of it. */
  markOf(id: ResultId): Mark
}

export function createWatermarks(known: readonly Watermark[]): Watermarks {
  const byCollector = new Map<string, Map<string, Mark>>()
  let newest: Mark | undefined

  const markOf = (id: ResultId): Mark => {
    if (newest !== undefined && newest.boot === id.boot && newest.collector === id.collector) {
      return newest
    }
    const boots = byCollector.get(id.collector) ?? new Map<string, Mark>()
    byCollector.set(id.collector, boots)
    let mark = boots.get(id.boot)
    if (mark === undefined) {
      mark = { collector: id.collector, boot: id.boot, seq: 0 }
      boots.set(id.boot, mark)
      if (boots.size > BOOTS_MAX) boots.delete(boots.keys().next().value as string)
    }
    newest = mark
    return mark
  }
  for (const { collector, boot, seq } of known) markOf({ collector, boot, seq }).seq = seq
  return { markOf }
}

export function watermarkOf({ collector, boot, seq }: Mark): Watermark {
  return { version: MESSAGE_VERSION, collector, boot, seq }
}
