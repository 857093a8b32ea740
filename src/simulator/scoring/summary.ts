import { DAY_MS, OUTAGE_KINDS, type OutageKind, type Score } from './score.ts'

/** What one contestant made of several worlds, in the units of docs/operating/decision.md. `null`: there was nothing to measure. */
export interface Summary {
  readonly engine: string
  readonly worlds: number
  readonly checkDays: number
  /** Per 1,000 checks and day: mean over the worlds, standard deviation, the worst. */
  readonly falseAlarmsPer1000Day: number
  readonly falseAlarmsSd: number
  readonly falseAlarmsMax: number
  readonly falseAlarms: number
  readonly missed: number
  readonly outages: number
  readonly delayP50S: number | null
  readonly delayP95S: number | null
  readonly delaysOf: Readonly<Record<OutageKind, DelaySummary>>
  readonly shortCaught: number
  readonly shortOutages: number
  /** Minutes in the wrong state per 1,000 checks and day. */
  readonly wrongDownMin: number
  readonly wrongUpMin: number
  /** Mean share of right labels over services, hosts, sites, ways and observers, of those with which something was wrong. */
  readonly localisation: number
  readonly recalls: Readonly<Record<(typeof PLACES)[number], number | null>>
  readonly incidentPrecision: number | null
  readonly incidentDelayP50S: number | null
  readonly pagesPerDay: number
  /** Answers that were asked for, of 100 scheduled results. */
  readonly extraProbesPct: number
}

export interface DelaySummary {
  readonly p50S: number | null
  readonly p95S: number | null
  readonly outages: number
}

const PLACES = ['service', 'host', 'site', 'path', 'observer'] as const
const ON_WAYS = ['path', 'ban']
const ON_OBSERVERS = ['overload', 'misconf', 'isolate', 'stuck']

/** @param scores one for each world; at least one */
export function summaryOf(engine: string, scores: readonly Score[]): Summary {
  const sum = (of: (score: Score) => number): number =>
    scores.reduce((all, one) => all + of(one), 0)
  const checkDays = sum((score) => score.checkDays)
  const rates = scores.map((score) => (score.falseAlarms * 1000) / score.checkDays)
  const delays = scores.flatMap(({ delaysMs }) => delaysMs)
  const incidents = scores.flatMap((score) =>
    score.incidents === undefined ? [] : [score.incidents],
  )
  const all = incidents.reduce((count, one) => count + one.incidents, 0)
  const right = incidents.reduce((count, one) => count + one.right, 0)
  const recalls = recallsOf(scores)
  const worlds = scores.length
  return {
    engine,
    worlds,
    checkDays,
    falseAlarmsPer1000Day: mean(rates),
    falseAlarmsSd: deviationOf(rates),
    falseAlarmsMax: Math.max(...rates),
    falseAlarms: sum((score) => score.falseAlarms),
    missed: sum((score) => score.missed),
    outages: sum((score) => score.outages),
    delayP50S: quantileS(delays, 0.5),
    delayP95S: quantileS(delays, 0.95),
    delaysOf: delaysOf(scores),
    shortCaught: sum((score) => score.shortCaught),
    shortOutages: sum((score) => score.shortOutages),
    wrongDownMin: mean(scores.map((score) => minutesPer1000(score.wrongDownMs, score))),
    wrongUpMin: mean(scores.map((score) => minutesPer1000(score.wrongUpMs, score))),
    localisation: mean(PLACES.flatMap((place) => recalls[place] ?? [])),
    recalls,
    incidentPrecision: all === 0 ? null : right / all,
    incidentDelayP50S: quantileS(
      incidents.flatMap(({ delaysMs }) => delaysMs),
      0.5,
    ),
    pagesPerDay: mean(scores.map((score) => (score.pages * DAY_MS) / score.durationMs)),
    extraProbesPct:
      (100 * sum((score) => score.probes)) /
      Math.max(
        1,
        sum((score) => score.results),
      ),
  }
}

function minutesPer1000(ms: number, { checkDays }: Score): number {
  return ((ms / 60_000) * 1000) / checkDays
}

function delaysOf(scores: readonly Score[]): Summary['delaysOf'] {
  const of = (kind: OutageKind): DelaySummary => {
    const delays = scores.flatMap((score) => score.delaysOf[kind])
    return { p50S: quantileS(delays, 0.5), p95S: quantileS(delays, 0.95), outages: delays.length }
  }
  const [answered, silent, host, site] = OUTAGE_KINDS
  return { answered: of(answered), silent: of(silent), host: of(host), site: of(site) }
}

function recallsOf(scores: readonly Score[]): Summary['recalls'] {
  const ofLabel = (scope: string): number | null => {
    let labelled = 0
    let right = 0
    for (const { labels } of scores) {
      for (const [key, count] of Object.entries(labels)) {
        if (!key.startsWith(`${scope}>`)) continue
        labelled += count
        if (key === `${scope}>${scope}`) right += count
      }
    }
    return labelled === 0 ? null : right / labelled
  }
  const ofFaults = (types: readonly string[]): number | null => {
    let found = 0
    let all = 0
    for (const { observerFaults } of scores) {
      for (const type of types) {
        found += observerFaults[type]?.[0] ?? 0
        all += observerFaults[type]?.[1] ?? 0
      }
    }
    return all === 0 ? null : found / all
  }
  return {
    service: ofLabel('service'),
    host: ofLabel('host'),
    site: ofLabel('site'),
    path: ofFaults(ON_WAYS),
    observer: ofFaults(ON_OBSERVERS),
  }
}

/** In seconds; `null` when there are none. */
export function quantileS(lengthsMs: readonly number[], share: number): number | null {
  const sorted = lengthsMs.toSorted((a, b) => a - b)
  const place = Math.min(sorted.length - 1, Math.floor(share * sorted.length))
  const found = sorted[place]
  return found === undefined ? null : found / 1000
}

function mean(values: readonly number[]): number {
  if (values.length === 0) return 0
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function deviationOf(values: readonly number[]): number {
  if (values.length < 2) return 0
  const centre = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}
