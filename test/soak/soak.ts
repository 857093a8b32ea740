import { prng } from '../../src/base/prng.ts'
import type { CollectorRow } from '../../src/wire/api/network.ts'
import { eventually } from '../services/program.ts'
import { startNetwork, type Network, type TestHub } from '../services/network.ts'
import { nextFault, type Fault } from './faults.ts'

/** 3 clusters of 3 collectors and 2 hubs under random faults; what is left in the end is compared. */
export interface SoakShape {
  readonly seed: number
  readonly ms: number
  readonly say: (text: string) => void
}

export interface SoakReport {
  readonly faults: number
  readonly executions: number
  /** Executions that one hub has and another has not. */
  readonly different: number
  /** Of the same result, stored twice. */
  readonly doubled: number
  /** Results that a hub counts as given up. */
  readonly lost: number
  /** Objects whose states differ between the hubs. */
  readonly statesDifferent: number
  /** Between two executions of one check. */
  readonly worstGapMs: number
  readonly worstGapOf: string
}

export const INTERVAL_MS = 5_000
const TIMEOUT_MS = 2_000
const HOSTS_PER_CLUSTER = 10
const CLUSTERS = ['east', 'north', 'west'] as const
const PAUSE_MAX_MS = 4_000

/**
 * What a check may have to wait: its interval, until silence is noticed, until the new owner knows that nobody runs it (its timeout and
 * 3 s), and the processes of a busy machine.
 */
export const GAP_MAX_MS = INTERVAL_MS + 3_000 + TIMEOUT_MS + 3_000 + 7_000

const yaml = `
selfMonitoring: false
commands:
  # Changes its mind every 20 s, so that there are states to compare.
  say: { line: "sh -c 'echo $ARG1$; exit $(( ($(date +%s) / 20 + $ARG1$) % 3 ))'" }
clusters: { ${CLUSTERS.map((name) => `${name}: {}`).join(', ')} }
hosts:
${CLUSTERS.flatMap((cluster) =>
  Array.from(
    { length: HOSTS_PER_CLUSTER },
    (_, n) =>
      `  ${cluster}-${n}: { cluster: ${cluster}, checkInterval: ${INTERVAL_MS / 1000}s, retryInterval: ${INTERVAL_MS / 1000}s, checkTimeout: ${TIMEOUT_MS / 1000}s, checkCommand: say!${n} }`,
  ),
).join('\n')}
`

export async function soak({ seed, ms, say }: SoakShape): Promise<SoakReport> {
  const collectors = CLUSTERS.flatMap((cluster) => ['c1', 'c2', 'c3'].map((c) => `${cluster}.${c}`))
  const network = await startNetwork({ yaml, hubs: ['hub-a', 'hub-b'], collectors })
  try {
    await allThere(network)
    const from = Date.now()
    const faults = await hurt(network, { seed, ms, say })
    await allThere(network, ['active', 'joining'])
    const to = Date.now()
    say('all is mended: waiting until everything has arrived')
    await arrived(network, to)
    return { faults, ...(await compare(network, from, to)) }
  } finally {
    await network.stop()
  }
}

/** After many losses a collector may share hosts again only minutes later. Rule AG10. */
async function allThere(
  network: Network,
  standings?: readonly CollectorRow['standing'][],
): Promise<void> {
  await Promise.all(network.hubs.map((hub) => hub.sees(network.collectors.length, standings)))
}

/** Faults come by the dice for so long; all are mended when it returns. */
async function hurt(network: Network, { seed, ms, say }: SoakShape): Promise<number> {
  const random = prng(seed)
  const end = performance.now() + ms
  const busy = new Map<string, Promise<void>>()
  const failures: unknown[] = []
  let count = 0
  const suffer = async (fault: Fault): Promise<void> => {
    await fault.begin()
    await pause(fault.lastsMs)
    await fault.end()
    // Its members know each other again before the next of them is hurt.
    await pause(8_000)
  }
  while (performance.now() < end && failures.length === 0) {
    const fault = nextFault(network, random)
    if (!busy.has(fault.place)) {
      count++
      say(
        `${Math.round((end - performance.now()) / 1000)} s left: ${fault.text}, ${fault.lastsMs} ms`,
      )
      const suffering = suffer(fault)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => busy.delete(fault.place))
      busy.set(fault.place, suffering)
    }
    await pause(random() * PAUSE_MAX_MS)
  }
  await Promise.all(busy.values())
  if (failures.length > 0) throw failures[0]
  return count
}

