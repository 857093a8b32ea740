import { instant, isoOf } from '../../base/instant.ts'
import { isScheduled, type Check } from '../../domain/check.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { Fleet } from '../../domain/fleet.ts'
import {
  executionList,
  executionsQuery,
  type ExecutionList,
  type ExecutionRow,
} from '../../wire/api/executions.ts'
import type { Web, WebContext } from '../context.ts'
import { ApiFailure } from '../errors.ts'

/** One question reads at most so much time: every result of it is looked at. */
const SPAN_MAX_MS = 6 * 3_600_000

/** Which collector ran which check when. Rule DR12 of docs/spec/drill.md. */
export function executionRoutes(app: Web, { hub }: WebContext): void {
  app.get(
    '/executions',
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['past'],
        summary: 'Which collector ran which check in a window of at most six hours, oldest first',
        querystring: executionsQuery,
        response: { 200: executionList },
      },
    },
    async ({ query }) => {
      const { cluster, cursor: after, limit } = query
      const from = instant(Date.parse(query.from))
      const to =
        query.to === undefined ? instant(hub.clock.now() + 1) : instant(Date.parse(query.to))
      if (from >= to) throw badSpan('must be before `to`')
      if (to - from > SPAN_MAX_MS) throw badSpan('must be at most six hours before `to`')
      const page = await hub.history.executions({ from, to, cluster, after, limit })
      const items = page.executions.map(
        ({ checkId, collector, startedAt, ranMs }): ExecutionRow => ({
          id: checkId,
          collector,
          startedAt: isoOf(startedAt),
          ranMs,
        }),
      )
      return { items, rhythms: rhythmsOf(items, hub.fleet()), nextCursor: page.next ?? null }
    },
  )
}

function badSpan(message: string): ApiFailure {
  return new ApiFailure('invalid_input', undefined, { details: [{ path: 'query.from', message }] })
}

function rhythmsOf(items: readonly ExecutionRow[], fleet: Fleet): ExecutionList['rhythms'] {
  const ids = new Set(items.map(({ id }) => id))
  return Object.fromEntries(
    [...ids].flatMap((id) => {
      const check = checkOf(fleet, id)
      if (check === undefined || !isScheduled(check)) return []
      const { intervalMs, retryIntervalMs } = check
      return [[id, { intervalMs, retryIntervalMs }]]
    }),
  )
}

function checkOf({ hosts, services }: Fleet, id: string): Check | undefined {
  return (services.get(id as CheckId) ?? hosts.get(id))?.check
}
