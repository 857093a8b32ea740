import type { Verdicts } from '../contestant.ts'
import type { Spent } from '../drive.ts'
import type { Outage } from '../outage.ts'
import type { Fault } from '../world/faults.ts'
import type { WorldTopology } from '../world/topology.ts'
import { alarmsOf, labelAt, type Alarm } from './alarms.ts'
import { scoreIncidents, type IncidentScore } from './incidents.ts'

/** What really happened. */
export interface Truth {
  readonly topology: WorldTopology
  readonly durationMs: number
  /** By check. */
  readonly truth: readonly (readonly Outage[])[]
  readonly faults: readonly Fault[]
}

/** Kinds of outages, by how they look from outside. */
export const OUTAGE_KINDS = ['answered', 'silent', 'host', 'site'] as const
export type OutageKind = (typeof OUTAGE_KINDS)[number]

/** What one contestant made of one world. */
export interface Score {
  readonly durationMs: number
  readonly checkDays: number
  /** DOWN without a real outage, and those of them that are not again of the same check within five minutes. */
  readonly falseDowns: number
  readonly falseAlarms: number
  /** Long outages: all, and those that were never DOWN. */
  readonly outages: number
  readonly missed: number
  /** Short ones of a minute and more: all, and those that were DOWN at some time. */
  readonly shortOutages: number
  readonly shortCaught: number
  /** From the begin of a long outage until DOWN, ascending. */
  readonly delaysMs: readonly number[]
  readonly delaysOf: Readonly<Record<OutageKind, readonly number[]>>
  readonly wrongDownMs: number
  readonly wrongUpMs: number
  /** `truth>label`, a minute after DOWN. */
  readonly labels: Readonly<Record<string, number>>
  /** `undefined`: the contestant has no word for them. */
  readonly incidents: IncidentScore | undefined
  readonly observerFaults: IncidentScore['faults']
  readonly pages: number
  readonly probes: number
  readonly results: number
}

export interface ScoreRules {
  /** Outages and faults of observers of this length must be found. */
  readonly longMs: number
}

export const DAY_MS = 86_400_000
/** An alarm is not false when the check was down at some time in so long before. */
const GRACE_MS = 90_000
/** The same check that is falsely DOWN again within this is one false alarm. */
const SAME_ALARM_MS = 300_000
/** Outages that end so shortly before the world does are not judged. */
const END_MS = 120_000
const SHORT_MS = 60_000
const SHORT_TAIL_MS = 60_000
/** The cause must be right so long after DOWN. */
const LABELLED_AFTER_MS = 60_000

export function scoreOf(
  real: Truth,
  verdicts: Verdicts,
  { probes, results }: Spent,
  { longMs }: ScoreRules,
): Score {
  const { topology, durationMs, faults } = real
  const checks = topology.checks.length
  const tally = new Tally(real, verdicts, longMs)
  for (let check = 0; check < checks; check++) tally.count(check)
  const incidents = scoreIncidents(topology, faults, verdicts.incidents ?? [], longMs)
  const ascending = (list: readonly number[]): readonly number[] => list.toSorted((a, b) => a - b)
  const { answered, silent, host, site } = tally.delaysOf
  return {
    ...tally.counts,
    durationMs,
    checkDays: (checks * durationMs) / DAY_MS,
    delaysMs: ascending(tally.delaysMs),
    delaysOf: {
      answered: ascending(answered),
      silent: ascending(silent),
      host: ascending(host),
      site: ascending(site),
    },
    labels: tally.labels,
    incidents: verdicts.incidents === undefined ? undefined : incidents,
    observerFaults: incidents.faults,
    pages: verdicts.pages,
    probes,
    results,
  }
}

class Tally {
  readonly counts = {
    falseDowns: 0,
    falseAlarms: 0,
    outages: 0,
    missed: 0,
    shortOutages: 0,
    shortCaught: 0,
    wrongDownMs: 0,
    wrongUpMs: 0,
  }
  readonly delaysMs: number[] = []
  readonly delaysOf: Record<OutageKind, number[]> = { answered: [], silent: [], host: [], site: [] }
  readonly labels: Record<string, number> = {}
  readonly #real: Truth
  readonly #verdicts: Verdicts
  readonly #alarms: readonly (readonly Alarm[])[]
  readonly #longMs: number

