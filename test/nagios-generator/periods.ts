import * as fc from 'fast-check'
import { directivesFrom, listOf, type Block, type Directive, type Pools } from './pools.ts'

const weekday = fc.constantFrom(
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
)
const month = fc.constantFrom(
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
)
const monthDay = fc
  .oneof(fc.integer({ min: 1, max: 31 }), fc.integer({ min: -31, max: -1 }))
  .map(String)
const nth = fc.constantFrom('1', '2', '3', '4', '5', '-1', '-2', '-3', '-4', '-5')
const two = (value: number): string => String(value).padStart(2, '0')
const date = fc
  .tuple(
    fc.integer({ min: 2024, max: 2036 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
  )
  .map(([year, inYear, inMonth]) => `${year}-${two(inYear)}-${two(inMonth)}`)

const joined = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((words) => words.join(' '))

/** Days from one to another, often with a stride. */
const spanning = (from: fc.Arbitrary<string>, to: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(from, to, fc.option(fc.integer({ min: 1, max: 15 })), fc.constantFrom(' ', ' ', '  '))
    .map(([first, last, skip, space]) =>
      // A stride over a single day is a departure.
      skip === null || first.endsWith(last)
        ? `${first}${space}-${space}${last}`
        : `${first} - ${last}${space}/${space}${skip}`,
    )

/** Each form of a day specification that the grammar has. */
export const daySpecification: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: weekday },
  date,
  spanning(date, date),
  fc.tuple(date, fc.integer({ min: 1, max: 20 })).map(([from, skip]) => `${from} / ${skip}`),
  joined(fc.constant('day'), monthDay),
  spanning(joined(fc.constant('day'), monthDay), monthDay),
  spanning(joined(fc.constant('day'), monthDay), joined(fc.constant('day'), monthDay)),
  joined(month, monthDay),
  spanning(joined(month, monthDay), monthDay),
  spanning(joined(month, monthDay), joined(month, monthDay)),
  joined(weekday, nth),
  spanning(joined(weekday, nth), nth),
  spanning(joined(weekday, nth), joined(weekday, nth)),
  joined(weekday, nth, month),
  spanning(joined(weekday, nth, month), joined(weekday, nth, month)),
)

const minute = fc.integer({ min: 0, max: 24 * 60 })
const clock = (minutes: number): string => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`

/** One to three ranges of a day; touching, overlapping, empty and backwards ones too. */
export const hours: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('00:00-24:00', '09:00-17:00', '22:00-06:00', '00:00-00:00'),
  fc
    .array(fc.tuple(minute, minute), { minLength: 1, maxLength: 3 })
    .map((ranges) => ranges.map(([from, to]) => `${clock(from)}-${clock(to)}`).join(',')),
)

const day: fc.Arbitrary<Directive> = fc.tuple(daySpecification, hours)

/** Every period of the pools, templates before them. Excluded are only periods that come earlier, so there is no way round. */
export function periodBlocks({ periods }: Pools): fc.Arbitrary<readonly Block[]> {
  const template = fc
    .tuple(fc.array(day, { maxLength: 3 }), fc.boolean())
    .map(([days, isBoth]): Block => ({
      type: 'timeperiod',
      directives: [
        ['name', 'tp-template'],
        ...days,
        ...(isBoth
          ? ([
              ['timeperiod_name', 'from-template'],
              ['alias', 'Both'],
            ] as const)
          : ([['register', '0']] as const)),
      ],
    }))
  const each = periods.map((name, index) =>
    fc
      .tuple(
        directivesFrom({ use: fc.constant('tp-template'), alias: fc.constant(`A ${name}`) }, 2),
        fc.array(day, { maxLength: 4 }),
        index === 0 ? fc.constant(null) : fc.option(listOf(periods.slice(0, index))),
      )
      .map(([head, days, exclude]): Block => ({
        type: 'timeperiod',
        directives: [
          ['timeperiod_name', name],
          ['alias', name],
          ...head,
          ...days,
          ...(exclude === null ? [] : ([['exclude', exclude]] as const)),
        ],
      })),
  )
  return fc.tuple(template, ...each)
}
