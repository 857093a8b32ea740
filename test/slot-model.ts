import * as fc from 'fast-check'
import { expect } from 'vitest'
import { hash32 } from '../src/base/hash.ts'
import type { Check } from '../src/domain/check.ts'
import { aCheck } from './checks.ts'
import type { Run } from './virtual-collector.ts'

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
export const WEEK_MS = 7 * DAY_MS
/** A Monday; summer time begins in Europe on 28 March 2027. */
export const MONDAY = Date.parse('2027-03-15T00:00:00Z')
export const always = new Map<string, never>()

export const aMoment = fc.integer({ min: 0, max: WEEK_MS }).map((ms) => MONDAY + ms)
export const anInterval = fc.oneof(
  fc.integer({ min: 15_000, max: 120_000 }),
  fc.constantFrom(60_000, 300_000, HOUR_MS, DAY_MS),
  fc.integer({ min: 60_000, max: DAY_MS }),
)
export const intervals = fc.array(anInterval, { minLength: 1, maxLength: 4 })
export const aSeed = fc.integer({ min: 1, max: 1_000_000 })

export const checksOf = (all: readonly number[], with_: Partial<Check> = {}): Check[] =>
  all.map((intervalMs, n) => aCheck(`s${n}`, { intervalMs, ...with_ }))

/** Slots in from < slot <= to, told from the definition. */
export function slotsOf(check: Check, from: number, to: number): number[] {
  const phase = hash32(check.id) % check.intervalMs
  const slots: number[] = []
  for (
    let slot = Math.ceil((from + 1 - phase) / check.intervalMs) * check.intervalMs + phase;
    slot <= to;
    slot += check.intervalMs
  )
    slots.push(slot)
  return slots
}

export const isSlot = (check: Check, at: number): boolean =>
  at % check.intervalMs === hash32(check.id) % check.intervalMs
export const gridRuns = (check: Check, runs: readonly Run[]): Run[] =>
  runs.filter((run) => run.origin === 'scheduled' && isSlot(check, run.dueAt))

export function expectNoOverlap(runs: readonly Run[]): void {
  const overlapping = runs.filter((run, n) => run.realStartMs < (runs[n - 1]?.realEndMs ?? 0))
  expect(overlapping).toEqual([])
}
