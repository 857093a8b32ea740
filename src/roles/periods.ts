import type { Instant } from '../base/instant.ts'
import type { Fleet } from '../domain/fleet.ts'
import { compileTimePeriods, type CompiledPeriod } from '../domain/time-period/compiled-period.ts'

/** Whether an instant is within a named period of the fleet that is active at the time of asking. A period nobody knows is always. */
export function periodTest(fleet: () => Fleet): (period: string, at: Instant) => boolean {
  let compiledFor: Fleet | undefined
  let periods: ReadonlyMap<string, CompiledPeriod> = new Map()
  return (period, at) => {
    const now = fleet()
    if (compiledFor !== now) {
      compiledFor = now
      periods = compileTimePeriods([...now.timePeriods.values()])
    }
    return periods.get(period)?.contains(at) ?? true
  }
}
