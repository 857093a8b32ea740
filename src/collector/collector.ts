import { randomBytes } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Metric } from '../base/metrics.ts'
import { parseCollectorId } from '../domain/cluster.ts'
import type { Bus } from '../wire/bus.ts'
import type { Beat } from '../wire/cluster.ts'
import type { Edition } from '../wire/edition.ts'
import { createAsking, type Asking } from './asking/asking.ts'
import { ClusterLoop } from './assignment/cluster-loop.ts'
import { clusterMetrics } from './assignment/cluster-metrics.ts'
import type { BeatReport, ClusterSettings, ClusterStats } from './assignment/cluster-parts.ts'
import { forgetfulMemory, type CollectorMemory } from './assignment/memory.ts'
import { collectorMetrics, type CollectorStats } from './collector-metrics.ts'
import { wayMetrics } from './outbox/way-metrics.ts'
import { CheckLoop } from './check-loop.ts'
import type { Executor, Finished, Outbox } from './ports.ts'
import { listen, type Listening } from './listen.ts'
import type { PlanFile } from './plan-file.ts'
import { sharingMetrics } from './sharing/sharing-metrics.ts'
import { WorkSharing } from './sharing/work-sharing.ts'
import { createWayToHubs, type WayToHubs } from './way-to-hubs.ts'

export interface CollectorParts {
  /** `cluster.name`, or `local` in one process. */
  readonly name: string
  /** To all of them its results go; all are asked for plans. */
  readonly hubs: readonly string[]
  readonly bus: Bus
  /** Makes the executor; it calls `onFinished` once per started job, never from within `start`. The collector closes it. */
  readonly executorFactory: (onFinished: (finished: Finished) => void) => Executor
  /** The collector closes it. */
  readonly outbox: Outbox
  readonly clock: Clock
  readonly log: Log
  /** Version of the program, as hubs show it. */
  readonly program?: string
  /** Where the last plan is kept. Absent: it starts without one. */
  readonly planFile?: PlanFile
  /** How it takes part in its cluster; used where the name is `cluster.name`. */
  readonly cluster?: ClusterParts
  readonly settings?: Partial<CollectorSettings>
}

export interface ClusterParts {
  /** `full` when absent: it schedules and executes. */
  readonly role?: Beat['role']
  /** What it keeps of its place in the cluster. Absent: it forgets at the end of the process. */
  readonly memory?: CollectorMemory
  /** What its beats say of the parts that only the composer knows; it replaces what the collector knows itself. */
  readonly report?: () => Partial<BeatReport>
  readonly settings?: Partial<ClusterSettings>
}

export interface CollectorSettings {
  /** A result waits this long for company before it is written; on a slow disk longer. */
  readonly flushMs: number
  /** So many results are written without waiting. */
  readonly batchMax: number
  /** Results per message on the bus, and per transaction of the outbox. */
  readonly publishMax: number
  /** Results kept in memory until they are sent, and while the outbox is unavailable. */
  readonly memoryMax: number
  /** Due checks are started at most this often, so that many are started at once. */
  readonly wakeMs: number
  readonly retryFirstMs: number
  readonly retryMaxMs: number
  /** Sent results that no watermark has passed are sent again after this. */
  readonly resendAfterMs: number
  readonly resendMaxMs: number
  /** Results a second of what an outage left, to each hub. */
  readonly backfillRate: number
  /** At the end running checks are waited for so long; then what can be sent is, for `drainMs`. */
  readonly stopWithinMs: number
  readonly drainMs: number
  /** At the end the other members of the cluster take over within this time. */
  readonly handOverMs: number
}

export const DEFAULT_COLLECTOR: CollectorSettings = {
  flushMs: 25,
  batchMax: 500,
  publishMax: 2_000,
  memoryMax: 50_000,
  wakeMs: 10,
  retryFirstMs: 250,
  retryMaxMs: 5_000,
  resendAfterMs: 10_000,
  resendMaxMs: 300_000,
  backfillRate: 5_000,
  stopWithinMs: 5_000,
  drainMs: 2_000,
  handOverMs: 5_000,
}

export interface Collector {
  /** Unique to this start; part of every result's id. */
  readonly boot: string
  /** Resolves after `stop`; rejects when the loop died of a bug: the role must end. */
  readonly ended: Promise<void>
  stats(): CollectorStats
  /** `undefined` where it has no cluster. */
  cluster(): ClusterStats | undefined
  /** What its beats say of its work, and what those who need no beats are shown. */
  report(): BeatReport
  /** Of the plan that it follows. */
  edition(): Edition
  /** Asks for a newer plan and sends what waits: call it when a hub can be reached again. */
  hubReached(): void
  readonly metrics: readonly Metric[]
  /** Hands its hosts to the other members, if there are any; starts nothing any more, waits for what runs (bounded), keeps and sends its results, closes executor and outbox. */
  stop(): Promise<void>
}

