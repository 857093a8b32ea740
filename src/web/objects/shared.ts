import type { LiveObject } from '../../results/live-index.ts'
import type { RawReports, SharedQuery, VantageMatrix } from '../../wire/api/truth.ts'
import type { TruthDesk } from '../ports.ts'
import { filterOf } from './list.ts'
import { isService, verdictOf } from './row.ts'

type Verdict = VantageMatrix['rows'][number]['verdict']

const SEVERITY: Readonly<Record<Verdict, number>> = {
  down: 0,
  recovering: 1,
  suspect: 2,
  unknown: 3,
  up: 4,
}

/** Rules RR6 and RR7 of docs/spec/raw-reports.md. */
export function matrixOf(
  objects: Iterable<LiveObject>,
  truth: TruthDesk,
  query: SharedQuery,
): VantageMatrix {
  const found = sharedObjects(objects, query).toSorted(worstFirst)
  const observers = truth.standings()
  const rows = pageOf(found, query).map((live) => {
    const words = new Map(truth.words(live.object.id).map((word) => [word.observer, word]))
    const cells = observers.map(({ name }) => {
      const word = words.get(name)
      if (word === undefined || word.class === null || word.at === null) return null
      const { class: said, at, latencyMs, isFresh, relation } = word
      return { class: said, at, latencyMs, isFresh, relation }
    })
    return { ...subjectOf(live), cells }
  })
  return { observers, rows, total: found.length }
}

/** Rules RR8 and RR9 of docs/spec/raw-reports.md. */
export function rawReportsOf(
  objects: Iterable<LiveObject>,
  truth: TruthDesk,
  query: SharedQuery & { readonly kind?: 'hosts' | 'services' | undefined },
): RawReports {
  const found = sharedObjects(objects, query)
  const items = pageOf(found, query).flatMap((live) =>
    truth.words(live.object.id).map((word) => ({ ...subjectOf(live), ...word })),
  )
  const hasMore = query.page * query.limit < found.length
  return { items, total: found.length, nextPage: hasMore ? query.page + 1 : null }
}

function sharedObjects(
  objects: Iterable<LiveObject>,
  query: SharedQuery & { readonly kind?: 'hosts' | 'services' | undefined },
): LiveObject[] {
  const isWanted = filterOf(query.kind ?? 'all', query)
  const found: LiveObject[] = []
  for (const live of objects) if (live.seenBy !== null && isWanted(live)) found.push(live)
  return found
}

function pageOf<T>(rows: readonly T[], { page, limit }: SharedQuery): readonly T[] {
  return rows.slice((page - 1) * limit, page * limit)
}

function subjectOf(live: LiveObject) {
  const { object } = live
  return {
    id: object.id,
    host: isService(object) ? object.hostName : object.name,
    service: isService(object) ? object.name : null,
    verdict: verdictOf(live) ?? 'unknown',
  }
}

/** Then those that more observers see failing, then by name. */
function worstFirst(a: LiveObject, b: LiveObject): number {
  const severity = SEVERITY[verdictOf(a) ?? 'unknown'] - SEVERITY[verdictOf(b) ?? 'unknown']
  if (severity !== 0) return severity
  const failing = failuresIn(b) - failuresIn(a)
  if (failing !== 0) return failing
  return a.object.id < b.object.id ? -1 : 1
}

function failuresIn({ seenBy }: LiveObject): number {
  let count = 0
  for (const mark of seenBy?.marks ?? '') if (mark === 'f' || mark === 't') count++
  return count
}
