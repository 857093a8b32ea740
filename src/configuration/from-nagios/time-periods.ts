import { parseDays } from '../../domain/time-period/days.ts'
import { parseHours } from '../../domain/time-period/hours.ts'
import type { NagiosSettings, NagiosTimePeriod } from '../nagios/objects.ts'
import type { Attributes } from './attribute-rules.ts'

/** Days that are written twice are one with the hours of both. */
export function timePeriodValue(
  { alias, ranges, exclude }: NagiosTimePeriod,
  { useTimezone }: NagiosSettings,
): Attributes {
  const days: Record<string, string> = {}
  for (const [day, hours] of ranges) {
    // Nagios takes days that never come, such as an end before the beginning.
    if (parseDays(day) === undefined || parseHours(hours) === undefined) continue
    const before = days[day]
    days[day] = before === undefined ? hours : `${before},${hours}`
  }
  return {
    alias,
    timezone: useTimezone,
    days,
    exclude: exclude.length === 0 ? undefined : exclude,
  }
}
