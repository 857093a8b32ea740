import { expect, test } from 'vitest'
import { createTestClock, type TestClock } from '../../../test/test-clock.ts'
import { createTestLog } from '../../../test/test-log.ts'
import { resultOf } from '../../../test/result-of.ts'
import { createMemoryBus } from '../../adapters/memory/bus.ts'
import { clockOf, type ClockAnswer, type ClockQuery } from '../../wire/cluster.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import { watchHubClocks } from './hub-clocks.ts'

/** A collector at `clock` and a hub whose clock is ahead of it by `aheadMs`; each answer takes `tookMs`. */
function rig({ aheadMs = 0, tookMs = 0 } = {}) {
  const clock = createTestClock()
  const hubClock = createTestClock()
  hubClock.step(aheadMs)
  const bus = createMemoryBus()
  const log = createTestLog()
  let seq = 1
  const answering: string[] = []
  const answers = () =>
    bus.answer<ClockQuery, ClockAnswer>(clockOf('hub-a', '>'), () => {
      pass(clock, hubClock, tookMs)
      return { version: MESSAGE_VERSION, hub: 'hub-a', at: hubClock.now() }
    })
  const clocks = watchHubClocks({
    collector: 'east.c1',
    boot: 'this-boot',
    hubs: ['hub-a'],
    bus,
    clock,
    log,
    nextSeq: () => seq,
    answers: (hub) => void answering.push(hub),
  })
  return {
    clock,
    clocks,
    log,
    answers,
    answering,
    made: (count: number) => void (seq += count),
    settle: async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 100) {
        await new Promise((resolve) => setImmediate(resolve))
        pass(clock, hubClock, 100)
      }
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

function pass(one: TestClock, other: TestClock, ms: number): void {
  one.pass(ms)
  other.pass(ms)
}

test('[CK1] [CK2] the offset of a hub is known with its bound as soon as the hub answers', async () => {
  const { clocks, answers, settle } = rig({ aheadMs: 90_000, tookMs: 40 })
  await settle(3_000)
  expect(clocks.reading('hub-a')).toBeUndefined()
  answers()
  await settle(2_000)
  const reading = clocks.reading('hub-a')
  expect(reading?.errorMs).toBe(21)
  expect(Math.abs((reading?.offsetMs ?? 0) - 90_000)).toBeLessThanOrEqual(21)
  clocks.close()
})

test('[CK2] it is measured again every half minute', async () => {
  const { clocks, answers, settle } = rig()
  answers()
  await settle(29_000)
  expect(clocks.reading('hub-a')?.ageMs).toBeGreaterThan(27_000)
  await settle(2_000)
  expect(clocks.reading('hub-a')?.ageMs).toBeLessThan(2_000)
  clocks.close()
})

test('[CK3] [CK4] [CK5] when our clock is set, what is known is void and measured again; older results are read by the new offset', async () => {
  const { clock, clocks, answers, made, settle, log } = rig({ aheadMs: 500 })
  answers()
  await settle(1_000)
  made(10)
  clock.step(3_600_000)
  expect(clocks.reading('hub-a')).toBeUndefined()
  await settle(1_500)
  expect(clocks.reading('hub-a')?.offsetMs).toBe(500 - 3_600_000)
  const older = { ...resultOf(10), boot: 'this-boot' }
  const newer = { ...resultOf(11), boot: 'this-boot' }
  const foreign = { ...resultOf(3), boot: 'an-earlier-boot' }
  const [moved, ...others] = clocks.inPresentTime([older, newer, foreign])
  expect((moved?.finishedAt ?? 0) - older.finishedAt).toBe(3_600_000)
  expect((moved?.dueAt ?? 0) - older.dueAt).toBe(3_600_000)
  expect(others).toEqual([newer, foreign])
  expect(log.warnings.map(({ message }) => message)).toEqual([
    "this machine's clock was set: it is measured again",
  ])
  clocks.close()
})
