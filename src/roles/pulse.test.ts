import { expect, test } from 'vitest'
import { createTestClock } from '../../test/test-clock.ts'
import { createTestLog } from '../../test/test-log.ts'
import type { Pulse } from '../adapters/system/watchdog-line.ts'
import { startPulse } from './pulse.ts'

test('[WD3] [WD4] a pulse every second, with the part that is stuck; none of a program that ends', () => {
  const clock = createTestClock()
  const log = createTestLog()
  const sent: Pulse[] = []
  const pulse = startPulse({ send: (one) => void sent.push(one), clock, log })
  clock.pass(2_000)
  expect(sent.splice(0)).toEqual(Array.from({ length: 3 }, () => ({ phase: 'starting' })))
  let isWell = true
  pulse.running([
    { name: 'well', isMakingProgress: () => true },
    { name: 'intake', isMakingProgress: () => isWell },
  ])
  clock.pass(1_000)
  expect(sent.splice(0)).toEqual([{ phase: 'running' }, { phase: 'running' }])
  isWell = false
  clock.pass(3_000)
  expect(sent.splice(0)).toEqual(
    Array.from({ length: 3 }, () => ({ phase: 'running', stuck: 'intake' })),
  )
  expect(log.errors).toEqual([{ message: 'a part makes no progress', fields: { part: 'intake' } }])
  pulse.stopping()
  clock.pass(1_000)
  expect(sent.splice(0)).toEqual([{ phase: 'stopping' }])
  pulse.close()
  clock.pass(5_000)
  expect(sent).toEqual([])
})
