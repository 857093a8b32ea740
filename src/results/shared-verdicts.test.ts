import { expect, test } from 'vitest'
import { fleetOf } from '../../test/fleet-of.ts'
import { resultOf } from '../../test/result-of.ts'
import { instant } from '../base/instant.ts'
import { serviceCheckId } from '../domain/check-id.ts'
import { decisionTopologyOf } from './decision/fleet-topology.ts'
import { SharedVerdicts } from './shared-verdicts.ts'

const START = 1_700_000_000_000
const OBSERVERS = ['east', 'north', 'west']
const fleet = fleetOf({
  hosts: 1,
  servicesPerHost: 1,
  observers: { 'host-0': OBSERVERS },
  check: { intervalMs: 60_000, timeoutMs: 12_000 },
})
const http = serviceCheckId('host-0', 'service-0')

/** A check of which each observer has said OK after so long. */
function answering(tookMs: number): SharedVerdicts {
  const shared = new SharedVerdicts(decisionTopologyOf(fleet), {})
  for (const [place, observer] of OBSERVERS.entries()) {
    const startedAt = instant(START + place * 2_000)
    const finishedAt = instant(startedAt + tookMs)
    const collector = `${observer}.c1`
    const outcome = { kind: 'exited', code: 0, output: '', longOutput: '', perfdata: '' } as const
    shared.take(
      { ...resultOf(place + 1), collector, checkId: http, outcome, startedAt, finishedAt },
      finishedAt,
    )
  }
  return shared
}

/** How long the asked ones wait, when a run of an observer that began at 15 s has no answer after so long. */
function timeoutsAfter(shared: SharedVerdicts, waitedMs: number): readonly number[] {
  const startedAt = instant(START + 15_000)
  shared.hint('east.c1', http, startedAt, instant(startedAt + waitedMs))
  const ofIt = shared.drainInquiries().filter(({ checkId }) => checkId === http)
  return ofIt.map(({ timeoutMs }) => timeoutMs)
}

test('[SV12] [AK8] a run without an answer makes others be asked', () => {
  expect(timeoutsAfter(answering(40), 3_000)).toEqual([5_000, 5_000])
})

test('[SV12] a run that is only as slow as ever does not; those who are asked later wait for it', () => {
  const slow = answering(4_000)
  expect(timeoutsAfter(slow, 3_000)).toEqual([])
  expect(timeoutsAfter(slow, 8_000)).toEqual([8_000, 8_000])
})

test('[SV12] nobody waits for longer than the timeout of the check', () => {
  expect(timeoutsAfter(answering(9_000), 18_000)).toEqual([12_000, 12_000])
})
