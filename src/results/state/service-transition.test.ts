import { expect, test } from 'vitest'
import { instant } from '../../base/instant.ts'
import { serviceCheckId } from '../../domain/check-id.ts'
import type { CheckOutcome } from '../../domain/check-result.ts'
import { DEFAULT_FLAPPING, type StatePolicy } from '../../domain/fleet.ts'
import type { ServiceState } from '../../domain/state-names.ts'
import { passiveReturnCode, serviceStateOfOutcome } from './observation.ts'
import { nextServiceRecord } from './service-transition.ts'
import { pendingRecord } from './transition.ts'

type Told = readonly [standing: string, alert: string | undefined]

/** A service under observation: each result tells the new standing and the line of the alert log, as 'critical soft 1'. */
function service(policy: Partial<StatePolicy> = {}) {
  let record = pendingRecord(serviceCheckId('web', 'http'))
  let seconds = 0
  let hostIsUp = true
  return {
    record: () => record,
    hostGoes(isUp: boolean) {
      hostIsUp = isUp
    },
    sees(state: ServiceState, output = 'text'): Told {
      const at = instant(++seconds * 1000)
      const step = nextServiceRecord(
        record,
        {
          state,
          isPassive: false,
          at,
          output,
          longOutput: '',
          perfdata: '',
          executionMs: 1,
          latencyMs: 2,
        },
        { maxAttempts: 3, isVolatile: false, flapping: DEFAULT_FLAPPING, ...policy },
        hostIsUp,
      )
      record = step.record
      const { change } = step
      return [
        `${record.state} ${record.type} ${record.attempt}`,
        change && `${change.to} ${change.type} ${change.attempt}`,
      ]
    },
  }
}

test('[SM1] the first OK changes nothing', () => {
  const http = service()
  expect(http.sees('ok')).toEqual(['ok hard 1', undefined])
  expect(http.record()).toMatchObject({
    lastResultAt: 1000,
    lastChangeAt: 1000,
    lastHardState: 'ok',
  })
})

test('[SM2, SM7] three results in a row that are no OK make a hard problem; repeating it is no news', () => {
  const http = service()
  expect(http.sees('warning')).toEqual(['warning soft 1', 'warning soft 1'])
  expect(http.sees('critical')).toEqual(['critical soft 2', 'critical soft 2'])
  expect(http.sees('critical')).toEqual(['critical hard 3', 'critical hard 3'])
  expect(http.sees('critical')).toEqual(['critical hard 3', undefined])
  expect(http.record()).toMatchObject({
    lastChangeAt: 2000,
    lastHardChangeAt: 3000,
    lastResultAt: 4000,
  })
})

test('[SM3] with one attempt every problem is hard at once', () => {
  expect(service({ maxAttempts: 1 }).sees('unknown')).toEqual(['unknown hard 1', 'unknown hard 1'])
})

test('[SM4] a soft recovery is logged with the next attempt and stands hard', () => {
  const http = service()
  http.sees('critical')
  expect(http.sees('ok')).toEqual(['ok hard 1', 'ok soft 2'])
})

test('[SM5] a hard recovery is logged with the attempts of its problem', () => {
  const http = service()
  for (let i = 0; i < 3; i++) http.sees('critical')
  expect(http.sees('ok')).toEqual(['ok hard 1', 'ok hard 3'])
})

test('[SM6] another severity while hard is a new hard state', () => {
  const http = service()
  for (let i = 0; i < 3; i++) http.sees('critical')
  expect(http.sees('warning')).toEqual(['warning hard 3', 'warning hard 3'])
  expect(http.record().lastHardState).toBe('warning')
})

test('[SM8] a volatile service tells of every hard problem', () => {
  const trap = service({ maxAttempts: 1, isVolatile: true })
  trap.sees('critical')
  expect(trap.sees('critical')).toEqual(['critical hard 1', 'critical hard 1'])
  trap.sees('ok')
  expect(trap.sees('ok')).toEqual(['ok hard 1', undefined])
})

test('[SM9] stalking logs another output within one state, in the chosen states', () => {
  const raid = service({ maxAttempts: 1, stalking: 'c' })
  expect(raid.sees('ok', 'fine')[1]).toBeUndefined()
  expect(raid.sees('ok', 'still fine')[1]).toBeUndefined()
  expect(raid.sees('critical', 'disk 1')[1]).toBe('critical hard 1')
  expect(raid.sees('critical', 'disk 1')[1]).toBeUndefined()
  expect(raid.sees('critical', 'disk 1 and 2')[1]).toBe('critical hard 1')
})

test('[SM10] while its host is down a service goes hard at once', () => {
  const http = service()
  http.sees('ok')
  http.hostGoes(false)
  expect(http.sees('critical')).toEqual(['critical hard 1', 'critical hard 1'])
  expect(http.sees('critical')).toEqual(['critical hard 1', undefined])
  http.hostGoes(true)
  expect(http.sees('ok')).toEqual(['ok hard 1', 'ok soft 1'])
})

test('[SM11] a service gets a fresh count once its host is up again', () => {
  const http = service()
  http.hostGoes(false)
  http.sees('critical')
  http.hostGoes(true)
  expect(http.sees('warning')).toEqual(['warning soft 1', 'warning soft 1'])
  http.hostGoes(false)
  expect(http.sees('critical')).toEqual(['critical soft 2', 'critical soft 2'])
  expect(http.record().hostWasDown).toBe(true)
  http.hostGoes(true)
  expect(http.sees('critical')).toEqual(['critical soft 2', 'critical soft 2'])
  expect(http.sees('critical')).toEqual(['critical hard 3', 'critical hard 3'])
})

test('[SM12] what a run says that told no state itself', () => {
  const notStarted = (
    reason: 'no-such-command' | 'not-executable' | 'executor-failed',
  ): CheckOutcome => ({
    kind: 'not-started',
    reason,
    output: '',
  })
  expect(serviceStateOfOutcome({ kind: 'timed-out', afterMs: 4000, output: '' })).toBe('critical')
  expect(serviceStateOfOutcome(notStarted('no-such-command'))).toBe('critical')
  expect(serviceStateOfOutcome(notStarted('not-executable'))).toBe('critical')
  expect(serviceStateOfOutcome(notStarted('executor-failed'))).toBe('unknown')
  expect([-1, 0, 1, 2, 3, 4, 126, 255].map(passiveReturnCode)).toEqual([3, 0, 1, 2, 3, 3, 3, 3])
})
