import { describe, expect, test } from 'vitest'
import { fixtureFiles } from '../../test/fixture-files.ts'
import { instant, instantFromIso, type Instant } from '../base/instant.ts'
import type { TimePeriod } from './time-period.ts'
import { compileTimePeriods, type CompiledPeriod } from './time-period/compiled-period.ts'
import { coversDay, parseDays } from './time-period/days.ts'
import { DAY_MS } from './time-period/calendar.ts'

interface PeriodCase {
  readonly id: string
  readonly period: string
  readonly tz: string
  readonly epoch: number
  readonly inside: boolean
  readonly next_change_epoch: number | null
  readonly documented_inside?: boolean
}

interface PeriodFixtures {
  readonly periods: Readonly<
    Record<string, { readonly ranges: readonly [string, string][]; readonly exclude?: string[] }>
  >
  readonly cases?: readonly PeriodCase[]
  readonly segments?: readonly {
    readonly id: string
    readonly day: string
    readonly ranges: string
    readonly tz: string
    readonly at?: string
    readonly segment: readonly [string, string] | null
  }[]
  readonly nth?: readonly {
    readonly month: string
    readonly weekday?: string
    readonly day?: number
    readonly n?: number
    readonly date: string
  }[]
}

const files = fixtureFiles<PeriodFixtures>('periods', 'segments', 'nth')
const SCANNED_MS = 400 * DAY_MS

function periodOf(
  name: string,
  ranges: TimePeriod['ranges'],
  exclude: readonly string[] = [],
): TimePeriod {
  return { name, alias: name, ranges, exclude, timezone: undefined }
}

/**
 * Nagios counts the very second of an end as inside, so there `00:00-00:00` lasts that second. For us it is no time at all (rule TP10);
 * a recorded change at such a second is met by the same period with that second in it.
 */
function oneSecondLong(hours: string): string {
  return hours.replaceAll(/(\d\d:\d\d)-\1/g, '$1:00-$1:01')
}

test('there are fixtures of time periods', () => {
  expect(files.length).toBeGreaterThan(0)
})

describe.each(files)('$path', ({ content }) => {
  const periods = Object.entries(content.periods ?? {}).map(([name, period]) =>
    periodOf(name, period.ranges, period.exclude),
  )
  const stretched = periods.map((period) => ({
    ...period,
    ranges: period.ranges.map(([days, hours]) => [days, oneSecondLong(hours)] as const),
  }))
  const find = (of: readonly TimePeriod[], name: string, zone: string): CompiledPeriod =>
    compileTimePeriods(of, zone).get(name) as CompiledPeriod

  test.for(
    (content.cases ?? []).map((one) => [`${one.id} ${one.period} in ${one.tz}`, one] as const),
  )('[TP1] %s', ([, one]) => {
    const at = instant(one.epoch * 1000)
    const period = find(periods, one.period, one.tz)
    const accepted = [one.inside, one.documented_inside].filter((answer) => answer !== undefined)
    expect(accepted).toContain(period.contains(at))
    if (period.contains(at) !== one.inside) return
    const next = period.nextTransition(at)
    if (one.next_change_epoch === null) {
      expect(next === undefined || next > at + SCANNED_MS).toBe(true)
      return
    }
    const momentary = find(stretched, one.period, one.tz).nextTransition(at)
    expect([next, momentary]).toContain(one.next_change_epoch * 1000)
  })

  test.for(
    (content.segments ?? []).map(
      (one) => [`${one.id} ${one.day} ${one.ranges} at ${one.at ?? 'any time'}`, one] as const,
    ),
  )('[TP9] %s', ([, one]) => {
    const period = compileTimePeriods([periodOf('p', [[one.day, one.ranges]])], one.tz).get(
      'p',
    ) as CompiledPeriod
    const at = one.at === undefined ? undefined : (instantFromIso(one.at) as Instant)
    if (one.segment === null) {
      expect(period.contains(at as Instant)).toBe(false)
      return
    }
    const [begin, end] = one.segment.map((text) => instantFromIso(text) as Instant) as [
      Instant,
      Instant,
    ]
    expect(period.contains(at ?? begin)).toBe(true)
    expect(period.contains(instant(begin - 1))).toBe(false)
    expect(period.nextTransition(instant(begin - 1))).toBe(begin)
    expect(period.nextTransition(begin)).toBe(end)
  })

  test.for((content.nth ?? []).map((one) => [JSON.stringify(one), one] as const))(
    '[TP5] %s',
    ([, one]) => {
      const days = parseDays(
        one.weekday === undefined ? `day ${one.day}` : `${one.weekday} ${one.n}`,
      )
      expect(days).toBeDefined()
      const [year, month] = one.month.split('-').map(Number) as [number, number]
      const covered = Array.from(
        { length: 31 },
        (_, index) => new Date(Date.UTC(year, month - 1, index + 1)),
      )
        .filter((date) => date.getUTCMonth() === month - 1)
        .filter((date) => days !== undefined && coversDay(days, date.getTime() / DAY_MS))
        .map((date) => date.toISOString().slice(0, 10))
      expect(covered).toEqual([one.date])
    },
  )
})
