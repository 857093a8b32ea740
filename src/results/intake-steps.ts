import type { Clock } from '../base/clock.ts'
import { after } from '../base/instant.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { ResultBatch } from '../wire/subjects.ts'
import { corrected, type CollectorClocks } from './clocks/collector-clocks.ts'
import type { DecisionTopology } from './decision/topology.ts'
import type { FleetIndex } from './fleet-index.ts'
import type { HubCore } from './hub-core.ts'
import { addTally, type IntakeNumbers } from './intake-metrics.ts'
import type { PendingEffects } from './pending-effects.ts'
import type { Effects } from './ports.ts'
import type { RateMeter } from './rate-meter.ts'
import type { Inquiry, SharedVerdicts } from './shared-verdicts.ts'
import type { Step } from './step.ts'
import { gapsOf, type Mark, type Watermarks } from './watermarks.ts'

export interface IntakeStepParts {
  readonly core: HubCore
  readonly index: FleetIndex
  readonly shared: SharedVerdicts
  readonly topology: () => DecisionTopology
  readonly watermarks: Watermarks
  readonly clocks: CollectorClocks
  readonly pending: PendingEffects
  readonly numbers: IntakeNumbers
  readonly rate: RateMeter
  readonly clock: Clock
  /** Results in one step of the core. */
  readonly stepMax: number
  /** A collector has missed these watermarks. */
  readonly repeat: (marks: readonly Mark[]) => void
}

export interface WaitingRun {
  readonly checkId: CheckId
  readonly waitedMs: number
}

/** The synchronous part of the intake: each batch, and each passing second, through the core into the index and to what waits for the store. */
export interface IntakeSteps {
  take(batch: ResultBatch): void
  tick(): void
  /** Runs of shared checks that a collector has no answer of yet. */
  hint(collector: string, runs: readonly WaitingRun[]): void
  /** Who carries questions to other observers; until then they are dropped. */
  inquireBy(carry: (inquiries: readonly Inquiry[]) => void): void
}

export function createIntakeSteps(parts: IntakeStepParts): IntakeSteps {
  const { core, index, shared, topology, clocks, pending, numbers, clock } = parts
  let carry: (inquiries: readonly Inquiry[]) => void = () => undefined
  const absorb = ({ tally, effects, event, repeated }: Step): void => {
    addTally(numbers, tally)
    if (isWorthStoring(effects)) pending.add(effects)
    if (event !== undefined) index.announce(event)
    parts.repeat(repeated)
    parts.rate.add(effects.history.length, clock.monotonicMs())
    ask()
  }
  const ask = (): void => {
    const inquiries = shared.drainInquiries()
    if (inquiries.length > 0) carry(inquiries)
  }
  return {
    take(batch) {
      const { collector, clock: reading } = batch
      const isSetAside = clocks.see(collector, reading, clock.now()).kind === 'set-aside'
      const results = reading === undefined ? batch.results : corrected(batch.results, reading)
      if (isSetAside) numbers.setAside += results.length
      shared.follow(topology(), clock.now())
      if (reading !== undefined) {
        const { offsetMs } = reading
        shared.readClock({ collector, offsetMs, isBelieved: !isSetAside }, clock.now())
      }
      let lost = batch.lost ?? gapsOf(parts.watermarks, batch)
      for (let from = 0; from < Math.max(1, results.length); from += parts.stepMax) {
        const part = results.slice(from, from + parts.stepMax)
        absorb(core.step({ collector, results: part, lost, isSetAside }, clock.now()))
        lost = []
      }
    },
    tick() {
      shared.follow(topology(), clock.now())
      absorb(core.tick(clock.now()))
    },
    hint(collector, runs) {
      if (clocks.isSetAside(collector)) return
      const now = clock.now()
      shared.follow(topology(), now)
      for (const { checkId, waitedMs } of runs)
        shared.hint(collector, checkId, after(now, -Math.round(waitedMs)), now)
      ask()
    },
    inquireBy(next) {
      carry = next
    },
  }
}

function isWorthStoring({ watermarks, records, receipts = [], incidents = [] }: Effects): boolean {
  return watermarks.length + records.length + receipts.length + incidents.length > 0
}
