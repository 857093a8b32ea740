import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCheck } from '../../../test/checks.ts'
import {
  aMoment,
  anInterval,
  aSeed,
  always,
  checksOf,
  DAY_MS,
  expectNoOverlap,
  gridRuns,
  HOUR_MS,
  intervals,
  MONDAY,
  slotsOf,
  WEEK_MS,
} from '../../../test/slot-model.ts'
import { createVirtualCollector, type Run } from '../../../test/virtual-collector.ts'
import { hash32 } from '../../base/hash.ts'
import { prng } from '../../base/prng.ts'
import type { ReturnCode } from '../../domain/state-names.ts'
import { slotAfter, slotsWithin } from './slots.ts'

describe('slots', () => {
  test('[SC1] a slot is strictly after, at most one interval away, and on the grid of the id', () => {
    fc.assert(
      fc.property(fc.string(), anInterval, aMoment, (id, intervalMs, at) => {
        const hash = hash32(id)
        const slot = slotAfter(hash, intervalMs, at)
        expect(slot).toBeGreaterThan(at)
        expect(slot - at).toBeLessThanOrEqual(intervalMs)
        expect(slotAfter(hash, intervalMs, slot - 1)).toBe(slot)
        expect(slotsWithin(hash, intervalMs, at, slot)).toBe(1)
        expect(slotsWithin(hash, intervalMs, at, slot - 1)).toBe(0)
      }),
    )
  })
})

