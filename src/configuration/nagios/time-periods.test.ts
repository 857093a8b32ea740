import { describe, expect, test } from 'vitest'
import { problemsOf, readSite, soundSite } from '../../../test/nagios-site.ts'

const period = (lines: string): string =>
  `define timeperiod {\n timeperiod_name t\n alias t\n ${lines}\n}\n`

describe('[NG34] days and hours', () => {
  test.each([
    ['monday 9:0-12:75abc', [['monday', '09:00-13:15']]],
    ['monday 13:00-17:00,09:00-12:00', [['monday', '09:00-12:00,13:00-17:00']]],
    ['monday 09:00-12:00 13:00-17:00', [['monday', '09:00-12:00,13:00-17:00']]],
    ['day 3 13:00-17:00,09:00-12:00', [['day 3', '09:00-12:00,13:00-17:00']]],
    ['monday 01:00-02:00\n monday 03:00-04:00', [['monday', '03:00-04:00']]],
    [
      'day 1 01:00-02:00\n day 1 03:00-04:00',
      [
        ['day 1', '01:00-02:00'],
        ['day 1', '03:00-04:00'],
      ],
    ],
    ['day 1 - day 5 / 2 00:00-24:00', [['day 1 - 5 / 2', '00:00-24:00']]],
    ['monday 2 - 4 / 2 00:00-24:00', [['monday 2 - monday 4 / 2', '00:00-24:00']]],
    ['february 30 - 3 / 0 00:00-01:00', [['february 30 - february 3', '00:00-01:00']]],
    ['2027-1-2 / 7 00:00-24:00', [['2027-01-02 / 7', '00:00-24:00']]],
    ['2027-01-02 -2027-02-03 00:00-24:00', [['2027-01-02 - 2027-02-03', '00:00-24:00']]],
    [
      'monday -1 january - tuesday 2 march / 3 00:00-24:00',
      [['monday -1 january - tuesday 2 march / 3', '00:00-24:00']],
    ],
    ['day -1 - -3 00:00-24:00', [['day -1 - -3', '00:00-24:00']]],
    [
      'saturday 00:00-01:00\n sunday 00:00-01:00\n monday 2 00:00-01:00\n may 1 00:00-01:00\n 2027-01-01 00:00-01:00\n thursday 3 may 00:00-01:00\n day 2 00:00-01:00',
      ['2027-01-01', 'may 1', 'day 2', 'thursday 3 may', 'monday 2', 'sunday', 'saturday'].map(
        (day) => [day, '00:00-01:00'],
      ),
    ],
  ])('%j', (lines, expected) => {
    expect(soundSite(period(lines)).objects.timePeriods.get('t')?.ranges).toEqual(expected)
  })

  test.each([
    'monday 00:00-25:00',
    'monday 09:00-12:00, 13:00-17:00',
    'monday 09:00-12:00,',
    'monday 9-12',
    'monday 1',
    'monday 09:00-10:00 foo',
    'day 1',
    'Monday 09:00-17:00',
    'mondy 09:00-17:00',
    'monday null',
    '2027-01-02 foo',
    '+2027-1-2 00:00-24:00',
    'day 2 - monday 3 00:00-24:00',
    'exclude zz',
  ])('[NG42] %j is a problem', (lines) => {
    expect(problemsOf(readSite(period(lines))).length).toBeGreaterThan(0)
  })
})

describe('[NG16] templates of periods', () => {
  test('hand down the days that the period does not have', () => {
    const { objects } = soundSite(
      `define timeperiod {\n name base\n monday 00:00-01:00\n tuesday 00:00-01:00\n december 25 00:00-00:00\n january 1 00:00-00:00\n exclude tp\n register 0\n}\n${period('use base\n monday 05:00-06:00\n january 1 01:00-02:00')}`,
    )
    expect(objects.timePeriods.get('t')).toMatchObject({
      exclude: ['tp'],
      ranges: [
        ['january 1', '01:00-02:00'],
        ['december 25', '00:00-00:00'],
        ['monday', '05:00-06:00'],
        ['tuesday', '00:00-01:00'],
      ],
    })
  })
})
