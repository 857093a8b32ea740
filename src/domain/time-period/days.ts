import {
  dayOfMonth,
  epochDayOf,
  nthWeekday,
  weekdayOf,
  yearAndMonthOf,
  type EpochDay,
} from './calendar.ts'

export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const
export const MONTHS = [
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
] as const

/** One end of a range of days. Numbers of days and weeks may be negative: they count from the end of the month. */
export type DayPoint =
  | { readonly kind: 'date'; readonly day: EpochDay }
  | { readonly kind: 'month-day'; readonly month: number; readonly day: number }
  | { readonly kind: 'day'; readonly day: number }
  | {
      readonly kind: 'weekday-of-month'
      readonly weekday: number
      readonly n: number
      readonly month: number
    }
  | { readonly kind: 'nth-weekday'; readonly weekday: number; readonly n: number }
  | { readonly kind: 'weekday'; readonly weekday: number }

/** Days from `from` to `to` (both included; `undefined`: for ever), every `every`-th of them counted from `from`. */
export interface Days {
  readonly from: DayPoint
  readonly to: DayPoint | undefined
  readonly every: number
}

/** The more specific kind is looked at first. */
export const PRECEDENCE: readonly DayPoint['kind'][] = [
  'date',
  'month-day',
  'day',
  'weekday-of-month',
  'nth-weekday',
  'weekday',
]

const NUMBER = /^[+-]?\d{1,4}$/

/**
 * Reads a day specification of the Nagios grammar: `monday`, `monday 3`, `monday -1 may`, `day 1 - 15`, `december 24 - 26`,
 * `2027-12-24`, two of one kind joined by ` - `, and ` / n` for every n-th day. Beyond it: `monday - friday`.
 * @returns `undefined` when the text is none of them
 */
export function parseDays(text: string): Days | undefined {
  const match = /^(.*?)(?:\s*\/\s*(\d{1,4}))?$/.exec(text.trim().toLowerCase())
  const every = match?.[2] === undefined ? 1 : Number(match[2])
  if (match?.[1] === undefined || every < 1) return undefined
  const [first, second, ...others] = match[1].split(/\s+-\s+|(?<=\d{4}-\d{1,2}-\d{1,2})\s*-\s*/)
  const from = parsePoint(words(first))
  if (from === undefined || others.length > 0) return undefined
  if (second === undefined) {
    if (from.kind === 'weekday' && every > 1) return undefined
    const isOpen = from.kind === 'date' && every > 1
    return { from, to: isOpen ? undefined : from, every }
  }
  const to = parsePoint(completed(words(second), words(first)))
  if (to === undefined || to.kind !== from.kind) return undefined
  if (from.kind === 'weekday' && every > 1) return undefined
  if (from.kind === 'date' && to.kind === 'date' && to.day < from.day) return undefined
  return { from, to, every }
}

function words(text: string | undefined): readonly string[] {
  return (text ?? '').trim().split(/\s+/)
}

/** `july 3 - 10`: the second end takes its name from the first. */
function completed(second: readonly string[], first: readonly string[]): readonly string[] {
  const [number, ...rest] = second
  if (number === undefined || rest.length > 0 || !NUMBER.test(number) || first.length !== 2) {
    return second
  }
  return [first[0] as string, number]
}

function parsePoint(parts: readonly string[]): DayPoint | undefined {
  const [name = '', number, ofMonth] = parts
  if (parts.length === 1) return parseDate(name) ?? plainWeekday(name)
  const n = Number(number)
  if (number === undefined || !NUMBER.test(number) || n === 0 || parts.length > 3) return undefined
  const weekday = indexIn(WEEKDAYS, name)
  if (ofMonth !== undefined) {
    const month = indexIn(MONTHS, ofMonth)
    if (weekday === undefined || month === undefined || Math.abs(n) > 5) return undefined
    return { kind: 'weekday-of-month', weekday, n, month }
  }
  if (weekday !== undefined) {
    return Math.abs(n) > 5 ? undefined : { kind: 'nth-weekday', weekday, n }
  }
  if (Math.abs(n) > 31) return undefined
  if (name === 'day') return { kind: 'day', day: n }
  const month = indexIn(MONTHS, name)
  return month === undefined ? undefined : { kind: 'month-day', month, day: n }
}

function parseDate(text: string): DayPoint | undefined {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text)
  if (match === null) return undefined
  const [year, month, date] = match.slice(1).map(Number) as [number, number, number]
  if (month < 1 || month > 12 || date < 1) return undefined
  const day = dayOfMonth(year, month - 1, date)
  return day === undefined ? undefined : { kind: 'date', day }
}

function plainWeekday(name: string): DayPoint | undefined {
  const weekday = indexIn(WEEKDAYS, name)
  return weekday === undefined ? undefined : { kind: 'weekday', weekday }
}

function indexIn(names: readonly string[], name: string): number | undefined {
  const index = names.indexOf(name)
  return index < 0 ? undefined : index
}

/** Rules TP2 to TP8: is `day` one of these? */
export function coversDay(days: Days, day: EpochDay): boolean {
  const { from, to } = days
  if (from.kind === 'weekday') {
    const last = to?.kind === 'weekday' ? to.weekday : from.weekday
    return (weekdayOf(day) - from.weekday + 7) % 7 <= (last - from.weekday + 7) % 7
  }
  if (from.kind === 'date') {
    const last = to?.kind === 'date' ? to.day : Number.POSITIVE_INFINITY
    return day >= from.day && day <= last && (day - from.day) % days.every === 0
  }
  const { year, month } = yearAndMonthOf(day)
  const isYearly = from.kind === 'month-day' || from.kind === 'weekday-of-month'
  return [0, -1].some((back) => {
    const cycle = isYearly ? { year: year + back, month: 0 } : { year, month: month + back }
    const range = rangeIn(days, cycle, isYearly)
    return (
      range !== undefined &&
      day >= range.first &&
      day <= range.last &&
      (day - range.first) % days.every === 0
    )
  })
}

interface Cycle {
  readonly year: number
  readonly month: number
}

/** The range that begins in this year (or month); it may end in the next one. */
function rangeIn(
  days: Days,
  cycle: Cycle,
  isYearly: boolean,
): { readonly first: EpochDay; readonly last: EpochDay } | undefined {
  const first = dayIn(days.from, cycle)
  if (first === undefined || days.to === undefined) return undefined
  if (days.to === days.from) return { first, last: first }
  const last = dayIn(days.to, cycle) ?? endOfMonth(days.to, cycle)
  if (last >= first) return { first, last }
  const next = isYearly
    ? { year: cycle.year + 1, month: 0 }
    : { year: cycle.year, month: cycle.month + 1 }
  return { first, last: dayIn(days.to, next) ?? endOfMonth(days.to, next) }
}

function dayIn(point: DayPoint, { year, month }: Cycle): EpochDay | undefined {
  switch (point.kind) {
    case 'month-day':
      return dayOfMonth(year, point.month, point.day)
    case 'day':
      return dayOfMonth(year, month, point.day)
    case 'weekday-of-month':
      return nthWeekday(year, point.month, point.weekday, point.n)
    case 'nth-weekday':
      return nthWeekday(year, month, point.weekday, point.n)
    case 'date':
      return point.day
    case 'weekday':
      return undefined
  }
}

/** `day 20 - 31` ends on the last day of a shorter month. */
function endOfMonth(point: DayPoint, cycle: Cycle): EpochDay {
  const month = 'month' in point ? point.month : cycle.month
  return epochDayOf(cycle.year, month + 1, 1) - 1
}
