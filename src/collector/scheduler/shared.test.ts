import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aCheck } from '../../../test/checks.ts'
import { always, anInterval, MONDAY } from '../../../test/slot-model.ts'
import { createVirtualCollector } from '../../../test/virtual-collector.ts'
import type { Check, SharedCheck } from '../../domain/check.ts'
import { serviceCheckId } from '../../domain/check-id.ts'
import { resumeChecks } from '../assignment/resume.ts'
import { isRetried, slotAfter, slotHash } from './slots.ts'

const withShare = (check: Check, shared: SharedCheck | undefined): Check => {
  const { shared: _, ...own } = check
  return shared === undefined ? own : { ...own, shared }
}
const check = aCheck('web!http', { intervalMs: 60_000, retryIntervalMs: 10_000 })

describe('[SC23] slots of a check that several clusters run', () => {
  test('lie evenly over the interval', () => {
    fc.assert(
      fc.property(
        fc.string(),
        anInterval,
        fc.integer({ min: 2, max: 32 }),
        (name, intervalMs, observers) => {
          const id = serviceCheckId('h', name)
          const slots = Array.from({ length: observers }, (_, index) => {
            const hash = slotHash({ id, intervalMs, shared: { observers, index } })
            return slotAfter(hash, intervalMs, MONDAY)
          }).toSorted((a, b) => a - b)
          const gaps = slots.map((slot, index) =>
            index === 0 ? slot + intervalMs - (slots.at(-1) ?? 0) : slot - (slots[index - 1] ?? 0),
          )
          for (const gap of gaps)
            expect(Math.abs(gap - intervalMs / observers)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })
  test('are run so by three collectors, and the first one keeps the slots of the check', () => {
    const runs = [0, 1, 2].map((index) => {
      const collector = createVirtualCollector({ startAt: MONDAY, durationMs: () => 100 })
      collector.scheduler.apply([withShare(check, { observers: 3, index })], always, collector.now)
      collector.pass(600_000)
      return collector.runsOf(check.id).map(({ dueAt }) => dueAt)
    })
    const own = slotAfter(slotHash(check), check.intervalMs, MONDAY + 120_000)
    for (const [index, due] of runs.entries()) expect(due).toContain(own + index * 20_000)
    const later = runs.flat().filter((at) => at >= own && at < own + 300_000)
    expect(later.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 15 }, (_, nth) => own + nth * 20_000),
    )
  })
  test('move when another cluster comes or goes, from the next run on', () => {
    const collector = createVirtualCollector({ startAt: MONDAY, durationMs: () => 100 })
    const follow = (shared: SharedCheck | undefined): number => {
      collector.scheduler.apply([withShare(check, shared)], always, collector.now)
      collector.pass(60_000)
      return collector.scheduler.nextDueAt ?? 0
    }
    follow(undefined)
    const phases = [undefined, { observers: 2, index: 1 }, { observers: 3, index: 1 }, undefined]
    const seen = phases.map((shared) => follow(shared) % 60_000)
    const own = slotHash(check) % 60_000
    expect(seen).toEqual([own, (own + 30_000) % 60_000, (own + 20_000) % 60_000, own])
  })
  test('are the same for the member of the cluster that takes the check over', () => {
    const shared = withShare(check, { observers: 2, index: 1 })
    const terms = { at: MONDAY, now: MONDAY, rate: 100, turnAt: MONDAY }
    const { resume } = resumeChecks([{ check: shared, last: undefined, isOrphan: false }], terms)
    expect(resume.get(check.id)?.dueAt).toBe(slotAfter(slotHash(shared), 60_000, MONDAY - 1))
  })
})

describe('[SC24] a soft problem of a check that several clusters run', () => {
  test.each([
    ['alone', undefined, 10_000],
    ['shared', { observers: 2, index: 0 }, 60_000],
  ] as const)('%s: the next run', (_, shared, gapMs) => {
    const collector = createVirtualCollector({
      startAt: MONDAY,
      durationMs: () => 0,
      codeOf: () => 2,
    })
    collector.scheduler.apply([withShare(check, shared)], always, collector.now)
    collector.pass(200_000)
    const [, second, third] = collector.runsOf(check.id).map(({ dueAt }) => dueAt)
    // The first run may be early; the second is the first retry, or a slot.
    expect((third ?? 0) - (second ?? 0)).toBe(gapMs)
  })
  test('is retried only by one observer, while it is soft', () => {
    expect(isRetried(check, 0)).toBe(false)
    expect(isRetried(check, 1)).toBe(true)
    expect(isRetried(check, check.maxAttempts)).toBe(false)
    expect(isRetried(withShare(check, { observers: 2, index: 1 }), 1)).toBe(false)
  })
})
