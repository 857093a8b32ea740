import { instant, type Instant } from '../../base/instant.ts'
import { parseCheckId, type CheckId } from '../../domain/check-id.ts'
import {
  changeList,
  changesQuery,
  historyList,
  historyQuery,
  seriesList,
  seriesQuery,
} from '../../wire/api/queries.ts'
import type { Web, WebContext } from '../context.ts'
import { ApiFailure } from '../errors.ts'
import { changeRowOf, historyRowOf } from '../objects/row.ts'

const DAY_MS = 24 * 3_600_000
const TAGS = ['past']

/** The past, from the database. Objects that left the configuration still have one. */
export function pastRoutes(app: Web, { hub }: WebContext): void {
  app.get(
    '/history',
    {
      config: { access: 'viewer' },
      schema: {
        tags: TAGS,
        summary: 'Results of one host or service, newest first',
        querystring: historyQuery,
        response: { 200: historyList },
      },
    },
    async ({ query }) => {
      const span = spanOf(query, hub.clock.now())
      const rows = await hub.history.results({
        checkId: idOf(query.id),
        ...span,
        limit: query.limit,
      })
      return { items: rows.map(historyRowOf) }
    },
  )
  app.get(
    '/changes',
    {
      config: { access: 'viewer' },
      schema: {
        tags: TAGS,
        summary: 'Changes of state, of one object or all, newest first',
        querystring: changesQuery,
        response: { 200: changeList },
      },
    },
    async ({ query }) => {
      const checkId = query.id === undefined ? undefined : idOf(query.id)
      const span = spanOf(query, hub.clock.now())
      const rows = await hub.history.changes({ checkId, ...span, limit: query.limit })
      return { items: rows.map(changeRowOf) }
    },
  )
  app.get(
    '/series',
    {
      config: { access: 'viewer' },
      schema: {
        tags: TAGS,
        summary: 'Performance data of one host or service in columns',
        querystring: seriesQuery,
        response: { 200: seriesList },
      },
    },
    async ({ query }) => {
      const span = spanOf(query, hub.clock.now())
      const found = await hub.history.series({
        checkId: idOf(query.id),
        ...span,
        pointsMax: query.points,
      })
      return {
        items: found.map((series) => ({
          ...series,
          at: [...series.at],
          value: [...series.value],
          low: [...series.low],
          high: [...series.high],
        })),
      }
    },
  )
}

function idOf(text: string): CheckId {
  const id = parseCheckId(text)
  if (id === undefined) throw new ApiFailure('unknown_object')
  return id
}

/** `from` <= t < `to`. @throws ApiFailure `invalid_input` when nothing lies between. */
function spanOf(
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: Instant,
): { readonly from: Instant; readonly to: Instant } {
  // The end is open: what happened in this very millisecond belongs to it.
  const to = query.to === undefined ? now + 1 : Date.parse(query.to)
  const from = query.from === undefined ? to - DAY_MS : Date.parse(query.from)
  if (from < to) return { from: instant(from), to: instant(to) }
  const details = [{ path: 'query.from', message: 'must be before `to`' }]
  throw new ApiFailure('invalid_input', undefined, { details })
}
