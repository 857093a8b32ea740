import type { TimePeriod } from '../domain/time-period.ts'
import { compileTimePeriods } from '../domain/time-period/compiled-period.ts'
import type { PeriodCalendar } from './scheduler/period-windows.ts'

interface Known {
  /** The period and all that it excludes, as text. */
  readonly definition: string
  readonly calendar: PeriodCalendar
}

/** Compiles the periods of one plan after another; a period that is the same as before keeps its calendar, and its checks their times. */
export function createPlanCalendars(): (
  periods: readonly TimePeriod[],
) => ReadonlyMap<string, PeriodCalendar> {
  let known: ReadonlyMap<string, Known> = new Map()
  return (periods) => {
    const byName = new Map(periods.map((period) => [period.name, period]))
    const compiled = compileTimePeriods(periods)
    known = new Map(
      [...compiled].map(([name, calendar]) => {
        const definition = JSON.stringify(reachable(name, byName, new Set()))
        const before = known.get(name)
        return [name, before?.definition === definition ? before : { definition, calendar }]
      }),
    )
    return new Map([...known].map(([name, { calendar }]) => [name, calendar]))
  }
}

/** A period and, through its exclusions, all others that it depends on; each once. */
function reachable(
  name: string,
  byName: ReadonlyMap<string, TimePeriod>,
  seen: Set<string>,
): TimePeriod[] {
  const period = byName.get(name)
  if (period === undefined || seen.has(name)) return []
  seen.add(name)
  return [period, ...period.exclude.flatMap((other) => reachable(other, byName, seen))]
}
