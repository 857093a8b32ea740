import type { RawReport } from '../wire/api/truth.ts'
import { rawReports } from '../wire/api/truth.ts'
import type { Client } from './client.ts'
import type { Listing } from './format.ts'
import { displayName } from './object-name.ts'
import { ageOf } from './object-columns.ts'

/** At most so many pages of 500 checks are read. */
const PAGES_MAX = 2_000

/** Raw reports, page after page, until at least so many are there. @param filter of the list */
export async function fetchRaw(
  client: Client,
  filter: URLSearchParams,
  limit: number,
): Promise<readonly RawReport[]> {
  const rows: RawReport[] = []
  let page: number | null = 1
  for (let pages = 0; pages < PAGES_MAX && page !== null && rows.length < limit; pages++) {
    filter.set('page', String(page))
    const answer: { items: RawReport[]; nextPage: number | null } = await client.get(
      `/api/v1/reports?${filter.toString()}`,
      rawReports,
    )
    rows.push(...answer.items)
    page = answer.nextPage
  }
  return rows.slice(0, limit)
}

export function rawListing(rows: readonly RawReport[], now: number): Listing<RawReport> {
  return {
    rows,
    name: ({ id }) => displayName(id),
    whenEmpty: 'nothing here is observed by several clusters',
    columns: [
      { title: 'HOST', text: ({ host }) => host },
      { title: 'SERVICE', text: ({ service }) => service ?? '' },
      { title: 'VERDICT', text: ({ verdict }) => verdict.toUpperCase() },
      { title: 'OBSERVER', text: ({ observer }) => observer },
      { title: 'SAID', text: ({ class: said }) => said ?? 'nothing yet' },
      { title: 'STATE', text: ({ state }) => state.toUpperCase() },
      { title: 'AGE', text: ({ at }) => ageOf(at, now) },
      { title: 'USE', text: (row) => useText(row, now) },
      { title: 'OUTPUT', text: ({ output }) => output },
    ],
    wideColumns: [
      { title: 'SITE', text: ({ site }) => site },
      { title: 'TOOK', text: ({ latencyMs }) => (latencyMs === null ? '' : `${latencyMs} ms`) },
      { title: 'FRESH', text: ({ isFresh }) => (isFresh ? 'yes' : 'no') },
      { title: 'RELATION', text: ({ relation }) => relation },
    ],
  }
}

/** 'penalised 12s more' while silence waits for others, 'set-aside (silent)'. */
export function useText(
  { use, penalisedUntil, setAside }: Pick<RawReport, 'use' | 'penalisedUntil' | 'setAside'>,
  now: number,
): string {
  if (use === 'penalised' && penalisedUntil !== null)
    return `penalised ${Math.max(0, Math.ceil((Date.parse(penalisedUntil) - now) / 1000))}s more`
  if (use === 'set-aside' && setAside !== null) return `set-aside (${setAside})`
  return use ?? ''
}
