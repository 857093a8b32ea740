import { instant, type Instant } from '../../base/instant.ts'
import {
  evidenceList,
  evidenceQuery,
  observedTopology,
  receiptList,
  receiptQuery,
} from '../../wire/api/past-verdicts.ts'
import type { Web, WebContext } from '../context.ts'
import { ApiFailure } from '../errors.ts'

const TAGS = ['truth']
/** One question reads at most so much time: every result of it is looked at. */
const SPAN_MAX_MS = 31 * 86_400_000

/** What is needed to decide the past again. Rules DA1 to DA3 of docs/spec/replaying.md. */
export function pastVerdictRoutes(app: Web, { hub: { truth } }: WebContext): void {
  const access = { config: { access: 'viewer' } } as const
  app.get(
    '/receipts',
    {
      ...access,
      schema: {
        tags: TAGS,
        summary: 'Changes of verdicts with all they came from, oldest first',
        querystring: receiptQuery,
        response: { 200: receiptList },
      },
    },
    async ({ query }) => {
      const { cursor: after, limit } = query
      const { receipts, next } = await truth.pastReceipts({ ...spanOf(query), after, limit })
      return { items: receipts.map((receipt) => ({ ...receipt })), nextCursor: next ?? null }
    },
  )
  app.get(
    '/evidence',
    {
      ...access,
      schema: {
        tags: TAGS,
        summary: 'Results of checks that several clusters observe, as evidence, oldest end first',
        querystring: evidenceQuery,
        response: { 200: evidenceList },
      },
    },
    ({ query }) => {
      const { cursor: after, limit } = query
      return truth.pastEvidence({ ...spanOf(query), after, limit })
    },
  )
  app.get(
    '/topology',
    {
      ...access,
      schema: {
        tags: TAGS,
        summary: 'Who observes what, and how it is decided',
        response: { 200: observedTopology },
      },
    },
    () => truth.topology(),
  )
}

function spanOf(query: { readonly from: string; readonly to: string }): {
  readonly from: Instant
  readonly to: Instant
} {
  const from = instant(Date.parse(query.from))
  const to = instant(Date.parse(query.to))
  if (from >= to) throw badSpan('must be before `to`')
  if (to - from > SPAN_MAX_MS) throw badSpan('must be at most 31 days before `to`')
  return { from, to }
}

function badSpan(message: string): ApiFailure {
  return new ApiFailure('invalid_input', undefined, { details: [{ path: 'query.from', message }] })
}
