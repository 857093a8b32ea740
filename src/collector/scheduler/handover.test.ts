import { describe, expect, test } from 'vitest'
import { aCheck } from '../../../test/checks.ts'
import { hash32 } from '../../base/hash.ts'
import { instant } from '../../base/instant.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { Check } from '../../domain/check.ts'
import type { Move, Resumption } from './handover.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'
import { slotAfter } from './slots.ts'

const NOON = Date.parse('2027-06-01T12:00:00Z')
const ALWAYS = new Map()
const check = aCheck('ssh', { intervalMs: 20_000 })
const nextSlot = (at: number): number => slotAfter(hash32(check.id), check.intervalMs, at)

const move = (at: number, resume: readonly (readonly [CheckId, Resumption])[] = []): Move => ({
  at,
  isElsewhere: () => true,
  resume: new Map(resume),
})

/** What is started at `at` when the executor has room. */
function startedAt(scheduler: Scheduler, at: number): number[] {
  const due: number[] = []
  scheduler.run(instant(at), (_check: Check, _origin, dueAt) => due.push(dueAt) > 0)
  return due
}

/** It has run once, fine. */
function settled(): Scheduler {
  const scheduler = createScheduler()
  scheduler.apply([check], ALWAYS, instant(NOON))
  const first = scheduler.nextDueAt ?? instant(0)
  startedAt(scheduler, first)
  scheduler.finish(check.id, 0, first, instant(first + 100))
  return scheduler
}

describe('checks that go', () => {
  test('[SC20] what was due before and waits runs once, and nothing after it', () => {
    const scheduler = settled()
    const slot = scheduler.nextDueAt ?? instant(0)
    scheduler.run(slot, () => false)
    expect(scheduler.waiting).toBe(1)
    expect(scheduler.apply([], ALWAYS, slot, move(slot + 1))).toMatchObject({ removed: 1 })
    expect(scheduler.apply([], ALWAYS, slot, move(slot + 1))).toMatchObject({ removed: 0 })
    expect(startedAt(scheduler, slot + 500)).toEqual([slot])
    expect(scheduler.finish(check.id, 2, slot, instant(slot + 600))).toBe(1)
    expect(scheduler.checks).toBe(0)
    expect(startedAt(scheduler, slot + 200_000)).toEqual([])
  })

  test('[SC20] what is due from the handover on is not run, however late it is looked at', () => {
    const scheduler = settled()
    const slot = scheduler.nextDueAt ?? instant(0)
    scheduler.apply([], ALWAYS, instant(slot + 20), move(slot))
    expect(startedAt(scheduler, slot + 20)).toEqual([])
    expect(scheduler.checks).toBe(0)
  })

  test('[SC20] a check that left the plan is not run any more, handover or not', () => {
    const scheduler = settled()
    const slot = scheduler.nextDueAt ?? instant(0)
    scheduler.run(slot, () => false)
    scheduler.apply([], ALWAYS, slot, { ...move(slot + 1), isElsewhere: () => false })
    expect(startedAt(scheduler, slot + 500)).toEqual([])
  })

  test('[SC20] a check that comes back while it still waits goes on as it was', () => {
    const scheduler = settled()
    const slot = scheduler.nextDueAt ?? instant(0)
    scheduler.run(slot, () => false)
    scheduler.apply([], ALWAYS, slot, move(slot + 1))
    scheduler.apply([check], ALWAYS, slot, move(slot + 1))
    expect(startedAt(scheduler, slot + 500)).toEqual([slot])
    scheduler.finish(check.id, 0, slot, instant(slot + 600))
    expect(scheduler.nextDueAt).toBe(nextSlot(slot + 600))
  })
})

describe('checks that come', () => {
  const last = { code: 2, failures: 1, dueAt: NOON - 9_000, finishedAt: NOON - 8_500 } as const

  test('[SC21] they are due when it is said, and count on', () => {
    const scheduler = createScheduler()
    const resume = { dueAt: NOON + 1_000, last }
    scheduler.apply([check], ALWAYS, instant(NOON), move(NOON, [[check.id, resume]]))
    expect(scheduler.nextDueAt).toBe(NOON + 1_000)
    expect(scheduler.standing(check.id)).toMatchObject({ code: 2, failures: 1 })
    startedAt(scheduler, NOON + 1_000)
    expect(scheduler.finish(check.id, 2, instant(NOON + 1_000), instant(NOON + 1_100))).toBe(2)
  })

  test('[SC21] one that is not named is new: its first run comes soon', () => {
    const scheduler = createScheduler()
    scheduler.apply([check], ALWAYS, instant(NOON), move(NOON))
    expect(scheduler.nextDueAt).toBeLessThanOrEqual(NOON + 5_000)
  })

  test('[SC22] the other saw a problem after all: it is retried when it would have been there', () => {
    const scheduler = createScheduler()
    const resume = { dueAt: nextSlot(NOON), last: undefined }
    scheduler.apply([check], ALWAYS, instant(NOON), move(NOON, [[check.id, resume]]))
    scheduler.inherit(check.id, last, instant(NOON))
    expect(scheduler.nextDueAt).toBe(NOON + 1_000)
    expect(scheduler.standing(check.id)).toMatchObject({ code: 2, failures: 1 })
  })

  test('[SC22] the run that was waited for came: it is due at its slot again', () => {
    const scheduler = createScheduler()
    const resume = { dueAt: NOON + 18_000, last: undefined }
    scheduler.apply([check], ALWAYS, instant(NOON), move(NOON, [[check.id, resume]]))
    const seen = { code: 0, failures: 0, dueAt: NOON - 10, finishedAt: NOON + 900 } as const
    scheduler.inherit(check.id, seen, instant(NOON + 1_000))
    expect(scheduler.nextDueAt).toBe(nextSlot(NOON + 900))
  })

  test('[AG24] what lies ahead nobody has seen', () => {
    const scheduler = createScheduler()
    const slot = nextSlot(NOON)
    const resume = [[check.id, { dueAt: slot, last: undefined }]] as const
    scheduler.apply([check], ALWAYS, instant(NOON), move(NOON, resume))
    const ahead = NOON + 1e12
    scheduler.inherit(
      check.id,
      { code: 0, failures: 0, dueAt: ahead, finishedAt: ahead },
      instant(NOON),
    )
    expect(scheduler.nextDueAt).toBe(slot)
  })

  test('[SC22] once it has run here, and for checks that are not here, nothing counts any more', () => {
    const scheduler = settled()
    const due = scheduler.nextDueAt
    scheduler.inherit(check.id, { ...last, finishedAt: NOON + 900_000 }, instant(NOON + 1_000))
    scheduler.inherit(aCheck('other').id, last, instant(NOON))
    expect(scheduler.nextDueAt).toBe(due)
    expect(scheduler.standing(check.id)).toMatchObject({ failures: 0 })
    expect(scheduler.checks).toBe(1)
  })
})