/** Runs the checks of the plans that come over the bus, and gets their results to the hub. Checks begin with the first plan. */
export async function startCollector(parts: CollectorParts): Promise<Collector> {
  const settings = { ...DEFAULT_COLLECTOR, ...parts.settings }
  const { name, hubs, bus, outbox, clock, log } = parts
  const boot = randomBytes(9).toString('base64url')
  const ended = Promise.withResolvers<void>()
  let hasCrashed = false
  const crash = (cause: unknown): void => {
    if (hasCrashed) return
    hasCrashed = true
    loop.abandon()
    cluster?.abandon()
    sharing?.close()
    asking.close()
    subscriptions.close()
    way.close()
    const fail = (): void => {
      outbox.close()
      ended.reject(cause)
    }
    executor.close().then(fail, fail)
  }
  const way = createWayToHubs({
    ...parts,
    boot,
    settings,
    nextSeq: () => loop.nextSeq,
    settled: () => loop.arm(),
    crash,
  })
  const { spool } = way
  const executor = parts.executorFactory((finished) => {
    if (sharing?.takeEnd(finished) === true || asking.takeEnd(finished)) return
    loop.finished(finished)
  })
  const loop = new CheckLoop({ name, boot, executor, ...way, clock, settings, crash })
  const plans = { boot, program: parts.program ?? '', hubs, file: parts.planFile }
  const running = { boot, loop, executor, way, sharing: () => sharing }
  const cluster = joinCluster(parts, running)
  if (cluster !== undefined) loop.accompany(cluster)
  const sharing = shareWork(parts, running, cluster)
  if (sharing !== undefined) loop.overflowTo(sharing)
  const asking = createAsking({ name, hubs, bus, clock, log, executor, loop })
  loop.hintBy(asking.hints)
  const subscriptions = listen({ name, bus, log, clock, loop, cluster, plans })
  await subscriptions.keeper.begin()
  loop.begin()
  log.info('collector started', { collector: name, boot, waiting: spool.waiting })

  let stopping: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    const all = { ...running, asking, cluster, subscriptions, settings, outbox }
    if (await stopInOrder(all, () => hasCrashed)) ended.resolve()
  }
  return {
    boot,
    ended: ended.promise,
    stats: () => loop.stats(),
    cluster: () => cluster?.stats(),
    report: () => reportOf(running, 0),
    edition: () => subscriptions.keeper.edition,
    hubReached() {
      subscriptions.keeper.ask()
      way.reached()
    },
    metrics: [...metricsOf(running, cluster), ...wayMetrics(way, clock), ...asking.metrics],
    stop: () => (stopping ??= stop()),
  }
}

/** Hands over, ends what runs, and gets away what can be got away. @returns false when it crashed meanwhile */
async function stopInOrder(
  {
    loop,
    executor,
    way,
    sharing,
    asking,
    cluster,
    subscriptions,
    settings,
    outbox,
  }: Running & {
    readonly asking: Asking
    readonly cluster: ClusterLoop | undefined
    readonly subscriptions: Listening
    readonly settings: CollectorSettings
    readonly outbox: Outbox
  },
  hasCrashed: () => boolean,
): Promise<boolean> {
  await cluster?.leave(settings.handOverMs)
  asking.close()
  const isPlanKept = subscriptions.closeInputs()
  await Promise.all([loop.stop(), sharing()?.stop(settings.stopWithinMs)])
  if (hasCrashed()) return false
  await executor.close()
  loop.flush()
  sharing()?.close()
  cluster?.close()
  await way.sender.drain(settings.drainMs)
  await isPlanKept
  loop.releaseNow()
  way.close()
  subscriptions.close()
  outbox.close()
  return true
}

interface Running {
  readonly boot: string
  readonly loop: CheckLoop
  readonly executor: Executor
  readonly way: WayToHubs
  readonly sharing: () => WorkSharing | undefined
}

function metricsOf(
  { loop, sharing }: Running,
  cluster: ClusterLoop | undefined,
): readonly Metric[] {
  const own = collectorMetrics(() => loop.stats())
  const shared = sharing()
  return [
    ...own,
    ...(cluster === undefined ? [] : clusterMetrics(() => cluster.stats())),
    ...(shared === undefined ? [] : sharingMetrics(() => shared.stats())),
  ]
}

function reportOf({ loop, executor, way, sharing }: Running, loopLagMs: number): BeatReport {
  const { checks, results, running, waiting, lateP99Ms } = loop.stats()
  const shared = sharing()
  return {
    load: { slots: executor.slots, running, waiting, lateP99Ms, loopLagMs },
    ...(shared === undefined ? {} : { room: shared.room }),
    checks,
    results,
    outboxes: way.outboxes(),
    clocks: way.clocks(),
    memoryBytes: 0,
    leasesLost: shared?.stats().lost ?? 0,
  }
}

const NO_PLACES = { slots: 0, running: 0 }

function shareWork(
  { name, bus, clock, log, cluster: { role = 'full' } = {} }: CollectorParts,
  { boot, loop, executor }: Running,
  members: ClusterLoop | undefined,
): WorkSharing | undefined {
  const place = parseCollectorId(name)
  if (members === undefined || place === undefined) return undefined
  return new WorkSharing({
    id: name,
    cluster: place.cluster,
    boot,
    role,
    bus,
    clock,
    log,
    executor,
    places: () => executor.plugins ?? NO_PLACES,
    members,
    waiting: () => loop.waiting,
    finished: (finished) => loop.finished(finished),
    wake: () => loop.wake(),
  })
}

function joinCluster(parts: CollectorParts, running: Running): ClusterLoop | undefined {
  const { name, bus, clock, log, program = '', cluster = {} } = parts
  const place = parseCollectorId(name)
  if (place === undefined) return undefined
  const report = (loopLagMs: number): BeatReport => ({
    ...reportOf(running, loopLagMs),
    ...cluster.report?.(),
  })
  return new ClusterLoop({
    id: name,
    cluster: place.cluster,
    boot: running.boot,
    role: cluster.role ?? 'full',
    program,
    bus,
    clock,
    log,
    work: running.loop,
    memory: cluster.memory ?? forgetfulMemory(),
    report,
    ...(cluster.settings === undefined ? {} : { settings: cluster.settings }),
  })
}
