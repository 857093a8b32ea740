import { expect, test } from 'vitest'
import { fleetOf } from '../../test/fleet-of.ts'
import { resultOf } from '../../test/result-of.ts'
import { instant } from '../base/instant.ts'
import { serviceCheckId, type CheckId } from '../domain/check-id.ts'
import type { CheckOutcome } from '../domain/check-result.ts'
import { DEFAULT_DECISION } from './decision/decide.ts'
import { decisionTopologyOf } from './decision/fleet-topology.ts'
import { createFleetIndex } from './fleet-index.ts'
import { createHubCore } from './hub-core.ts'
import { SharedVerdicts } from './shared-verdicts.ts'
import { NAGIOS_PASSIVE_HOSTS } from './state/host-transition.ts'
import type { Step } from './step.ts'
import { createWatermarks } from './watermarks.ts'

const START = 1_700_000_000_000
const OBSERVERS = ['east', 'north', 'west']
const OK: CheckOutcome = { kind: 'exited', code: 0, output: '', longOutput: '', perfdata: '' }
const REFUSED: CheckOutcome = { ...OK, code: 2, output: 'refused' }
const BLIND: CheckOutcome = { ...OK, code: 3 }
const SILENT: CheckOutcome = { kind: 'timed-out', afterMs: 10_000, output: '' }
const http = serviceCheckId('host-0', 'service-0')
const alone = serviceCheckId('host-1', 'service-0')
const size = { hosts: 2, servicesPerHost: 1, check: { intervalMs: 60_000, timeoutMs: 10_000 } }
const fleet = fleetOf({ ...size, observers: { 'host-0': OBSERVERS } })

function hub() {
  const index = createFleetIndex(fleet, instant(START))
  const shared = new SharedVerdicts(decisionTopologyOf(fleet), { confirm: false })
  const core = createHubCore({
    index,
    shared,
    watermarks: createWatermarks([]),
    decision: DEFAULT_DECISION,
    passiveHosts: NAGIOS_PASSIVE_HOSTS,
  })
  let seq = 0
  const see = (observer: string, outcome: CheckOutcome, atMs: number, id: CheckId = http): Step => {
    const collector = `${observer}.c1`
    const [startedAt, finishedAt] = [instant(START + atMs), instant(START + atMs + 100)]
    const times = { startedAt, finishedAt, dueAt: startedAt }
    const result = { ...resultOf(++seq), collector, checkId: id, outcome, ...times }
    return core.step({ collector, results: [result], lost: [], isSetAside: false }, finishedAt)
  }
  return { index, shared, see, tick: (atMs: number): Step => core.tick(instant(START + atMs)) }
}

test('[RR1, RR2] the letters follow each batch; one observer has none', () => {
  const { index, see } = hub()
  see('east', OK, 0)
  const { event } = see('north', SILENT, 1_000)
  expect(event?.changed.map(({ seenBy }) => seenBy)).toEqual([
    { observers: OBSERVERS, marks: 'ot-' },
  ])
  see('west', BLIND, 2_000)
  see('east', REFUSED, 3_000)
  expect(index.get(http)?.seenBy?.marks).toBe('ftu')
  see('default', OK, 4_000, alone)
  expect(index.get(alone)?.seenBy).toBeNull()
})

test('[RR1, RR3] silence and age change them without a result, and nothing is stored for it', () => {
  const { index, see, tick } = hub()
  for (const observer of OBSERVERS) see(observer, OK, 0)
  tick(1_000)
  expect(index.get(http)?.seenBy?.marks).toBe('ooo')
  const steps = Array.from({ length: 200 }, (_, seconds) => tick((seconds + 2) * 1_000))
  for (const mark of index.get(http)?.seenBy?.marks ?? 'none') expect(['-', 'x']).toContain(mark)
  const told = steps.flatMap(({ event, effects }) =>
    (event?.changed ?? []).filter(({ record }) => !effects.records.includes(record)),
  )
  expect(told.map(({ object }) => object.id)).toContain(http)
})

test('[RR4] a host that has one observer again has no letters after the next tick', () => {
  const { index, shared, see, tick } = hub()
  for (const observer of OBSERVERS) see(observer, OK, 0)
  tick(1_000)
  const other = fleetOf(size)
  index.applyFleet(other, instant(START + 2_000))
  shared.follow(decisionTopologyOf(other), instant(START + 2_000))
  const { event, effects } = tick(2_000)
  expect(index.get(http)?.seenBy).toBeNull()
  expect(event?.changed.map(({ object }) => object.id)).toContain(http)
  expect(effects.records).toEqual([])
})
