import type { Instant } from '../base/instant.ts'
import type { ObserverList } from '../wire/api/truth.ts'
import { ageOf } from './object-columns.ts'
import type { Listing } from './format.ts'

export type ObserverRow = ObserverList['items'][number] & { readonly incidents: string }

export function observerRows({ items, incidents }: ObserverList): readonly ObserverRow[] {
  return items.map((item) => ({
    ...item,
    incidents: incidents
      .filter(({ observer, closedAt }) => observer === item.observer && closedAt === null)
      .map(({ text }) => text)
      .join('; '),
  }))
}

export function observerListing(rows: readonly ObserverRow[], now: Instant): Listing<ObserverRow> {
  return {
    rows,
    name: ({ observer }) => observer,
    wideColumns: [],
    whenEmpty: 'no host is observed by several clusters',
    columns: [
      { title: 'OBSERVER', text: ({ observer }) => observer },
      { title: 'SITE', text: ({ site }) => site },
      { title: 'SET ASIDE', text: ({ setAside }) => setAside ?? '' },
      { title: 'CONTRADICTED', text: ({ badShare }) => `${(badShare * 100).toFixed(1)}%` },
      { title: 'RESULTS', text: ({ results }) => String(results) },
      { title: 'LAST', text: ({ lastAt }) => (lastAt === null ? 'never' : ageOf(lastAt, now)) },
      { title: 'INCIDENTS', text: ({ incidents }) => incidents },
    ],
  }
}
