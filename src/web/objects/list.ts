import type { LiveObject } from '../../results/live-index.ts'
import type { ObjectList } from '../../wire/api/objects.ts'
import type { ListQuery, SortKey } from '../../wire/api/queries.ts'
import { ApiFailure } from '../errors.ts'
import { globOf } from './glob.ts'
import { isProblemRecord, isService, objectRowOf, verdictOf } from './row.ts'

export type ListKind = 'hosts' | 'services' | 'problems' | 'all'

/** One page of the present. Reads memory only. @throws ApiFailure `bad_cursor` */
export function listObjects(
  objects: Iterable<LiveObject>,
  kind: ListKind,
  query: ListQuery,
): ObjectList {
  const order = orderOf(query.sort ?? (kind === 'problems' ? 'severity' : undefined))
  const start = query.cursor === undefined ? undefined : readCursor(query.cursor, order.name)
  const isWanted = filterOf(kind, query)
  const keyed: Keyed[] = []
  let position = 0
  for (const live of objects) {
    if (isWanted(live)) keyed.push({ live, key: order.keyOf(live, position), id: live.object.id })
    position++
  }
  if (order.isSorted) keyed.sort(order.compare)
  const from = start === undefined ? 0 : firstAfter(keyed, start, order.compare)
  const page = keyed.slice(from, from + query.limit)
  const last = page.at(-1)
  const hasMore = last !== undefined && from + page.length < keyed.length
  return {
    items: page.map(({ live }) => objectRowOf(live)),
    total: keyed.length,
    nextCursor: hasMore ? writeCursor(order.name, last) : null,
  }
}

export type ListFilter = Pick<
  ListQuery,
  'state' | 'type' | 'verdict' | 'host' | 'group' | 'q' | 'isStale'
>

export function filterOf(kind: ListKind, query: ListFilter): (live: LiveObject) => boolean {
  const states = query.state === undefined ? undefined : new Set<string>(query.state)
  const groups = query.group === undefined ? undefined : new Set(query.group)
  const isHostWanted = query.host === undefined ? undefined : globOf(query.host)
  const text = query.q?.toLowerCase()
  const verdicts = query.verdict === undefined ? undefined : new Set<string | null>(query.verdict)
  return (live) => {
    const { object, record, isStale } = live
    const isServiceRow = isService(object)
    if (kind === 'hosts' && isServiceRow) return false
    if (kind === 'services' && !isServiceRow) return false
    if (kind === 'problems' && !isProblemRecord(record)) return false
    if (states !== undefined && !states.has(record.state)) return false
    if (verdicts !== undefined && !verdicts.has(verdictOf(live))) return false
    if (query.type !== undefined && query.type !== record.type) return false
    if (query.isStale !== undefined && query.isStale !== isStale) return false
    if (groups !== undefined && !object.groups.some((group) => groups.has(group))) return false
    const host = isServiceRow ? object.hostName : object.name
    if (isHostWanted !== undefined && !isHostWanted(host)) return false
    if (text === undefined || text === '') return true
    return [object.id, object.displayName, record.output].some((field) =>
      field.toLowerCase().includes(text),
    )
  }
}

/** What rows are sorted by; equal keys go by id, so that each row has one place and a page can start after it. */
type Key = number | string

interface Placed {
  readonly key: Key
  readonly id: string
}

interface Keyed extends Placed {
  readonly live: LiveObject
}

interface Order {
  readonly name: string
  /** False: rows come in this order already. */
  readonly isSorted: boolean
  readonly keyOf: (live: LiveObject, position: number) => Key
  readonly compare: (a: Placed, b: Placed) => number
}

function orderOf(sort: ListQuery['sort']): Order {
  if (sort === undefined) {
    const keyOf = (_live: LiveObject, position: number): Key => position
    return { name: '', isSorted: false, keyOf, compare: comparePlaces }
  }
  const isReverse = sort.startsWith('-')
  const keyOf = KEYS[(isReverse ? sort.slice(1) : sort) as SortKey]
  const compare = (a: Placed, b: Placed): number => {
    const order = comparePlaces(a, b)
    return isReverse ? -order : order
  }
  return { name: sort, isSorted: true, keyOf, compare }
}

const SEVERITY: Readonly<Record<LiveObject['record']['state'], number>> = {
  down: 0,
  critical: 1,
  unreachable: 2,
  unknown: 3,
  warning: 4,
  pending: 5,
  up: 6,
  ok: 7,
}

/** Larger than any instant, so that severity and age make one number. */
const BEYOND = 1e13

const KEYS: Readonly<Record<SortKey, (live: LiveObject) => Key>> = {
  severity: ({ record }) => SEVERITY[record.state] * BEYOND - (record.lastChangeAt ?? 0),
  name: ({ object }) => object.displayName.toLowerCase(),
  host: ({ object }) => object.id.toLowerCase(),
  age: ({ record }) => 0 - (record.lastChangeAt ?? 0),
  state: ({ record }) => record.state,
  'last-check': ({ record }) => record.lastResultAt ?? 0,
}

function comparePlaces(a: Placed, b: Placed): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}

function firstAfter(rows: readonly Keyed[], place: Placed, compare: Order['compare']): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const row = rows[middle]
    if (row !== undefined && compare(row, place) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

function writeCursor(order: string, { key, id }: Placed): string {
  return Buffer.from(JSON.stringify([order, key, id])).toString('base64url')
}

function readCursor(text: string, order: string): Placed {
  try {
    const [name, key, id] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]
    const isKey = typeof key === 'number' || typeof key === 'string'
    if (name === order && isKey && typeof id === 'string') return { key, id }
  } catch {
    // Not ours: refused below.
  }
  throw new ApiFailure('bad_cursor')
}