  constructor(real: Truth, verdicts: Verdicts, longMs: number) {
    this.#real = real
    this.#verdicts = verdicts
    this.#longMs = longMs
    const checks = real.topology.checks.length
    this.#alarms = alarmsOf(verdicts.changes, checks, real.durationMs)
  }

  count(check: number): void {
    const alarms = this.#alarms[check] ?? []
    const outages = this.#real.truth[check] ?? []
    this.#countFalse(alarms, outages)
    this.#countWrongTime(alarms, outages)
    for (const outage of outages)
      if (outage.to <= this.#real.durationMs - END_MS) this.#countOutage(check, outage, alarms)
  }

  #countFalse(alarms: readonly Alarm[], outages: readonly Outage[]): void {
    let lastTo = Number.NEGATIVE_INFINITY
    for (const { from, to } of alarms) {
      if (outages.some((outage) => outage.from <= from && outage.to > from - GRACE_MS)) continue
      this.counts.falseDowns++
      if (from - lastTo > SAME_ALARM_MS) this.counts.falseAlarms++
      lastTo = to
    }
  }

  #countWrongTime(alarms: readonly Alarm[], outages: readonly Outage[]): void {
    let rightMs = 0
    for (const alarm of alarms)
      for (const { from, to } of outages)
        rightMs += Math.max(0, Math.min(alarm.to, to) - Math.max(alarm.from, from))
    const saidMs = alarms.reduce((sum, { from, to }) => sum + to - from, 0)
    const { durationMs } = this.#real
    const realMs = outages.reduce((sum, { from, to }) => sum + Math.min(to, durationMs) - from, 0)
    this.counts.wrongDownMs += saidMs - rightMs
    this.counts.wrongUpMs += realMs - rightMs
  }

  #countOutage(check: number, outage: Outage, alarms: readonly Alarm[]): void {
    const lengthMs = outage.to - outage.from
    const isLong = lengthMs >= this.#longMs
    const tailMs = isLong ? 0 : SHORT_TAIL_MS
    const found = alarms.find(({ from, to }) => to > outage.from && from < outage.to + tailMs)
    if (outage.isFlap) return
    if (!isLong) {
      if (lengthMs < SHORT_MS) return
      this.counts.shortOutages++
      if (found !== undefined) this.counts.shortCaught++
      return
    }
    this.counts.outages++
    if (found === undefined) this.counts.missed++
    else if (found.from >= outage.from) this.#countFound(check, outage, found)
  }

  #countFound(check: number, outage: Outage, found: Alarm): void {
    const delayMs = found.from - outage.from
    this.delaysMs.push(delayMs)
    if (outage.isMixed) return
    const fault = this.#real.faults[outage.faults[0] ?? -1]
    const kind = kindOf(fault)
    if (kind !== undefined) this.delaysOf[kind].push(delayMs)
    const at = Math.min(found.to, found.from + LABELLED_AFTER_MS)
    const label = this.#verdicts.blamesByHostCheck
      ? this.#labelByHostCheck(check, at)
      : labelAt(found, at)
    const key = `${outage.scopes[0] ?? 'service'}>${label}`
    this.labels[key] = (this.labels[key] ?? 0) + 1
  }

  #labelByHostCheck(check: number, at: number): 'host' | 'service' {
    const { checks, checksOf } = this.#real.topology
    const alive = checksOf[checks[check]?.host ?? 0]?.[0] ?? check
    const isDown = this.#alarms[alive]?.some(({ from, to }) => from <= at && at < to) === true
    return isDown ? 'host' : 'service'
  }
}

function kindOf(fault: Fault | undefined): OutageKind | undefined {
  if (fault?.type === 'service') return fault.how === 'hang' ? 'silent' : 'answered'
  return fault?.type === 'host' || fault?.type === 'site' ? fault.type : undefined
}
