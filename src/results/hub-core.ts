import type { Instant } from '../base/instant.ts'
import type { CheckResult } from '../domain/check-result.ts'
import { parseCollectorId } from '../domain/cluster.ts'
import type { LostRange } from '../wire/subjects.ts'
import { decide, type DecisionPolicy } from './decision/decide.ts'
import type { FleetIndex } from './fleet-index.ts'
import type { IndexEntry } from './fleet-layout.ts'
import { createObserverMarks } from './observer-marks.ts'
import { sampleOf } from './sample-of.ts'
import { judge, takeShared } from './shared-step.ts'
import type { SharedVerdicts } from './shared-verdicts.ts'
import {
  nextHostRecord,
  type HostSurroundings,
  type PassiveHostPolicy,
} from './state/host-transition.ts'
import { observeHost, observeService } from './state/observation.ts'
import { countsAsUp, knownStates } from './state/reachability.ts'
import { nextServiceRecord } from './state/service-transition.ts'
import type { Transition } from './state/transition.ts'
import { newOutcome, stepOf, touch, type Outcome, type Step } from './step.ts'
import type { Watermarks } from './watermarks.ts'

export interface HubCoreParts {
  readonly index: FleetIndex
  readonly watermarks: Watermarks
  readonly decision: DecisionPolicy
  readonly passiveHosts: PassiveHostPolicy
  /** Checks that several clusters observe. Absent: there are none. */
  readonly shared?: SharedVerdicts
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
  /** About once a second: what the passing of time alone does to verdicts of several observers. */
  tick(now: Instant): Step
}

export function createHubCore(parts: HubCoreParts): HubCore {
  const { index, watermarks, decision } = parts
  const marks = createObserverMarks(parts)
  let stepNumber = 0

  const step = (arrival: Arrival, now: Instant): Step => {
    stepNumber++
    const to = newOutcome()
    const { tally, history, samples, changes } = to
    takeLost(watermarks, arrival, to)
    const cluster = parseCollectorId(arrival.collector)?.cluster
    for (const result of arrival.results) {
      const entry = place(parts, result, cluster, to)
      if (entry === undefined) continue
      if (arrival.isSetAside) parts.shared?.refuse(result)
      else if (takeShared(parts, entry, { result, now, stepNumber }, to)) continue
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
      touch(entry, stepNumber, to)
    }
    judge(parts, to, { now, stepNumber })
    marks.settle(to, now)
    return stepOf(to, now)
  }
  const tick = (now: Instant): Step => {
    stepNumber++
    const to = newOutcome()
    parts.shared?.tick(now)
    judge(parts, to, { now, stepNumber })
    marks.settle(to, now)
    marks.goRound(to, now, stepNumber)
    return stepOf(to, now)
  }
  return { step, tick }
}

/** @returns its entry, when the result is new and of a check that is configured for this cluster */
function place(
  { index, watermarks }: HubCoreParts,
  result: CheckResult,
  cluster: string | undefined,
  to: Outcome,
): IndexEntry | undefined {
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
  else if (!isObservedBy(cluster, entry)) {
    tally.notObserved++
    return undefined
  }
  return entry
}

function takeLost(watermarks: Watermarks, { lost, collector }: Arrival, to: Outcome): void {
  for (const { boot, range } of lost) {
    const mark = watermarks.markOf({ collector, boot })
    const given = mark.taken.addRange(range)
    to.tally.missing += given
    if (given > 0) to.advanced.add(mark)
  }
}

/** The collector of `parallax up` is of no cluster, and checks everything. */
function isObservedBy(cluster: string | undefined, entry: IndexEntry): boolean {
  const { object } = entry.host ?? entry
  return cluster === undefined || !('observers' in object) || object.observers.includes(cluster)
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
      countsAsUp(host.record),
    )
  }
  const surroundings: HostSurroundings = { parents: knownStates(parents), passive }
  return nextHostRecord(record, observeHost(result), object.statePolicy, surroundings)
}
