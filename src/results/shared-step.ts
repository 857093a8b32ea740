import type { Instant } from '../base/instant.ts'
import { parseCollectorId } from '../domain/cluster.ts'
import type { CheckResult } from '../domain/check-result.ts'
import type { VerdictChange } from './decision/verdicts.ts'
import type { FleetIndex } from './fleet-index.ts'
import type { IndexEntry } from './fleet-layout.ts'
import type { ResultUse } from './ports.ts'
import { sampleOf } from './sample-of.ts'
import type { Severity, SharedVerdicts } from './shared-verdicts.ts'
import type { PassiveHostPolicy } from './state/host-transition.ts'
import { observeService } from './state/observation.ts'
import { knownStates } from './state/reachability.ts'
import type { ObjectRecord, StandingVerdict } from './state/record.ts'
import { nextJudgedRecord, type Judged } from './state/verdict-transition.ts'
import { touch, type Outcome } from './step.ts'

export interface SharedParts {
  readonly index: FleetIndex
  readonly passiveHosts: PassiveHostPolicy
  readonly shared?: SharedVerdicts
}

export interface SharedMoment {
  readonly now: Instant
  readonly stepNumber: number
}

/**
 * A result of one of several observers: to history with what was made of it, and to the decision engine; what that decides is for `judge`.
 * Rules SV1 to SV5 of docs/spec/shared-checks.md.
 * @returns false when it is none of these
 */
export function takeShared(
  { shared, index }: SharedParts,
  entry: IndexEntry,
  { result, now, stepNumber }: SharedMoment & { readonly result: CheckResult },
  to: Outcome,
): boolean {
  const use = shared?.take(result, now)
  if (use === undefined) return false
  to.history.push({ result, verdict: use, isShared: true })
  count(use, to)
  if (use === 'clock-suspect' || use === 'duplicate') return true
  const sample = sampleOf(result, parseCollectorId(result.collector)?.cluster)
  if (sample !== undefined) to.samples.push(sample)
  if (use === 'late') return true
  index.replace(entry, refreshed(entry.record, result), now)
  touch(entry, stepNumber, to)
  return true
}

/** What the engine decided since the last time becomes state, alert log and receipts. */
export function judge(
  { shared, index, passiveHosts }: SharedParts,
  to: Outcome,
  at: SharedMoment,
): void {
  if (shared === undefined) return
  for (const { checkId, change, severity } of shared.drainChanges()) {
    const entry = index.get(checkId)
    if (entry === undefined) continue
    const verdict = standingOf(change)
    const isNew =
      entry.record.verdict?.kind !== verdict.kind || hasOtherCause(entry.record, verdict)
    if (!isNew || isOnlyIdle(index, entry, verdict, at.now)) continue
    const from = entry.record.verdict?.kind ?? change.from
    const judged = { verdict, from, at: change.at, severity }
    move({ index, passiveHosts }, { entry, judged }, to, at)
    to.receipts.push(change.receipt)
  }
  for (const { checkId, severity } of shared.drainSeverities(at.now)) {
    const entry = index.get(checkId)
    const verdict = entry?.record.verdict
    if (entry === undefined || verdict === undefined || !hasOtherSeverity(entry, severity)) continue
    const judged = { verdict, from: verdict.kind, at: at.now, severity }
    move({ index, passiveHosts }, { entry, judged }, to, at)
  }
  to.incidents.push(...shared.engine.drainIncidents())
}

function move(
  { index, passiveHosts }: Pick<SharedParts, 'index' | 'passiveHosts'>,
  { entry, judged }: { readonly entry: IndexEntry; readonly judged: Omit<Judged, 'output'> },
  to: Outcome,
  { now, stepNumber }: SharedMoment,
): void {
  const { record, change } = nextJudgedRecord(
    entry.record,
    { ...judged, output: outputOf(entry, judged.verdict) },
    entry.object.statePolicy,
    entry.host === undefined
      ? { parents: knownStates(entry.parents), passive: passiveHosts }
      : undefined,
  )
  index.replace(entry, record, now)
  touch(entry, stepNumber, to)
  if (change !== undefined) to.changes.push(change)
}

/** Outside of its time period nobody looks, and what was seen last stands. */
function isOnlyIdle(
  index: FleetIndex,
  entry: IndexEntry,
  { kind }: StandingVerdict,
  now: Instant,
): boolean {
  return kind === 'unknown' && entry.record.verdict !== undefined && !index.isExpected(entry, now)
}

/** A problem of a service has become worse or better without another verdict. */
function hasOtherSeverity({ record, host }: IndexEntry, severity: Severity): boolean {
  const { verdict, state } = record
  if (host === undefined || inherits(verdict)) return false
  if (verdict?.kind !== 'down' && verdict?.kind !== 'suspect') return false
  return (state === 'warning' || state === 'critical') && state !== severity
}

function hasOtherCause({ verdict }: ObjectRecord, { cause }: StandingVerdict): boolean {
  return verdict?.cause?.scope !== cause?.scope || verdict?.cause?.name !== cause?.name
}

function standingOf({ at, to, receipt }: VerdictChange): StandingVerdict {
  const { cause, evidence, needed, isUnconfirmed, sentence } = receipt
  return { kind: to, cause, evidence, needed, isUnconfirmed, sentence, since: at }
}

/** What a plugin said, as long as it says the same as the verdict; else the sentence. */
function outputOf({ record }: IndexEntry, verdict: StandingVerdict): string {
  return inherits(verdict) || record.output === '' ? verdict.sentence : record.output
}

/** The newest word of any observer: what it says and when, not what it means. */
function refreshed(record: ObjectRecord, result: CheckResult): ObjectRecord {
  const { at, ...said } = observeService(result)
  const { output, longOutput, perfdata, executionMs, latencyMs } = said
  const { lastResultAt } = record
  return {
    ...record,
    output: inherits(record.verdict) ? record.output : output,
    longOutput,
    perfdata,
    executionMs,
    latencyMs,
    lastResultAt: lastResultAt === null || at > lastResultAt ? at : lastResultAt,
    firstResultAt: record.firstResultAt ?? lastResultAt ?? at,
  }
}

/** It is down with its host or its site: what its own plugin says does not matter. */
function inherits(verdict: StandingVerdict | undefined): boolean {
  return verdict?.kind === 'down' && verdict.cause !== null && verdict.cause.scope !== 'service'
}

function count(use: ResultUse, { tally }: Outcome): void {
  if (use === 'late') tally.late++
  else if (use === 'duplicate') tally.duplicate++
  else if (use === 'clock-suspect') tally.clockSuspect++
  else tally.counted++
}
