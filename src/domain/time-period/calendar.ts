/** A day of the proleptic Gregorian calendar as its number since 1970-01-01, which is 0 and a Thursday. */
export type EpochDay = number

export const DAY_MS = 86_400_000

/** `month` counts from 0 and may lie outside 0..11: it carries into the year. */
export function epochDayOf(year: number, month: number, day: number): EpochDay {
  return Math.round(Date.UTC(year, month, day) / DAY_MS)
}

/** 0 is Sunday, as in the names of `WEEKDAYS`. */
export function weekdayOf(day: EpochDay): number {
  return (((day + 4) % 7) + 7) % 7
}

export function yearAndMonthOf(day: EpochDay): { readonly year: number; readonly month: number } {
  const date = new Date(day * DAY_MS)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() }
}

/** Day of a month; negative counts from its end (-1 is the last). `undefined` when the month has no such day. */
export function dayOfMonth(year: number, month: number, day: number): EpochDay | undefined {
  const first = epochDayOf(year, month, 1)
  const length = epochDayOf(year, month + 1, 1) - first
  const index = day > 0 ? day - 1 : length + day
  return index >= 0 && index < length && day !== 0 ? first + index : undefined
}

/** The n-th weekday of a month; negative counts from its end. `undefined` when the month has no n-th one. */
export function nthWeekday(
  year: number,
  month: number,
  weekday: number,
  n: number,
): EpochDay | undefined {
  const first = epochDayOf(year, month, 1)
  const last = epochDayOf(year, month + 1, 1) - 1
  const found =
    n > 0
      ? first + ((weekday - weekdayOf(first) + 7) % 7) + (n - 1) * 7
      : last - ((weekdayOf(last) - weekday + 7) % 7) + (n + 1) * 7
  return n !== 0 && found >= first && found <= last ? found : undefined
}
