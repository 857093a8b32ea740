import { systemClock } from '../../adapters/system/clock.ts'
import { HUB_CLUSTER, parseCollectorId } from '../../domain/cluster.ts'
import { executionList } from '../../wire/api/executions.ts'
import { collectorList, type CollectorRow } from '../../wire/api/network.ts'
import type { Client } from '../client.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import type { Execution, Observation, Rhythm } from './continuity.ts'

/** What a drill sees through the API of a hub. */
export interface Watch {
  /** `undefined` while the hub does not answer. */
  collectors(): Promise<readonly CollectorRow[] | undefined>
  executions(from: number, to: number): Promise<Omit<Observation, 'until'>>
  /** Results that will never come, since the collectors and this hub started. */
  lost(): Promise<number>
  /** By the clock of the hub. */
  now(): number
}

/** Executions of one drill. */
const RUNS_MAX = 500_000
const PAGE = 10_000
/** The API tells of so much time at once. */
const SPAN_MS = 6 * 3_600_000
const ASK_EVERY_MS = 10
const OFFSET_WITHIN_MS = 1_500

/** @param open makes a client; called again after the hub was away: what it starts with may be another address, and another token */
export async function createWatch(open: () => Client, cluster: string | undefined): Promise<Watch> {
  let client = open()
  const offsetMs = await clockOffsetOf(client)
  return {
    now: () => systemClock.now() + offsetMs,
    async collectors() {
      try {
        return (await client.get('/api/v1/collectors', collectorList)).items
      } catch (error) {
        if (!isAway(error)) throw error
        client = open()
        return undefined
      }
    },
    async executions(from, to) {
      const executions: Execution[] = []
      const rhythms = new Map<string, Rhythm>()
      for (let start = from; start < to; start += SPAN_MS) {
        const span = { from: start, to: Math.min(to, start + SPAN_MS) }
        await readSpan(client, { ...span, cluster }, { executions, rhythms })
      }
      return { executions, rhythms }
    },
    async lost() {
      const { items } = await client.get('/api/v1/collectors', collectorList)
      const given = items.flatMap(({ outboxes }) => outboxes.map(({ lost }) => lost))
      const metrics = await client.text('/metrics')
      const missing = /^parallax_results_missing_total (\d+)$/m.exec(metrics)?.[1] ?? 0
      // The same results, told by who gave them up and by who misses them.
      return Math.max(
        given.reduce((sum, lost) => sum + lost, 0),
        Number(missing),
      )
    },
  }
}

interface Span {
  readonly from: number
  readonly to: number
  readonly cluster: string | undefined
}

interface Read {
  readonly executions: Execution[]
  readonly rhythms: Map<string, Rhythm>
}

async function readSpan(
  client: Client,
  { from, to, cluster }: Span,
  { executions, rhythms }: Read,
): Promise<void> {
  const query = new URLSearchParams({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    limit: String(PAGE),
  })
  if (cluster !== undefined) query.set('cluster', cluster)
  for (;;) {
    const page = await client.get(`/api/v1/executions?${query.toString()}`, executionList)
    for (const { id, collector, startedAt } of page.items) {
      if (isOfHub(collector)) continue
      executions.push({ checkId: id, collector, startedAt: Date.parse(startedAt) })
      const rhythm = Object.hasOwn(page.rhythms, id) ? page.rhythms[id] : undefined
      if (rhythm !== undefined) rhythms.set(id, rhythm)
    }
    if (executions.length > RUNS_MAX)
      throw new CommandFailed(
        EXIT.failed,
        `more than ${RUNS_MAX} checks ran: a drill cannot look at so many`,
        'give a shorter --before and --hold, or take a smaller cluster',
      )
    if (page.nextCursor === null) return
    query.set('cursor', page.nextCursor)
  }
}

/** A hub checks itself: it cannot while it is away. */
function isOfHub(collector: string): boolean {
  return parseCollectorId(collector)?.cluster === HUB_CLUSTER
}

/**
 * How far the hub's clock is before ours. It writes whole seconds into its answers: where one ends, it is known to a few milliseconds.
 */
async function clockOffsetOf(client: Client): Promise<number> {
  const deadline = systemClock.monotonicMs() + OFFSET_WITHIN_MS
  let before: number | undefined
  for (;;) {
    const askedAt = systemClock.now()
    const response = await client.open('/healthz', AbortSignal.timeout(5_000))
    const answeredAt = systemClock.now()
    await response.body?.cancel()
    const second = Date.parse(response.headers.get('date') ?? '')
    if (Number.isNaN(second)) return 0 // a proxy that takes it away
    const middle = (askedAt + answeredAt) / 2
    if (before !== undefined && second > before) return second - middle
    before = second
    if (systemClock.monotonicMs() > deadline) return second + 500 - middle
    await systemClock.sleep(ASK_EVERY_MS)
  }
}

/** Does not answer now, or not to who knew it before it was started again. */
function isAway(error: unknown): boolean {
  if (!(error instanceof CommandFailed)) return false
  return error.status === EXIT.unreachable || error.status === EXIT.auth
}
