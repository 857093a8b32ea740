import { instant, type Instant } from '../../base/instant.ts'
import type { TimePeriod } from '../time-period.ts'
import { DAY_MS, type EpochDay } from './calendar.ts'
import { coversDay, parseDays, PRECEDENCE, type Days } from './days.ts'
import { parseHours, type HourRange } from './hours.ts'
import { zoneOf, type Zone } from './zone.ts'

/** A time period that can be asked. Rules: docs/spec/time-periods.md. */
export interface CompiledPeriod {
  contains(at: Instant): boolean
  /** The first instant after `at` at which `contains` changes; `undefined` when there is none within eight years. */
  nextTransition(at: Instant): Instant | undefined
}

/** Half open: from <= t < to, in ms since the epoch. */
interface Span {
  readonly from: number
  readonly to: number
}

/** UTC days whose spans are kept per period; when full all are forgotten. */
const CACHED_DAYS_MAX = 64
/** 29 February can be eight years away. */
const SEARCH_DAYS_MAX = 8 * 366

interface DatedHours {
  readonly days: Days
  readonly hours: readonly HourRange[]
}

/**
 * Compiles every period of a set. A period without a zone of its own takes `zone` (`undefined`: the machine's). What cannot be
 * read is left out, and so is an exclusion that is unknown or leads back to its period: configuration has refused those before.
 */
export function compileTimePeriods(
  periods: Iterable<TimePeriod>,
  zone?: string,
): ReadonlyMap<string, CompiledPeriod> {
  const byName = new Map([...periods].map((period) => [period.name, period]))
  return new Map(
    [...byName.values()].map((period) => [period.name, compileTimePeriod(period, byName, zone)]),
  )
}

/** One period with what it excludes looked up in `others`. */
export function compileTimePeriod(
  period: TimePeriod,
  others: ReadonlyMap<string, TimePeriod> = new Map(),
  zone?: string,
): CompiledPeriod {
  return new DailyCache(spansOf(period, others, { zone, path: [] }))
}

type SpansBetween = (from: number, to: number) => readonly Span[]

interface Surroundings {
  readonly zone: string | undefined
  /** Names of the periods that led here through their exclusions. */
  readonly path: readonly string[]
}

function spansOf(
  period: TimePeriod,
  others: ReadonlyMap<string, TimePeriod>,
  around: Surroundings,
): SpansBetween {
  const zoneName = period.timezone ?? around.zone
  const zone = zoneOf(zoneName)
  const dated = datedHoursOf(period)
  const path = [...around.path, period.name]
  const excluded = period.exclude.flatMap((name) => {
    const other = others.get(name)
    return other === undefined || path.includes(name)
      ? []
      : [spansOf(other, others, { zone: zoneName, path })]
  })
  return (from, to) => {
    const spans = united(spansOfDays(dated, zone, { from, to }))
    return excluded.reduce(
      (left, between) => (left.length === 0 ? left : without(left, between(from, to))),
      spans,
    )
  }
}

/** Most specific kind first; of one kind, later definitions first. */
function datedHoursOf(period: TimePeriod): readonly DatedHours[] {
  const read = period.ranges.flatMap(([days, hours]) => {
    const parsedDays = parseDays(days)
    const parsedHours = parseHours(hours)
    return parsedDays === undefined || parsedHours === undefined
      ? []
      : [{ days: parsedDays, hours: parsedHours }]
  })
  const rank = ({ days }: DatedHours): number => PRECEDENCE.indexOf(days.from.kind)
  return read.reverse().sort((a, b) => rank(a) - rank(b))
}

/** Days reach into the window from as far as two days before (hours past 24, zones east of UTC). */
function spansOfDays(dated: readonly DatedHours[], zone: Zone, window: Span): Span[] {
  const first = Math.floor((window.from + zone.offsetAt(instant(window.from))) / DAY_MS) - 2
  const last = Math.floor((window.to + zone.offsetAt(instant(window.to))) / DAY_MS)
  const spans: Span[] = []
  for (let day: EpochDay = first; day <= last; day++) {
    const hours = dated.find(({ days }) => coversDay(days, day))?.hours ?? []
    for (const range of hours) {
      const begin = zone.instantOf(day * DAY_MS + range.fromSeconds * 1000)
      const end = zone.instantOf(day * DAY_MS + range.toSeconds * 1000)
      if (begin.isSkipped && end.isSkipped) continue
      const from = Math.max(begin.at, window.from)
      const to = Math.min(end.at, window.to)
      if (from < to) spans.push({ from, to })
    }
  }
  return spans
}

function united(spans: readonly Span[]): Span[] {
  const result: { from: number; to: number }[] = []
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to)
    else result.push({ ...span })
  }
  return result
}

function without(spans: readonly Span[], holes: readonly Span[]): Span[] {
  return holes.reduce<Span[]>(
    (left, hole) =>
      left.flatMap((span) => {
        if (hole.to <= span.from || hole.from >= span.to) return [span]
        return [
          { from: span.from, to: Math.min(span.to, hole.from) },
          { from: Math.max(span.from, hole.to), to: span.to },
        ].filter((part) => part.from < part.to)
      }),
    [...spans],
  )
}

class DailyCache implements CompiledPeriod {
  readonly #spansBetween: SpansBetween
  readonly #days = new Map<number, readonly Span[]>()
  #answered: { readonly from: number; readonly next: Instant | undefined } | undefined

  constructor(spansBetween: SpansBetween) {
    this.#spansBetween = spansBetween
  }

  contains(at: Instant): boolean {
    return this.#spansOfDay(Math.floor(at / DAY_MS)).some((span) => span.from <= at && at < span.to)
  }

  nextTransition(at: Instant): Instant | undefined {
    const answered = this.#answered
    const holdsUntil = answered?.next ?? (answered?.from ?? 0) + 366 * DAY_MS
    if (answered !== undefined && answered.from <= at && at < holdsUntil) return answered.next
    const next = this.#search(at)
    this.#answered = { from: at, next }
    return next
  }

  #search(at: Instant): Instant | undefined {
    const isInside = this.contains(at)
    const today = Math.floor(at / DAY_MS)
    for (let day = today; day < today + SEARCH_DAYS_MAX; day++) {
      const after = Math.max(at, day * DAY_MS)
      const found = changeWithin(
        this.#spansOfDay(day),
        { from: after, to: (day + 1) * DAY_MS },
        isInside,
      )
      if (found !== undefined) return instant(found)
    }
    return undefined
  }

  #spansOfDay(day: number): readonly Span[] {
    const known = this.#days.get(day)
    if (known !== undefined) return known
    const spans = this.#spansBetween(day * DAY_MS, (day + 1) * DAY_MS)
    if (this.#days.size >= CACHED_DAYS_MAX) this.#days.clear()
    this.#days.set(day, spans)
    return spans
  }
}

/** The first instant of the window at which the answer is no longer `isInside`. Spans are united and sorted. */
function changeWithin(spans: readonly Span[], window: Span, isInside: boolean): number | undefined {
  if (!isInside) {
    const next = spans.find((span) => span.to > window.from)
    return next === undefined ? undefined : Math.max(next.from, window.from)
  }
  const current = spans.find((span) => span.from <= window.from && window.from < span.to)
  if (current === undefined) return window.from
  return current.to < window.to ? current.to : undefined
}
