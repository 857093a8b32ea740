import { instant, type Instant } from '../../base/instant.ts'
import { DAY_MS } from './calendar.ts'

/** A time zone: what its clocks show at an instant, and when they show something. */
export interface Zone {
  /** Local minus UTC, in ms. */
  offsetAt(at: Instant): number
  /**
   * The instant at which local clocks show `localMs` (ms as if local time were UTC). A time that comes twice is its first time; one
   * that is skipped is read with the offset before the change (RFC 5545), and `isSkipped`.
   */
  instantOf(localMs: number): { readonly at: Instant; readonly isSkipped: boolean }
}

/** Days of offsets kept per zone; when full all are forgotten. */
const CACHED_DAYS_MAX = 8192

const zones = new Map<string, Zone>()

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name }).format(0)
    return true
  } catch {
    return false
  }
}

/** `undefined` is the zone of the machine. @throws RangeError for an unknown name: ask `isZone` first. */
export function zoneOf(name: string | undefined): Zone {
  const known = zones.get(name ?? '')
  if (known !== undefined) return known
  const zone = makeZone(name)
  zones.set(name ?? '', zone)
  return zone
}

function makeZone(name: string | undefined): Zone {
  const measure = offsetMeter(name)
  const offsetsOfDays = new Map<number, DayOffsets>()

  const dayOffsets = (day: number): DayOffsets => {
    const known = offsetsOfDays.get(day)
    if (known !== undefined) return known
    const made = measureDay(measure, day * DAY_MS)
    if (offsetsOfDays.size >= CACHED_DAYS_MAX) offsetsOfDays.clear()
    offsetsOfDays.set(day, made)
    return made
  }
  const offsetAt = (at: number): number => {
    const offsets = dayOffsets(Math.floor(at / DAY_MS))
    return at < offsets.changeAt ? offsets.before : offsets.after
  }
  return {
    offsetAt,
    instantOf(localMs) {
      const before = offsetAt(localMs - DAY_MS)
      const later = offsetAt(localMs + DAY_MS)
      const early = localMs - before
      if (before === later || offsetAt(early) === before) {
        return { at: instant(early), isSkipped: false }
      }
      const late = localMs - later
      if (offsetAt(late) === later) return { at: instant(late), isSkipped: false }
      return { at: instant(early), isSkipped: true }
    },
  }
}

/** Offsets of one UTC day: zones change at most once in it. */
interface DayOffsets {
  readonly before: number
  readonly after: number
  readonly changeAt: number
}

function measureDay(measure: (at: number) => number, startMs: number): DayOffsets {
  const before = measure(startMs)
  const after = measure(startMs + DAY_MS)
  if (before === after) return { before, after, changeAt: Number.NEGATIVE_INFINITY }
  let [low, high] = [startMs, startMs + DAY_MS]
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000
    if (measure(middle) === before) low = middle
    else high = middle
  }
  return { before, after, changeAt: high }
}

function offsetMeter(name: string | undefined): (at: number) => number {
  if (name === 'UTC') return () => 0
  const format = new Intl.DateTimeFormat('en-US', {
    ...(name === undefined ? {} : { timeZone: name }),
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    era: 'short',
  })
  return (at) => {
    const parts: Record<string, string> = {}
    for (const { type, value } of format.formatToParts(at)) parts[type] = value
    const number = (type: string): number => Number(parts[type])
    const year = parts['era'] === 'BC' ? 1 - number('year') : number('year')
    const local = Date.UTC(
      year,
      number('month') - 1,
      number('day'),
      number('hour'),
      number('minute'),
      number('second'),
    )
    return local - Math.floor(at / 1000) * 1000
  }
}
