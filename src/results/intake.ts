import type { Clock } from '../base/clock.ts'
import { after, type Instant } from '../base/instant.ts'
import type { Log } from '../base/log.ts'
import type { Metric } from '../base/metrics.ts'
import type { Bus } from '../wire/bus.ts'
import { allResults, results as resultsOf, type ResultBatch } from '../wire/subjects.ts'
import { answerClocks } from './clocks/clock-answers.ts'
import {
  createCollectorClocks,
  DEFAULT_CLOCK_POLICY,
  type ClockPolicy,
  type CollectorClock,
} from './clocks/collector-clocks.ts'
import { DEFAULT_DECISION, type DecisionPolicy } from './decision/decide.ts'
import { NO_TOPOLOGY } from './decision/fleet-topology.ts'
import type { DecisionParameters } from './decision/parameters.ts'
import type { DecisionTopology } from './decision/topology.ts'
import type { FleetIndex } from './fleet-index.ts'
import { createHubCore } from './hub-core.ts'
import { createIntakeGate } from './intake-gate.ts'
import { intakeMetrics, newIntakeNumbers } from './intake-metrics.ts'
import { createIntakeSteps, type WaitingRun } from './intake-steps.ts'
import { createPendingEffects } from './pending-effects.ts'
import { createForgeries } from './forgeries.ts'
import type { ResultStore, StoredMark, VerdictStore } from './ports.ts'
import { createRateMeter } from './rate-meter.ts'
import { SharedVerdicts, type Inquiry } from './shared-verdicts.ts'
import { NAGIOS_PASSIVE_HOSTS, type PassiveHostPolicy } from './state/host-transition.ts'
import { createStoreCommit } from './store-commit.ts'
import { startStoreWriter, type StoreWriterSettings } from './store-writer.ts'
import { createWatermarkAnnouncer, nameOfBoot } from './watermark-announcer.ts'
import { createWatermarks, type Mark } from './watermarks.ts'

export interface IntakeParts {
  readonly bus: Bus
  readonly store: ResultStore
  readonly index: FleetIndex
  readonly clock: Clock
  readonly log: Log
  /** Its own name: under it collectors send. */
  readonly hub: string
  /** Who observes what now; the same object until it changes. Absent: nothing has several observers. */
  readonly topology?: () => DecisionTopology
  /** Needed with `topology`. */
  readonly verdicts?: Pick<VerdictStore, 'recentEvidence' | 'openIncidents'>
  readonly parameters?: Partial<DecisionParameters>
  readonly settings?: IntakeSettings
}

export interface IntakeSettings extends StoreWriterSettings {
  /** Results shown and not stored yet, heavy ones counted several times; at this many no more are taken in. */
  readonly pendingMax: number
  /** Results in one step of the core. */
  readonly stepMax: number
  /** Batches that wait for room before senders are refused. */
  readonly waitingMax: number
  /** Every so often some objects are looked at for being stale ... */
  readonly sweepEveryMs: number
  /** ... so many. */
  readonly sweepMax: number
  readonly decision: DecisionPolicy
  readonly clocks: ClockPolicy
  readonly passiveHosts: PassiveHostPolicy
}

export const DEFAULT_INTAKE: IntakeSettings = {
  pendingMax: 20_000,
  stepMax: 1_000,
  waitingMax: 1_024,
  commitMax: 5_000,
  gatherMs: 50,
  retryFirstMs: 250,
  retryMaxMs: 10_000,
  sweepEveryMs: 1_000,
  sweepMax: 10_000,
  decision: DEFAULT_DECISION,
  clocks: DEFAULT_CLOCK_POLICY,
  passiveHosts: NAGIOS_PASSIVE_HOSTS,
}

/** No further back is looked for evidence at a start. */
const EVIDENCE_BACK_MS = 3_600_000

/** Takes results from the bus through the hub's core into the live index at once, and into the store in batches. */
export interface Intake {
  /** `ok`, or since when and why the database is unavailable. */
  readonly databaseStatus: string
  readonly resultsPerSecond: number
  /** Of the collectors that measured theirs. */
  readonly clocks: () => readonly CollectorClock[]
  readonly metrics: readonly Metric[]
  /** Checks that several clusters observe. */
  readonly shared: SharedVerdicts
  /** Runs of shared checks that a collector has no answer of yet. */
  hint(collector: string, runs: readonly WaitingRun[]): void
  /** Who carries questions to other observers; until then they are dropped. */
  inquireBy(carry: (inquiries: readonly Inquiry[]) => void): void
  /** Settles only when the intake ends; rejects on a bug of ours, then the role should crash. */
  readonly finished: Promise<void>
  /** Takes nothing more in, stores what is pending unless the store is unavailable, tells the collectors. */
  stop(): Promise<void>
}