async function arrived(network: Network, to: number): Promise<void> {
  await eventually(
    async () => {
      const counts = await Promise.all(network.hubs.map((hub) => waitingAt(hub, to)))
      return counts.every((count) => count === 0) ? true : undefined
    },
    120_000,
    'all results have arrived',
  )
}

/** Stretches of numbers that are missing, and checks that were not seen since. */
async function waitingAt(hub: TestHub, to: number): Promise<number> {
  const [row] = await hub.sql<{ gaps: string; seen: string }>(
    `SELECT (SELECT coalesce(sum(cardinality(beyond)), 0) FROM watermark) AS gaps,
       (SELECT count(*) FROM object_record WHERE last_result_at > $1) AS seen`,
    [to + 2 * INTERVAL_MS],
  )
  const unseen = CLUSTERS.length * HOSTS_PER_CLUSTER - Number(row?.seen)
  return Number(row?.gaps) + unseen
}

interface Row {
  readonly id: string
  readonly check_id: string
  readonly finished: string
}

async function executionsAt(hub: TestHub, from: number, to: number): Promise<readonly Row[]> {
  return hub.sql<Row>(
    `SELECT check_id, coalesce(claimed_at, at) AS finished,
       concat_ws(' ', check_id, collector, coalesce(claimed_at, at), ran_ms) AS id
     FROM result JOIN check_name USING (check_no) JOIN collector_name USING (collector_no)
     WHERE coalesce(claimed_at, at) >= $1 AND coalesce(claimed_at, at) < $2
     ORDER BY check_id, finished`,
    [from, to],
  )
}

async function compare(
  network: Network,
  from: number,
  to: number,
): Promise<Omit<SoakReport, 'faults'>> {
  const [first, second] = network.hubs as [TestHub, TestHub]
  const [one, other] = await Promise.all([
    executionsAt(first, from, to),
    executionsAt(second, from, to),
  ])
  const [ids, otherIds] = [one, other].map((rows) => new Set(rows.map(({ id }) => id))) as [
    Set<string>,
    Set<string>,
  ]
  const gap = worstGap(one)
  return {
    executions: one.length,
    different: ids.symmetricDifference(otherIds).size,
    doubled: one.length - ids.size + (other.length - otherIds.size),
    lost: (await lostAt(first)) + (await lostAt(second)),
    statesDifferent: await statesDifferent(first, second),
    worstGapMs: gap.ms,
    worstGapOf: gap.of,
  }
}

function worstGap(rows: readonly Row[]): { readonly ms: number; readonly of: string } {
  let worst = { ms: 0, of: '' }
  for (const [n, row] of rows.entries()) {
    const before = rows[n - 1]
    if (before === undefined || before.check_id !== row.check_id) continue
    const ms = Number(row.finished) - Number(before.finished)
    if (ms > worst.ms)
      worst = { ms, of: `${row.check_id} after ${new Date(Number(before.finished)).toISOString()}` }
  }
  return worst
}

async function lostAt(hub: TestHub): Promise<number> {
  const text = await hub.text('/metrics')
  return Number(/^parallax_results_missing_total (\d+)/m.exec(text)?.[1] ?? Number.NaN)
}

/** Both hubs judge the same results: after one more interval they say the same. */
async function statesDifferent(one: TestHub, other: TestHub): Promise<number> {
  const statesOf = async (hub: TestHub): Promise<ReadonlyMap<string, string>> => {
    const rows = await hub.sql<{ check_id: string; last: string; record: string }>(
      'SELECT check_id, last_result_at AS last, record FROM object_record JOIN check_name USING (check_no)',
    )
    return new Map(
      rows.map(({ check_id, last, record }) => {
        const { state, lastHardState } = JSON.parse(record) as Record<string, unknown>
        return [check_id, `${last} ${String(state)} ${String(lastHardState)}`]
      }),
    )
  }
  let fewest = Number.POSITIVE_INFINITY
  // Results keep coming: a look between two of them shows one hub ahead.
  for (let look = 0; look < 20 && fewest > 0; look++) {
    const [left, right] = await Promise.all([statesOf(one), statesOf(other)])
    const different = [...left].filter(([id, state]) => right.get(id) !== state).length
    fewest = Math.min(fewest, different)
    await pause(200)
  }
  return fewest
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
