import { expect, test } from 'vitest'
import { instant } from '../../base/instant.ts'
import { hostCheckId } from '../../domain/check-id.ts'
import type { CheckOutcome } from '../../domain/check-result.ts'
import { DEFAULT_FLAPPING } from '../../domain/fleet.ts'
import type { HostState, ReturnCode } from '../../domain/state-names.ts'
import { NAGIOS_PASSIVE_HOSTS, nextHostRecord, type PassiveHostPolicy } from './host-transition.ts'
import { hostStateOfOutcome } from './observation.ts'
import { reachability, type KnownState } from './reachability.ts'
import { pendingRecord } from './transition.ts'

function host(passive: PassiveHostPolicy = NAGIOS_PASSIVE_HOSTS) {
  let record = pendingRecord(hostCheckId('web'))
  let seconds = 0
  let parents: readonly KnownState[] = []
  const observe = (state: HostState, isPassive: boolean) => {
    const step = nextHostRecord(
      record,
      {
        state,
        isPassive,
        at: instant(++seconds * 1000),
        output: 'text',
        longOutput: '',
        perfdata: '',
        executionMs: 1,
        latencyMs: 2,
      },
      { maxAttempts: 3, isVolatile: false, flapping: DEFAULT_FLAPPING },
      { parents, passive },
    )
    record = step.record
    const { change } = step
    return [
      `${record.state} ${record.type} ${record.attempt}`,
      change && `${change.to} ${change.type} ${change.attempt}`,
    ]
  }
  return {
    parentsAre(states: readonly KnownState[]) {
      parents = states
    },
    sees: (state: HostState) => observe(state, false),
    hears: (state: HostState) => observe(state, true),
  }
}

test('[SM20] a host is down hard after its attempts, and every soft one is logged', () => {
  const web = host()
  expect(web.sees('up')).toEqual(['up hard 1', undefined])
  expect(web.sees('down')).toEqual(['down soft 1', 'down soft 1'])
  expect(web.sees('down')).toEqual(['down soft 2', 'down soft 2'])
  expect(web.sees('down')).toEqual(['down hard 3', 'down hard 3'])
  expect(web.sees('down')).toEqual(['down hard 3', undefined])
  expect(web.sees('up')).toEqual(['up hard 1', 'up hard 1'])
})

test('[SM21] plugins and passive senders speak different codes', () => {
  const exited = (code: ReturnCode): CheckOutcome => ({
    kind: 'exited',
    code,
    output: '',
    longOutput: '',
    perfdata: '',
  })
  const codes: ReturnCode[] = [0, 1, 2, 3]
  expect(codes.map((code) => hostStateOfOutcome(exited(code), false))).toEqual([
    'up',
    'up',
    'down',
    'down',
  ])
  expect(codes.map((code) => hostStateOfOutcome(exited(code), true))).toEqual([
    'up',
    'down',
    'unreachable',
    'down',
  ])
  expect(hostStateOfOutcome({ kind: 'timed-out', afterMs: 1, output: '' }, false)).toBe('down')
})

test('[SM22] behind parents of which none is up a host is unreachable', () => {
  expect(reachability([])).toBe('down')
  expect(reachability(['down', 'up'])).toBe('down')
  expect(reachability(['down', 'pending'])).toBe('down')
  expect(reachability(['down', 'unreachable'])).toBe('unreachable')
  const web = host()
  web.parentsAre(['down'])
  for (let i = 0; i < 3; i++) web.sees('down')
  expect(web.sees('down')).toEqual(['unreachable hard 3', undefined])
  web.parentsAre(['up'])
  expect(web.sees('down')).toEqual(['down hard 3', 'down hard 3'])
})

test('[SM23] a host that recovers softly stays soft until its next result', () => {
  const web = host()
  web.sees('down')
  expect(web.sees('up')).toEqual(['up soft 1', 'up soft 1'])
  expect(web.sees('up')).toEqual(['up hard 1', undefined])
})

test('[SM25] a submitted result is hard at once, unless it is told to be soft', () => {
  const web = host()
  expect(web.hears('down')).toEqual(['down hard 1', 'down hard 1'])
  expect(web.hears('down')).toEqual(['down hard 1', undefined])
  expect(web.hears('up')).toEqual(['up hard 1', 'up hard 1'])
  expect(host({ areSoft: true, areTranslated: false }).hears('down')[0]).toBe('down soft 1')
})

test('[SM26] a submitted down is believed, unless translation is on', () => {
  const web = host()
  web.parentsAre(['down'])
  expect(web.hears('down')[0]).toBe('down hard 1')
  expect(web.hears('unreachable')[0]).toBe('unreachable hard 1')
  const translated = host({ areSoft: false, areTranslated: true })
  translated.parentsAre(['down'])
  expect(translated.hears('down')[0]).toBe('unreachable hard 1')
})
