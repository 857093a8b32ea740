import type { Instant } from '../base/instant.ts'
import type { CheckResult } from '../domain/check-result.ts'
import { parsePerfdata } from '../domain/perfdata.ts'
import { decide, type DecisionPolicy } from './decision/decide.ts'
import type { FleetIndex } from './fleet-index.ts'
import type { IndexEntry } from './fleet-layout.ts'
import type { LiveEvent } from './live-index.ts'
import type { Effects, Sample, StoredResult } from './ports.ts'
import {
  nextHostRecord,
  type HostSurroundings,
  type PassiveHostPolicy,
} from './state/host-transition.ts'
import { observeHost, observeService } from './state/observation.ts'
import type { KnownState } from './state/reachability.ts'
import type { StateChange } from './state/record.ts'
import { nextServiceRecord } from './state/service-transition.ts'
import { isUp } from './state/reachability.ts'
import type { Transition } from './state/transition.ts'
import type { LostRange } from '../wire/subjects.ts'
import { storedMarkOf, type Mark, type Watermarks } from './watermarks.ts'

export interface HubCoreParts {
  readonly index: FleetIndex
  readonly watermarks: Watermarks
  readonly decision: DecisionPolicy
  readonly passiveHosts: PassiveHostPolicy
}

/** What one batch did. The live index shows it already; nothing is stored or told yet. */
export interface Step {
  readonly effects: Effects
  /** `undefined` when no object changed. */
  readonly event: LiveEvent | undefined
  /** Marks of the boots whose results were all taken in before: their collector has missed a watermark. */
  readonly repeated: readonly Mark[]
  readonly tally: Tally
}

/** Where the results of one batch went. `missing` counts numbers whose results the collector gave up; `unplaced` came too far out of order. */
export interface Tally {
  counted: number
  late: number
  clockSuspect: number
  duplicate: number
  unknownCheck: number
  missing: number
  unplaced: number
}

/** What came in one message of one collector, or a part of it. */
export interface Arrival {
  readonly results: readonly CheckResult[]
  /** Numbers that will never come. */
  readonly lost: readonly LostRange[]
  readonly collector: string
  /** Its clock cannot be believed now: nothing of it moves a state. */
  readonly isSetAside: boolean
}

export interface HubCore {
  /**
   * Takes in results of one collector, in any order: rules IN1 to IN6 and IN13 to IN16 of docs/spec/intake.md. Knows no clock, log or
   * await; the only thing it changes is the index and the watermarks it was given.
   */
  step(arrival: Arrival, now: Instant): Step
}

export function createHubCore(parts: HubCoreParts): HubCore {
  const { index, watermarks, decision } = parts
  let stepNumber = 0

  /** @returns its entry, when the result is new and of a check that is configured */
  const place = (result: CheckResult, to: Outcome): IndexEntry | undefined => {
    const { tally } = to
    const mark = watermarks.markOf(result)
    if (mark.taken.has(result.seq)) {
      tally.duplicate++
      to.repeated.add(mark)
      return undefined
    }
    if (!mark.taken.add(result.seq)) {
      tally.unplaced++
      return undefined
    }
    to.advanced.add(mark)
    const entry = index.get(result.checkId)
    if (entry === undefined) tally.unknownCheck++
    return entry
  }

  const takeLost = ({ lost, collector }: Arrival, to: Outcome): void => {
    for (const { boot, range } of lost) {
      const mark = watermarks.markOf({ collector, boot })
      const given = mark.taken.addRange(range)
      to.tally.missing += given
      if (given > 0) to.advanced.add(mark)
    }
  }

  const step = (arrival: Arrival, now: Instant): Step => {
    stepNumber++
    const to = newOutcome()
    const { tally, history, samples, changes, touched } = to
    takeLost(arrival, to)
    for (const result of arrival.results) {
      const entry = place(result, to)
      if (entry === undefined) continue
      const verdict = arrival.isSetAside
        ? 'clock-suspect'
        : decide(entry.record.lastResultAt, result.finishedAt, decision, now)
      history.push({ result, verdict })
      if (verdict === 'clock-suspect') {
        tally.clockSuspect++
        continue
      }
      const sample = sampleOf(result)
      if (sample !== undefined) samples.push(sample)
      if (verdict === 'late') {
        tally.late++
        continue
      }
      tally.counted++
      const { record, change } = transition(entry, result, parts.passiveHosts)
      index.replace(entry, record, now)
      if (change !== undefined) changes.push(change)
      if (entry.changedInStep === stepNumber) continue
      entry.changedInStep = stepNumber
      touched.push(entry)
    }
    return stepOf(to, now)
  }
  return { step }
}

/** What a step gathers. */
interface Outcome {
  readonly tally: Tally
  readonly history: StoredResult[]
  readonly samples: Sample[]
  readonly changes: StateChange[]
  readonly touched: IndexEntry[]
  readonly advanced: Set<Mark>
  readonly repeated: Set<Mark>
}

function newOutcome(): Outcome {
  return {
    tally: {
      counted: 0,
      late: 0,
      clockSuspect: 0,
      duplicate: 0,
      unknownCheck: 0,
      missing: 0,
      unplaced: 0,
    },
    history: [],
    samples: [],
    changes: [],
    touched: [],
    advanced: new Set(),
    repeated: new Set(),
  }
}

function stepOf({ touched, changes, advanced, repeated, ...rest }: Outcome, now: Instant): Step {
  return {
    effects: {
      history: rest.history,
      samples: rest.samples,
      records: touched.map((entry) => entry.record),
      changes,
      watermarks: Array.from(advanced, storedMarkOf),
    },
    event: touched.length === 0 ? undefined : { at: now, changed: touched, removed: [], changes },
    repeated: [...repeated.difference(advanced)],
    tally: rest.tally,
  }
}

/** Further values of one check are left out of its series. So many fit at most into the 8 KB that Nagios reads. */
const SAMPLE_VALUES_MAX = 2_048

function sampleOf({ checkId, finishedAt, outcome }: CheckResult): Sample | undefined {
  if (outcome.kind !== 'exited' || outcome.perfdata === '') return undefined
  const perfdata = parsePerfdata(outcome.perfdata)
  if (perfdata.length === 0) return undefined
  const kept = perfdata.length > SAMPLE_VALUES_MAX ? perfdata.slice(0, SAMPLE_VALUES_MAX) : perfdata
  return { checkId, at: finishedAt, perfdata: kept }
}

function transition(
  { record, object, host, parents }: IndexEntry,
  result: CheckResult,
  passive: PassiveHostPolicy,
): Transition {
  if (host !== undefined) {
    return nextServiceRecord(
      record,
      observeService(result),
      object.statePolicy,
      isUp(host.record.state),
    )
  }
  const surroundings: HostSurroundings = { parents: statesOf(parents), passive }
  return nextHostRecord(record, observeHost(result), object.statePolicy, surroundings)
}

const NONE: readonly KnownState[] = []

function statesOf(parents: readonly IndexEntry[]): readonly KnownState[] {
  return parents.length === 0 ? NONE : parents.map((parent) => parent.record.state)
}
