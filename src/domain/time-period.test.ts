import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instant, instantFromIso, isoOf, type Instant } from '../base/instant.ts'
import type { TimePeriod } from './time-period.ts'
import { compileTimePeriods, type CompiledPeriod } from './time-period/compiled-period.ts'
import { parseDays } from './time-period/days.ts'
import { parseHours } from './time-period/hours.ts'
import { isZone } from './time-period/zone.ts'

type Ranges = TimePeriod['ranges']

function period(ranges: Ranges, more: Partial<TimePeriod> = {}): TimePeriod {
  return { name: 'p', alias: 'p', ranges, exclude: [], timezone: 'UTC', ...more }
}

function compiled(
  ranges: Ranges,
  more: Partial<TimePeriod> = {},
  others: TimePeriod[] = [],
): CompiledPeriod {
  return compileTimePeriods([period(ranges, more), ...others]).get('p') as CompiledPeriod
}

const at = (iso: string): Instant => instantFromIso(iso) as Instant
const nextAfter = (of: CompiledPeriod, iso: string): string | undefined => {
  const next = of.nextTransition(at(iso))
  return next === undefined ? undefined : isoOf(next)
}

describe('days', () => {
  const all = '00:00-24:00'
  test.each([
    ['[TP2] monday 3 march', 'monday 3 march', ['2026-03-16'], ['2026-03-09', '2026-04-20']],
    ['[TP2] upper case', 'December 25', ['2026-12-25', '2027-12-25'], ['2026-11-25']],
    ['[TP3] last day', 'day -1', ['2028-02-29', '2026-02-28'], ['2028-02-28']],
    ['[TP4] short form', 'july 3 - 10', ['2026-07-03', '2026-07-10'], ['2026-07-11']],
    [
      '[TP4] n-th to n-th',
      'monday 1 - 2',
      ['2026-06-01', '2026-06-07', '2026-06-08'],
      ['2026-06-09'],
    ],
    [
      '[TP4] end clamped',
      'day 29 - 31',
      ['2026-04-30', '2026-01-31'],
      ['2026-02-28', '2026-03-01'],
    ],
    [
      '[TP6] over new year',
      'december 24 - january 2',
      ['2026-12-31', '2027-01-02'],
      ['2027-01-03', '2026-12-23'],
    ],
    ['[TP6] over the month', 'day 30 - 2', ['2026-05-01', '2026-04-30'], ['2026-05-03']],
    [
      '[TP7] every second',
      'day 1 - 10 / 2',
      ['2026-05-01', '2026-05-09'],
      ['2026-05-02', '2026-05-11'],
    ],
    [
      '[TP7] for ever',
      '2026-01-05 / 14',
      ['2026-01-19', '2030-11-18'],
      ['2026-01-12', '2025-12-22'],
    ],
    ['[TP12] weekdays', 'monday - friday', ['2026-11-23', '2026-11-27'], ['2026-11-28']],
    [
      '[TP12] weekdays over the weekend',
      'saturday - monday',
      ['2026-11-28', '2026-11-30'],
      ['2026-11-27'],
    ],
  ])('%s', (_, days, inside, outside) => {
    const of = compiled([[days, all]])
    expect(inside.filter((day) => !of.contains(at(`${day}T12:00:00Z`)))).toEqual([])
    expect(outside.filter((day) => of.contains(at(`${day}T12:00:00Z`)))).toEqual([])
  })
  test('[TP2] what is not of the grammar is not read', () => {
    const wrong = [
      '',
      'someday',
      'monday 6',
      'day 0',
      'day 32',
      'smarch 3',
      '2026-02-30',
      'monday 1 2',
      'monday / 2',
      'day 1 - monday 3',
      '2026-02-02 - 2026-01-01',
      'day 1 / 0',
      'may 1 - 2 - 3',
    ]
    expect(wrong.filter((text) => parseDays(text) !== undefined)).toEqual([])
  })
})

test('[TP8] the most specific kind stands alone, and of one kind the later', () => {
  const of = compiled([
    ['friday', '08:00-18:00'],
    ['december 25', '10:00-11:00'],
    ['december 24 - 26', '12:00-13:00'],
  ])
  expect(of.contains(at('2026-12-25T09:00:00Z'))).toBe(false)
  expect(of.contains(at('2026-12-25T10:30:00Z'))).toBe(false)
  expect(of.contains(at('2026-12-25T12:30:00Z'))).toBe(true)
})

