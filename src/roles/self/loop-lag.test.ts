import { expect, test } from 'vitest'
import { systemClock } from '../../adapters/system/clock.ts'
import type { Clock } from '../../base/clock.ts'
import { createTestClock } from '../../../test/test-clock.ts'
import { watchLoopLag } from './loop-lag.ts'

test('a loop that is blocked is seen', async () => {
  const lag = watchLoopLag(systemClock)
  await systemClock.sleep(20)
  const until = performance.now() + 800
  while (performance.now() < until);
  await systemClock.sleep(0)
  expect(lag.worstMs).toBeGreaterThan(200)
  lag.close()
})

test('what was long ago is forgotten', () => {
  const clock = createTestClock()
  let lateMs = 0
  const late: Clock = { ...clock, timer: (ms, run) => clock.timer(ms + lateMs, run) }
  const lag = watchLoopLag(late)
  clock.pass(5_000)
  expect(lag.worstMs).toBe(0)
  lateMs = 700
  clock.pass(2_000)
  lateMs = 0
  clock.pass(20_000)
  expect(lag.worstMs).toBe(700)
  clock.pass(60_000)
  expect(lag.worstMs).toBe(0)
  lag.close()
})
