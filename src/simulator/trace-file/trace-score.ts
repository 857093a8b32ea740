import type { CheckId } from '../../domain/check-id.ts'
import { DEFAULT_THETA } from '../../domain/decision-policy.ts'
import type { DecisionTopology } from '../../results/decision/topology.ts'
import type { Contestant, SeenIncident, Verdicts } from '../contestant.ts'
import { TICK_MS } from '../drive.ts'
import { CLASSES, EvidenceContestant } from '../evidence/evidence-contestant.ts'
import { quantileS } from '../scoring/summary.ts'
import { scoreOf } from '../scoring/score.ts'
import { shuffled } from '../two-hubs.ts'
import type { Trace, TraceLine } from './trace.ts'

/** What is scored in a trace: outages of a minute and more. The keys are those of the fixtures' `scores.json`. */
export interface TraceScore {
  /** Every DOWN without a real outage. */
  readonly falseAlarms: number
  readonly missed: number
  readonly outages: number
  readonly delayP50s: number | null
  readonly delayMaxS: number | null
  /** `truth>label`, a minute after DOWN. */
  readonly labels: Readonly<Record<string, number>>
  /** `found/all` */
  readonly observerFaults: string
  readonly observerIncidents: readonly TraceIncident[]
  readonly extraProbes: number
  /** Both nodes agree once they have the same results. */
  readonly digestsEqual: boolean
}

export interface TraceIncident {
  readonly type: 'vantage' | 'path' | 'ban'
  /** Numbers of the vantage, the site, the host in the topology. */
  readonly v: number
  readonly why?: string
  readonly site?: number
  readonly host?: number
  readonly fromS: number
  readonly toS: number
}

const LONG_MS = 60_000
/** Scoring is about the truth of a trace, not about chance. */
const SHUFFLE_SEED = 1

/** @param isPassive answers to questions are left out */
export function scoreTrace(trace: Trace, isPassive: boolean): TraceScore {
  const lines = isPassive ? trace.lines.filter(({ isProbe }) => !isProbe) : trace.lines
  const create = () => new EvidenceContestant(trace.topology, {}, decisionTopologyOf(trace))
  const a = create()
  const verdicts = liveTrace(trace, lines, a, ({ arrivesAtA }) => arrivesAtA)
  const spent = { probes: lines.filter(({ isProbe }) => isProbe).length, results: lines.length }
  const { falseDowns, missed, outages, delaysMs, labels, observerFaults } = scoreOf(
    trace,
    verdicts,
    spent,
    { longMs: LONG_MS },
  )
  const faults = Object.values(observerFaults)
  const count = (place: 0 | 1): number => faults.reduce((sum, tally) => sum + tally[place], 0)
  const b = create()
  liveTrace(trace, lines, b, ({ arrivesAtB }) => arrivesAtB)
  for (const line of lines) give(a, line, trace.durationMs)
  for (const line of shuffled(lines, SHUFFLE_SEED)) give(b, line, trace.durationMs)
  return {
    falseAlarms: falseDowns,
    missed,
    outages,
    delayP50s: rounded(quantileS(delaysMs, 0.5)),
    delayMaxS: rounded(quantileS(delaysMs, 1)),
    labels,
    observerFaults: `${count(0)}/${count(1)}`,
    observerIncidents: (verdicts.incidents ?? []).map(incidentOf),
    extraProbes: spent.probes,
    digestsEqual: a.digest(trace.durationMs) === b.digest(trace.durationMs),
  }
}

/** A node lives through a trace, with a tick every second. */
export function liveTrace(
  { durationMs }: Trace,
  lines: readonly TraceLine[],
  contestant: Contestant,
  arrivalOf: (line: TraceLine) => number | undefined,
): Verdicts {
  const arrivals = lines
    .flatMap((line) => {
      const at = arrivalOf(line)
      return at === undefined || at > durationMs ? [] : [{ at, line }]
    })
    .toSorted((x, y) => x.at - y.at)
  let tickAt = 0
  for (const { at, line } of arrivals) {
    for (; tickAt <= at; tickAt += TICK_MS) contestant.tick(tickAt)
    give(contestant, line, at)
  }
  for (; tickAt <= durationMs; tickAt += TICK_MS) contestant.tick(tickAt)
  return contestant.close(durationMs)
}

/** An observer that could not look has no vote. Nobody answers questions in a trace: it holds the answers that came. */
function give(contestant: Contestant, line: TraceLine, now: number): void {
  const seen = CLASSES.indexOf(line.class)
  if (seen === 0 || seen === 1 || seen === 2) contestant.take({ ...line, seen }, now)
  contestant.drainQuestions()
}

function decisionTopologyOf({ topology, names, intervalMs, timeoutMs }: Trace): DecisionTopology {
  const observers = topology.observers.map((_, v) => v)
  return {
    observers: topology.observers.map(({ name, site }) => ({
      name,
      site: topology.observerSites[site] ?? '',
    })),
    sites: topology.sites,
    hosts: topology.hosts.map(({ site }, host) => ({ name: names.hosts[host] ?? '', site })),
    checks: topology.checks.map(({ host, isHostCheck }, check) => ({
      id: (names.checks[check] ?? '') as CheckId,
      host,
      isHostCheck,
      intervalMs,
      timeoutMs,
      observers,
      rule: 'evidence',
      theta: DEFAULT_THETA,
    })),
  }
}

function incidentOf({ type, kind, observer, subject, from, to }: SeenIncident): TraceIncident {
  const span = { v: observer, fromS: Math.round(from / 1000), toS: Math.round(to / 1000) }
  switch (type) {
    case 'observer':
      return { type: 'vantage', why: kind, ...span }
    case 'path':
      return { type, site: subject, ...span }
    case 'ban':
      return { type, host: subject, ...span }
  }
}

function rounded(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 10) / 10
}