test('[TP10] the end is outside, and equal ends are no time', () => {
  const of = compiled([
    ['monday', '09:00-17:00'],
    ['december 25', '00:00-00:00'],
  ])
  expect(of.contains(at('2026-11-23T16:59:59Z'))).toBe(true)
  expect(of.contains(at('2026-11-23T17:00:00Z'))).toBe(false)
  expect(
    compiled([['december 25', '00:00-00:00']]).nextTransition(at('2026-01-01T00:00:00Z')),
  ).toBeUndefined()
})

test('[TP11] hours over midnight belong to the day they began', () => {
  const of = compiled([['monday', '22:00-06:00']])
  expect(of.contains(at('2026-11-24T05:59:00Z'))).toBe(true)
  expect(of.contains(at('2026-11-24T22:30:00Z'))).toBe(false)
  expect(nextAfter(of, '2026-11-23T23:00:00Z')).toBe('2026-11-24T06:00:00.000Z')
  expect(parseHours('09:00-30:00')).toEqual([{ fromSeconds: 32_400, toSeconds: 108_000 }])
  expect(
    ['9-17', '09:60-10:00', '25:00-26:00', '09:00', 'a-b'].filter(
      (text) => parseHours(text) !== undefined,
    ),
  ).toEqual([])
})

test('[TP13] an excluded period without a zone is read in the zone of the one that excludes it', () => {
  const holidays = period([['december 25', '00:00-24:00']], {
    name: 'holidays',
    timezone: undefined,
  })
  const of = compiled(
    [['sunday - saturday', '00:00-24:00']],
    { exclude: ['holidays'], timezone: 'Asia/Tokyo' },
    [holidays],
  )
  expect(nextAfter(of, '2026-12-24T00:00:00Z')).toBe('2026-12-24T15:00:00.000Z')
  expect(nextAfter(of, '2026-12-24T15:00:00Z')).toBe('2026-12-25T15:00:00.000Z')
})

test('[TP14] changes years away are found, and a period that never changes has none', () => {
  expect(nextAfter(compiled([['february 29', '10:00-11:00']]), '2096-03-01T00:00:00Z')).toBe(
    '2104-02-29T10:00:00.000Z',
  )
  expect(
    nextAfter(compiled([['sunday - saturday', '00:00-24:00']]), '2026-01-01T00:00:00Z'),
  ).toBeUndefined()
})

test('[TP9] zones are known by name', () => {
  expect(isZone('Europe/Budapest')).toBe(true)
  expect(isZone('Europe/Atlantis')).toBe(false)
})

const days = fc.constantFrom(
  'sunday',
  'monday - friday',
  'day -1',
  'day 3 - 20 / 3',
  'friday -1',
  'march 25 - april 4',
  'monday 1 november',
  '2026-10-25',
)
const clock = fc
  .tuple(fc.nat(23), fc.nat(59))
  .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)
const someRanges = fc.array(
  fc.tuple(
    days,
    fc.tuple(clock, clock).map((ends) => ends.join('-')),
  ),
  { minLength: 1, maxLength: 4 },
)
const zones = fc.constantFrom(
  'UTC',
  'Europe/Budapest',
  'America/Los_Angeles',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'America/St_Johns',
)

test('[TP14] property: nothing changes before the next change, and there it does', () => {
  const start = at('2026-03-01T00:00:00Z')
  const span = at('2026-12-01T00:00:00Z') - start
  fc.assert(
    fc.property(someRanges, someRanges, zones, fc.nat(span), (own, other, timezone, offset) => {
      const of = compiled(own, { timezone, exclude: ['x'] }, [
        period(other, { name: 'x', timezone: undefined }),
      ])
      const now = instant(start + offset)
      const next = of.nextTransition(now)
      const inside = of.contains(now)
      if (next === undefined) return
      expect(next).toBeGreaterThan(now)
      expect(of.contains(next)).toBe(!inside)
      expect(of.contains(instant(next - 1))).toBe(inside)
      for (let step = 1; step < 50; step++) {
        expect(of.contains(instant(now + Math.floor(((next - now) * step) / 50)))).toBe(inside)
      }
    }),
    { numRuns: 300 },
  )
})