/** Loads what an earlier run knew into the index, then listens. Rejects with `StoreUnavailable` when it cannot be loaded. */
export async function startIntake(parts: IntakeParts): Promise<Intake> {
  const { bus, store, index, clock, settings = DEFAULT_INTAKE } = parts
  const [records, marks] = await Promise.all([store.loadRecords(), store.loadWatermarks()])
  index.restore(records, clock.now())

  const watermarks = createWatermarks(marks)
  const topology = parts.topology ?? (() => NO_TOPOLOGY)
  const shared = new SharedVerdicts(topology(), parts.parameters ?? {})
  const core = createHubCore({ index, watermarks, shared, ...settings })
  const durable = new Map(marks.map((mark) => [nameOfBoot(mark), mark]))
  const clocks = createCollectorClocks(settings.clocks)
  const pending = createPendingEffects()
  const numbers = newIntakeNumbers()
  const rate = createRateMeter()
  const crash = Promise.withResolvers<never>()
  const announcer = createWatermarkAnnouncer(parts.hub, bus, parts.log, crash.reject)
  const state = { core, index, shared, topology, watermarks, clocks, pending, numbers, rate, clock }
  const repeat = (missed: readonly Mark[]): void =>
    announcer.tell(missed.flatMap((mark) => durable.get(nameOfBoot(mark)) ?? []))
  const steps = createIntakeSteps({ ...state, stepMax: settings.stepMax, repeat })
  const take = (batch: ResultBatch): void => {
    steps.take(batch)
    writer.wake()
  }
  const tick = (): void => {
    steps.tick()
    writer.wake()
  }
  const hasRoom = (): boolean => pending.weight < settings.pendingMax
  const gate = createIntakeGate(hasRoom, take, settings.waitingMax)
  const committed = (stored: readonly StoredMark[]): void => {
    for (const mark of stored) durable.set(nameOfBoot(mark), mark)
    gate.open()
    announcer.tell(stored)
  }
  const commit = createStoreCommit({ ...parts, pending, numbers, committed })
  const writer = startStoreWriter(commit, pending, clock, settings)
  await rememberEvidence(shared, parts.verdicts, clock.now())
  tick()
  const stopSweeping = startSweeping(index, clock, settings, tick)
  const forgeries = createForgeries(numbers, clock, parts.log)
  const subscription = bus.subscribe(allResults(parts.hub), (batch, name) => {
    if (name !== resultsOf(parts.hub, batch.collector).name) return forgeries.note(name, batch)
    return gate.enter(batch)
  })
  const clockAnswers = answerClocks(parts.hub, bus, clock)
  announcer.tell(marks)

  return {
    get databaseStatus() {
      return commit.status
    },
    get resultsPerSecond() {
      return rate.perSecond(clock.monotonicMs())
    },
    clocks: () => clocks.all(),
    metrics: intakeMetrics(numbers, pending, commit),
    shared,
    hint: (collector, runs) => steps.hint(collector, runs),
    inquireBy: (carry) => steps.inquireBy(carry),
    finished: Promise.race([writer.finished, crash.promise]),
    async stop() {
      subscription.close()
      clockAnswers.close()
      gate.close()
      stopSweeping()
      await writer.stop()
      await announcer.settled()
    },
  }
}

/** Results of the time before count as if they came now: what was decided then stands in the records. */
async function rememberEvidence(
  shared: SharedVerdicts,
  verdicts: Pick<VerdictStore, 'recentEvidence' | 'openIncidents'> | undefined,
  now: Instant,
): Promise<void> {
  if (verdicts === undefined) return
  shared.resume(await verdicts.openIncidents(), now)
  const { checks } = shared.engine.topology
  if (checks.length === 0) return
  const longestMs = checks.reduce((most, { intervalMs }) => Math.max(most, intervalMs), 0)
  const sinceMs = Math.min(3 * longestMs, EVIDENCE_BACK_MS)
  const ids = checks.map(({ id }) => id)
  shared.remember(await verdicts.recentEvidence(ids, after(now, -sinceMs)), now)
}

function startSweeping(
  index: FleetIndex,
  clock: Clock,
  settings: IntakeSettings,
  tick: () => void,
): () => void {
  let cancel: () => void
  const arm = (): void => {
    cancel = clock.timer(settings.sweepEveryMs, () => {
      index.sweep(clock.now(), settings.sweepMax)
      tick()
      arm()
    })
  }
  arm()
  return () => cancel()
}
