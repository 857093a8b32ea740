import type { CollectorRow } from '../../wire/api/network.ts'
import type { Terminal } from '../terminal.ts'
import {
  outcomesOf,
  summaryOf,
  type HostOutcome,
  type Observation,
  type Rhythm,
} from './continuity.ts'
import type { DrillKind, Fault } from './faults.ts'
import type { Measured } from './limits.ts'
import type { Until } from './until.ts'
import type { Watch } from './watch.ts'

export interface Drill {
  readonly kind: DrillKind
  /** `undefined`: the hub. */
  readonly collector: string | undefined
  readonly fault: Fault
  /** So much of the time before is looked at, to know who checked what. */
  readonly beforeMs: number
  /** The failure lasts at least so long. */
  readonly holdMs: number
  /** Afterwards it is watched for so long; `undefined`: as long as a missed interval needs to be seen. */
  readonly afterMs: number | undefined
  readonly watch: Watch
  readonly until: Until
  readonly terminal: Terminal
}

export interface DrillResult {
  readonly measured: Measured
  readonly hosts: readonly HostOutcome[]
  readonly failedAt: number
  /** From being made good until it took part again; `undefined`: it did not. */
  readonly returnMs: number | undefined
}

const AFTER_MAX_MS = 120_000
/** A missed interval is seen after one and a half. */
const INTERVALS_AFTER = 1.6
/** On its way from the end of a check into the database. */
const ON_THE_WAY_MS = 2_000
/** What waits longer in an outbox is not just passing through. */
const WAITING_MS = 5_000

/** Fails what the drill is about, makes it good whatever happens, and says what became of every host. Rules DR8 to DR11 of docs/spec/drill.md. */
export async function runDrill(drill: Drill): Promise<DrillResult> {
  const { watch, until, fault, terminal, collector } = drill
  const began = watch.now()
  const before = await watch.executions(began - drill.beforeMs, began)
  const owned = ownedBy(collector, before)
  const lostBefore = await watch.lost()
  let undoneAt: number | undefined
  let failedAt: number
  let detectedAt: number | undefined
  try {
    failedAt = await fault.begin()
    terminal.say(fault.what)
    detectedAt = await watched(drill, owned, failedAt)
    await until.pause('holding', Math.max(0, failedAt + drill.holdMs - watch.now()))
    undoneAt = watch.now()
  } finally {
    await fault.undo()
  }
  const returnMs = await returned(drill, undoneAt)
  await until.pause('watching what follows', drill.afterMs ?? afterMsOf(before.rhythms))
  await until.may('results that waited arrive', () => delivered(watch))
  await until.pause('the last results arrive', ON_THE_WAY_MS)
  const end = watch.now()
  const seen = await watch.executions(began - drill.beforeMs, end)
  const hosts = outcomesOf(
    { ...seen, until: end - ON_THE_WAY_MS },
    { collector, at: failedAt, isInOrder: isInOrder(drill), undoneAt },
  )
  const lost = Math.max(0, (await watch.lost()) - lostBefore)
  const detectionMs = detectedAt === undefined ? undefined : detectedAt - failedAt
  return { measured: { ...summaryOf(hosts), detectionMs, lost }, hosts, failedAt, returnMs }
}

/** Nothing that checks is lost without a word. */
function isInOrder({ kind, collector }: Drill): boolean {
  return kind === 'drain' || kind === 'clock' || collector === undefined
}

/** Checks that this collector ran the last time. */
function ownedBy(collector: string | undefined, seen: Omit<Observation, 'until'>): Set<string> {
  const last = new Map<string, { readonly collector: string; readonly startedAt: number }>()
  for (const run of seen.executions)
    if (run.startedAt >= (last.get(run.checkId)?.startedAt ?? 0)) last.set(run.checkId, run)
  return new Set([...last].flatMap(([id, run]) => (run.collector === collector ? [id] : [])))
}

/** Until the failure has done what it does. Returns when the hub took the collector for lost. */
async function watched(
  drill: Drill,
  owned: ReadonlySet<string>,
  failedAt: number,
): Promise<number | undefined> {
  const { kind, collector, watch, until } = drill
  if (collector === undefined || kind === 'clock') return undefined
  if (kind === 'drain') {
    await until.must(`${collector} hands its hosts over`, async () => {
      const row = await rowOf(watch, collector)
      return row?.standing === 'cordoned' && row.hosts === 0 ? true : undefined
    })
    return undefined
  }
  let detectedAt: number | undefined
  await until.may(`the hosts of ${collector} are taken over`, async () => {
    const row = await rowOf(watch, collector)
    const since = Date.parse(row?.since ?? '')
    if (row?.health === 'lost' && since >= failedAt) detectedAt ??= since
    const { executions } = await watch.executions(failedAt, watch.now())
    const taken = new Set(
      executions.flatMap((run) => (run.collector === collector ? [] : run.checkId)),
    )
    const isDone = detectedAt !== undefined && [...owned].every((id) => taken.has(id))
    return isDone ? true : undefined
  })
  return detectedAt
}

/** Until it takes part again. Returns how long that took. */
async function returned(
  { collector, watch, until }: Drill,
  undoneAt: number,
): Promise<number | undefined> {
  const what = collector === undefined ? 'the hub answers again' : `${collector} takes part again`
  const find = async (): Promise<number | undefined> => {
    const rows = await watch.collectors()
    if (rows === undefined) return undefined
    const isBack =
      collector === undefined
        ? rows.every(isWorking)
        : rows.some((row) => row.id === collector && isWorking(row))
    return isBack ? watch.now() - undoneAt : undefined
  }
  // Without it there is nothing to be measured.
  return collector === undefined ? until.must(what, find) : until.may(what, find)
}

function isWorking({ health, standing }: CollectorRow): boolean {
  return health === 'live' && standing === 'active'
}

async function rowOf(watch: Watch, collector: string): Promise<CollectorRow | undefined> {
  return (await watch.collectors())?.find(({ id }) => id === collector)
}

async function delivered(watch: Watch): Promise<true | undefined> {
  const rows = await watch.collectors()
  const isWaiting = rows?.some(
    ({ health, outboxes }) =>
      health === 'live' && outboxes.some(({ oldestAgeMs }) => oldestAgeMs > WAITING_MS),
  )
  return isWaiting === false ? true : undefined
}

/** Of the interval that 95 % of the checks do not exceed. */
function afterMsOf(rhythms: ReadonlyMap<string, Rhythm>): number {
  const intervals = [...rhythms.values()].map(({ intervalMs }) => intervalMs).sort((a, b) => a - b)
  const common = intervals[Math.max(0, Math.ceil(intervals.length * 0.95) - 1)] ?? 0
  return Math.min(AFTER_MAX_MS, common * INTERVALS_AFTER)
}
