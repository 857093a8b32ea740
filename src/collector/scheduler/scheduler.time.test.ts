import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  aSeed,
  always,
  checksOf,
  DAY_MS,
  expectNoOverlap,
  gridRuns,
  HOUR_MS,
  intervals,
  isSlot,
  MONDAY,
  slotsOf,
  WEEK_MS,
} from '../../../test/slot-model.ts'
import { createVirtualCollector, type Run } from '../../../test/virtual-collector.ts'
import { prng } from '../../base/prng.ts'
import type { TimePeriod } from '../../domain/time-period.ts'
import { compileTimePeriods } from '../../domain/time-period/compiled-period.ts'

describe('time periods', () => {
  const periods: readonly TimePeriod[] = [
    {
      name: 'office',
      alias: '',
      ranges: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map((day) => [
        day,
        '09:00-17:00',
      ]),
      exclude: [],
      timezone: 'Europe/Berlin',
    },
    {
      name: 'nightly',
      alias: '',
      ranges: [
        ['sunday', '02:10-02:40'],
        ['monday', '23:50-24:00'],
      ],
      exclude: [],
      timezone: 'Europe/Berlin',
    },
  ]
  const calendars = compileTimePeriods(periods)

  test('[SC11, SC12] all slots in the period and none outside, across the beginning of summer time', () => {
    fc.assert(
      fc.property(intervals, fc.constantFrom('office', 'nightly'), aSeed, (all, period, seed) => {
        const checks = checksOf(all, { period })
        const calendar = calendars.get(period) as NonNullable<ReturnType<typeof calendars.get>>
        const startAt = MONDAY + seed
        const collector = createVirtualCollector({ startAt, durationMs: () => 10 })
        collector.scheduler.apply(checks, calendars, collector.now)
        collector.pass(3 * WEEK_MS)
        for (const check of checks) {
          const runs = collector.runsOf(check.id)
          for (const run of runs) expect(calendar.contains(run.dueAt as never)).toBe(true)
          const expected = slotsOf(check, startAt, collector.now).filter((slot) =>
            calendar.contains(slot as never),
          )
          const ran = new Set(runs.map((run) => run.dueAt))
          expect(expected.filter((slot) => !ran.has(slot))).toEqual([])
          // Short openings that hold no slot are run once each: never two runs within one opening off the grid.
          const offGrid = runs.filter((run) => !isSlot(check, run.dueAt)).slice(1)
          for (let n = 1; n < offGrid.length; n++) {
            const between = (offGrid[n] as Run).dueAt - (offGrid[n - 1] as Run).dueAt
            expect(between).toBeGreaterThan(HOUR_MS)
          }
          if (check.intervalMs < DAY_MS) expect(runs.length).toBeGreaterThanOrEqual(5)
        }
      }),
      { numRuns: 25 },
    )
  })
})

describe('clocks that step', () => {
  const aStep = fc.oneof(
    fc.integer({ min: -6 * HOUR_MS, max: 6 * HOUR_MS }),
    fc.integer({ min: -40_000, max: 40_000 }),
    fc.constantFrom(DAY_MS, -DAY_MS, 400 * DAY_MS),
  )
  test('[SC17, SC18] after a step each check runs within one interval, and never overlaps', () => {
    fc.assert(
      fc.property(
        intervals,
        aSeed,
        fc.array(aStep, { minLength: 1, maxLength: 8 }),
        (all, seed, steps) => {
          const random = prng(seed)
          const checks = checksOf(all)
          const collector = createVirtualCollector({
            startAt: MONDAY + seed,
            durationMs: ({ intervalMs }) =>
              Math.floor(random() * 0.5 * Math.min(intervalMs, 60_000)),
          })
          collector.scheduler.apply(checks, always, collector.now)
          for (const step of steps) {
            collector.pass(Math.floor(random() * DAY_MS))
            collector.step(step)
            const steppedAt = collector.realMs
            collector.pass(DAY_MS + 120_000)
            for (const check of checks) {
              const next = collector.runsOf(check.id).find((run) => run.realEndMs > steppedAt)
              // Up to 30 s are taken for lateness, up to 1 s back for slewing; a run in progress may have taken the place.
              const latest = steppedAt + check.intervalMs + 31_000
              expect(next?.realStartMs ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(latest)
            }
          }
          for (const check of checks) expectNoOverlap(collector.runsOf(check.id))
        },
      ),
      { numRuns: 25 },
    )
  })

  test('[SC19] small steps back and forth double no slot', () => {
    fc.assert(
      fc.property(intervals, aSeed, (all, seed) => {
        const random = prng(seed)
        const checks = checksOf(all)
        const collector = createVirtualCollector({
          startAt: MONDAY + seed,
          durationMs: () => Math.floor(random() * 50),
        })
        collector.scheduler.apply(checks, always, collector.now)
        for (let n = 0; n < 500; n++) {
          collector.pass(Math.floor(random() * 60_000))
          collector.step(Math.floor(random() * 1_000) - 500)
        }
        for (const check of checks) {
          const dues = gridRuns(check, collector.runsOf(check.id)).map((run) => run.dueAt)
          expect(new Set(dues).size).toBe(dues.length)
        }
      }),
      { numRuns: 20 },
    )
  })
})