describe('weeks of simulated time', () => {
  test('[SC2] every check runs exactly once in every slot', () => {
    fc.assert(
      fc.property(intervals, aMoment, aSeed, (all, startAt, seed) => {
        const random = prng(seed)
        const checks = checksOf(all)
        const collector = createVirtualCollector({
          startAt,
          durationMs: ({ intervalMs }) => Math.floor(random() * 0.9 * Math.min(intervalMs, 60_000)),
        })
        collector.scheduler.apply(checks, always, collector.now)
        collector.pass(2 * WEEK_MS)
        for (const check of checks) {
          const runs = collector.runsOf(check.id)
          const expected = slotsOf(check, startAt, startAt + 2 * WEEK_MS)
          // A first run that is early may still run at the first slot; that one is an overrun then.
          const missing = expected.length - gridRuns(check, runs).length
          expect(missing).toBeLessThanOrEqual(1)
          expect(gridRuns(check, runs).map((run) => run.dueAt)).toEqual(expected.slice(missing))
          expect(runs.length - gridRuns(check, runs).length).toBeLessThanOrEqual(1)
          expectNoOverlap(runs)
        }
      }),
      { numRuns: 12 },
    )
  })

  test('[SC4, SC5, SC8] long runs and too few places: every slot is run, overrun or delayed, none twice', () => {
    fc.assert(
      fc.property(
        intervals,
        aMoment,
        aSeed,
        fc.integer({ min: 1, max: 3 }),
        (all, startAt, seed, slots) => {
          const random = prng(seed)
          const checks = checksOf(all)
          const collector = createVirtualCollector({
            startAt,
            slots,
            durationMs: ({ intervalMs }) =>
              Math.floor(random() ** 4 * 4 * Math.min(intervalMs, HOUR_MS)),
          })
          collector.scheduler.apply(checks, always, collector.now)
          collector.pass(WEEK_MS)
          let total = 0
          let onGrid = 0
          for (const check of checks) {
            const runs = collector.runsOf(check.id)
            const dues = gridRuns(check, runs).map((run) => run.dueAt)
            expect(new Set(dues).size).toBe(dues.length)
            expectNoOverlap(runs)
            onGrid += dues.length
            // What still runs or waits at the end has not been counted yet.
            const last = runs.at(-1)
            const isOpen = last === undefined || last.realEndMs > collector.realMs
            const until = isOpen ? (last?.startedAt ?? startAt) : startAt + WEEK_MS
            total += slotsOf(check, startAt, until).length
          }
          const { overruns, delayedSlots, missedSlots } = collector.scheduler.counts
          expect(missedSlots).toBe(0)
          // Each check that waits at the end holds back at most what passed while it waited.
          const waiting = collector.scheduler.waiting
          const counted = onGrid + overruns + delayedSlots
          if (waiting === 0) expect(counted).toBe(total)
          else expect(counted).toBeLessThanOrEqual(total)
        },
      ),
      { numRuns: 20 },
    )
  })

  test('[SC6] after a soft problem the retry interval counts, else the slots', () => {
    const retries = fc.integer({ min: 3_000, max: 200_000 })
    fc.assert(
      fc.property(anInterval, retries, fc.integer({ min: 1, max: 5 }), aSeed, (...drawn) => {
        const [intervalMs, retryIntervalMs, maxAttempts, seed] = drawn
        const random = prng(seed)
        const check = aCheck('s', { intervalMs, retryIntervalMs, maxAttempts })
        const collector = createVirtualCollector({
          startAt: MONDAY + seed,
          durationMs: () => Math.floor(random() * 10_000),
          codeOf: () => (random() < 0.5 ? 0 : 2),
        })
        collector.scheduler.apply([check], always, collector.now)
        collector.pass(intervalMs * 300)
        const { runs } = collector
        let failures = 0
        for (let n = 0; n + 1 < runs.length; n++) {
          const run = runs[n] as Run
          const endedAt = run.startedAt + run.realEndMs - run.realStartMs
          failures = run.code === 0 ? 0 : failures + 1
          const isSoft = failures > 0 && failures < maxAttempts
          const due = (runs[n + 1] as Run).dueAt
          if (!isSoft) expect(due).toBe(slotAfter(hash32(check.id), intervalMs, endedAt))
          else {
            expect((due - run.startedAt) % retryIntervalMs).toBe(0)
            expect(due).toBeGreaterThan(endedAt)
            expect(due - endedAt).toBeLessThanOrEqual(retryIntervalMs)
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  test('[SC13] rechecks at any moment take no slot away and never overlap a run', () => {
    fc.assert(
      fc.property(intervals, aSeed, (all, seed) => {
        const random = prng(seed)
        const startAt = MONDAY + seed
        const checks = checksOf(all)
        const collector = createVirtualCollector({
          startAt,
          durationMs: ({ intervalMs }) => Math.floor(random() * Math.min(intervalMs, 20_000)),
        })
        collector.scheduler.apply(checks, always, collector.now)
        const asked: { readonly id: string; readonly atMs: number }[] = []
        for (let n = 0; n < 300; n++) {
          collector.pass(Math.floor(random() * 600_000))
          const chosen = checks.filter(() => random() < 0.5).map((check) => check.id)
          for (let often = 0; often < 3; often++) {
            expect(collector.scheduler.recheck(chosen, collector.now)).toBe(chosen.length)
          }
          asked.push(...chosen.map((id) => ({ id, atMs: collector.realMs })))
        }
        collector.pass(DAY_MS)
        const requested = collector.runs.filter((run) => run.origin === 'requested')
        expect(requested.length).toBeLessThanOrEqual(asked.length)
        const unheard = asked.filter(
          ({ id, atMs }) => !requested.some((run) => run.id === id && run.realStartMs >= atMs),
        )
        expect(unheard).toEqual([])
        const { overruns, delayedSlots } = collector.scheduler.counts
        let total = -overruns - delayedSlots
        for (const check of checks) {
          const runs = collector.runsOf(check.id)
          expectNoOverlap(runs)
          const last = runs.at(-1) as Run
          const isOpen = last.realEndMs > collector.realMs
          total += slotsOf(check, startAt, isOpen ? last.startedAt : collector.now).length
          total -= gridRuns(check, runs).length
        }
        expect(total).toBe(0)
      }),
      { numRuns: 15 },
    )
  })
})

describe('plans that change', () => {
  test('[SC14, SC15, SC16] unchanged checks keep every slot; changed and returning ones are never lost', () => {
    fc.assert(
      fc.property(intervals, aSeed, (all, seed) => {
        const random = prng(seed)
        const startAt = MONDAY + seed
        const constant = aCheck('constant', { intervalMs: 60_000 })
        let others = checksOf(all)
        const collector = createVirtualCollector({
          startAt,
          durationMs: ({ id, intervalMs }) =>
            id === constant.id ? 100 : Math.floor(random() * 1.5 * Math.min(intervalMs, 60_000)),
          codeOf: ({ id }): ReturnCode => (id !== constant.id && random() < 0.3 ? 2 : 0),
        })
        for (let n = 0; n < 60; n++) {
          others = others.map((check) =>
            random() < 0.3
              ? { ...check, intervalMs: 5_000 + Math.floor(random() * 300_000) }
              : check,
          )
          const present = others.filter(() => random() < 0.7)
          collector.scheduler.apply([constant, ...present], always, collector.now)
          const changedAt = collector.realMs
          const longest = Math.max(0, ...present.map((check) => check.intervalMs))
          const passMs = 2 * Math.max(longest, 60_000) + Math.floor(random() * HOUR_MS)
          collector.pass(passMs)
          for (const check of present) {
            const began = collector
              .runsOf(check.id)
              .find((run) => run.realStartMs >= changedAt || run.realEndMs > changedAt)
            expect(began, `${check.id} after the change`).toBeDefined()
          }
          const ids = new Set(
            collector.runs.filter((r) => r.realStartMs > changedAt + 1).map((r) => r.id),
          )
          for (const id of ids)
            expect([constant.id, ...present.map((check) => check.id)]).toContain(id)
        }
        const dues = gridRuns(constant, collector.runsOf(constant.id)).map((run) => run.dueAt)
        expect(dues).toEqual(slotsOf(constant, startAt, collector.now))
        for (const check of others) expectNoOverlap(collector.runsOf(check.id))
      }),
      { numRuns: 15 },
    )
  })
})
