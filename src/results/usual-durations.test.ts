import { expect, test } from 'vitest'
import { hostCheckId } from '../domain/check-id.ts'
import { UsualDurations } from './usual-durations.ts'

const WEB = hostCheckId('web')

test('[SV12] a slow run is remembered at once, and forgotten little by little', () => {
  const usual = new UsualDurations()
  usual.note(WEB, 40)
  expect(usual.patienceMs(WEB)).toBe(0)
  usual.note(WEB, 4_000)
  expect(usual.patienceMs(WEB)).toBe(8_000)
  usual.note(WEB, 800)
  expect(usual.patienceMs(WEB)).toBe(7_200)
  for (let run = 0; run < 60; run++) usual.note(WEB, 40)
  expect(usual.patienceMs(WEB)).toBe(0)
})

test('[SV12] of what is monitored no more nothing is kept', () => {
  const usual = new UsualDurations()
  usual.note(WEB, 4_000)
  usual.keepOnly(() => false)
  expect(usual.patienceMs(WEB)).toBe(0)
})
