import { describe, expect, test } from 'vitest'
import { fleetOf } from '../../test/fleet-of.ts'
import { resultOf } from '../../test/result-of.ts'
import { instant } from '../base/instant.ts'
import { hostCheckId, serviceCheckId, type CheckId } from '../domain/check-id.ts'
import type { CheckOutcome } from '../domain/check-result.ts'
import { DEFAULT_DECISION } from './decision/decide.ts'
import { decisionTopologyOf } from './decision/fleet-topology.ts'
import { createFleetIndex } from './fleet-index.ts'
import { createHubCore } from './hub-core.ts'
import { SharedVerdicts } from './shared-verdicts.ts'
import { NAGIOS_PASSIVE_HOSTS } from './state/host-transition.ts'
import type { ObjectRecord } from './state/record.ts'
import type { Step } from './step.ts'
import { createWatermarks } from './watermarks.ts'

const START = 1_700_000_000_000
const OBSERVERS = ['east', 'north', 'west']
const observers = { 'host-0': OBSERVERS, 'host-1': OBSERVERS }
const fleet = fleetOf({
  hosts: 3,
  servicesPerHost: 2,
  observers,
  clusters: { 'host-2': 'east' },
  parents: { 'host-2': ['host-0'] },
  check: { intervalMs: 60_000, timeoutMs: 10_000 },
})
const http = serviceCheckId('host-0', 'service-0')
const OK: CheckOutcome = {
  kind: 'exited',
  code: 0,
  output: 'fine',
  longOutput: '',
  perfdata: 'time=5ms',
}
const REFUSED: CheckOutcome = { ...OK, code: 2, output: 'refused', perfdata: '' }
const WARNING: CheckOutcome = { ...OK, code: 1, output: 'slow' }
const SILENT: CheckOutcome = { kind: 'timed-out', afterMs: 10_000, output: '(timed out)' }
const BLIND: CheckOutcome = { ...OK, code: 3, output: 'no resolver' }

function hub(restored: readonly ObjectRecord[] = [], isOn: (at: number) => boolean = () => true) {
  const index = createFleetIndex(fleet, instant(START), (_, at) => isOn(at - START))
  index.restore(restored, instant(START))
  const shared = new SharedVerdicts(decisionTopologyOf(fleet), { confirm: false })
  const watermarks = createWatermarks([])
  const core = createHubCore({
    index,
    watermarks,
    shared,
    decision: DEFAULT_DECISION,
    passiveHosts: NAGIOS_PASSIVE_HOSTS,
  })
  const seqs = new Map<string, number>()
  return {
    index,
    shared,
    core,
    /** A result of an observer that began `atMs` after the start and takes a moment. */
    see(
      observer: string,
      outcome: CheckOutcome,
      atMs: number,
      id: CheckId = http,
      tookMs = 100,
    ): Step {
      const collector = `${observer}.c1`
      const seq = (seqs.get(collector) ?? 0) + 1
      seqs.set(collector, seq)
      const startedAt = instant(START + atMs)
      const finishedAt = instant(START + atMs + tookMs)
      const result = {
        ...resultOf(seq),
        collector,
        checkId: id,
        outcome,
        startedAt,
        finishedAt,
        dueAt: startedAt,
      }
      return core.step(
        { collector, results: [result], lost: [], isSetAside: false },
        instant(START + atMs + 100),
      )
    },
    tick: (atMs: number): Step => core.tick(instant(START + atMs)),
    record: (id: CheckId = http): ObjectRecord => {
      const record = index.get(id)?.record
      if (record === undefined) throw new Error(`${id} is not monitored`)
      return record
    },
  }
}

/** All observers see that all checks are fine. */
function calmHub(one = hub()) {
  for (const [index, observer] of OBSERVERS.entries())
    for (const object of one.index.all())
      if (one.shared.has(object.object.id)) one.see(observer, OK, index * 1_000, object.object.id)
  return one
}

describe('results of several observers', () => {
  test('[SV1, SV2, SV3] go to the history with what was made of them, refresh the row, and have lines of their own', () => {
    const one = calmHub()
    const { effects } = one.see('east', SILENT, 20_000)
    expect(effects.history).toMatchObject([{ verdict: 'penalised', isShared: true }])
    expect(one.record()).toMatchObject({ output: '(timed out)', lastResultAt: START + 20_100 })
    expect(one.see('north', OK, 21_000).effects.history).toMatchObject([{ verdict: 'counted' }])
    expect(one.see('north', BLIND, 22_000).effects.history).toMatchObject([{ verdict: 'no-vote' }])
    const late = one.see('north', OK, 10_000)
    expect(late.effects.history).toMatchObject([{ verdict: 'late', isShared: true }])
    expect(late.effects.samples[0]?.perfdata[0]?.label).toBe('time @north')
    const again = one.see('north', OK, 10_000)
    expect(again.effects).toMatchObject({ history: [{ verdict: 'duplicate' }], samples: [] })
    expect(again.tally).toMatchObject({ duplicate: 1, late: 0, counted: 0 })
    expect(one.record().lastResultAt).toBe(START + 22_100)
  })

  test('[SV4] of checks with one observer go the ordinary way, those of clusters that do not observe the host nowhere', () => {
    const one = calmHub()
    expect(one.see('south', REFUSED, 30_000).effects.history).toEqual([])
    const plain = serviceCheckId('host-2', 'service-0')
    one.see('east', REFUSED, 30_000, plain)
    expect(one.record(plain)).toMatchObject({ state: 'critical', type: 'soft' })
    expect(one.record(plain).verdict).toBeUndefined()
  })
})

describe('verdicts and states', () => {
  test('[SV7, SV11] a confirmed failure is hard at once, with a receipt; OKs of two sites recover from it', () => {
    const one = calmHub()
    one.see('east', REFUSED, 20_000)
    const { effects } = one.see('north', REFUSED, 21_000)
    expect(one.record()).toMatchObject({
      state: 'critical',
      type: 'hard',
      output: 'refused',
      verdict: { kind: 'down', cause: { scope: 'service', name: http } },
    })
    expect(effects.changes).toMatchObject([{ from: 'critical', to: 'critical', type: 'hard' }])
    expect(effects.receipts).toMatchObject([{ checkId: http, from: 'suspect', kind: 'down' }])
    expect(effects.receipts?.[0]?.sentence).toMatch(/^DOWN: 2 fresh witnesses from 2 sites fail/)
    one.see('west', REFUSED, 22_000)
    one.see('east', OK, 30_000)
    expect(one.record().verdict?.kind).toBe('recovering')
    expect(one.record().state).toBe('critical')
    const back = one.see('north', OK, 31_000)
    expect(one.record()).toMatchObject({ state: 'ok', type: 'hard', verdict: { kind: 'up' } })
    expect(back.effects.changes).toMatchObject([{ to: 'ok', type: 'hard' }])
  })

  test('[SV7] it is a warning when nobody saw more', () => {
    const one = calmHub()
    one.see('east', WARNING, 20_000)
    one.see('north', WARNING, 21_000)
    expect(one.record()).toMatchObject({ state: 'warning', type: 'hard' })
  })

  test('[SV7] it gets worse and better with what is seen, and no further receipt', () => {
    const one = calmHub()
    for (const [index, observer] of OBSERVERS.entries()) one.see(observer, WARNING, 20_000 + index)
    const worse = one.see('east', REFUSED, 30_000)
    expect(one.record()).toMatchObject({ state: 'critical', type: 'hard', output: 'refused' })
    expect(worse.effects).toMatchObject({
      changes: [{ from: 'warning', to: 'critical', type: 'hard' }],
      receipts: [],
    })
    expect(one.see('north', REFUSED, 31_000).effects.changes).toEqual([])
    one.see('north', WARNING, 40_000)
    expect(one.record().state).toBe('critical')
    one.see('east', WARNING, 41_000)
    expect(one.record()).toMatchObject({ state: 'warning', type: 'hard' })
  })

  test('[SV7] what an observer saw long ago does not make it worse', () => {
    const one = calmHub()
    one.see('west', REFUSED, 20_000)
    one.see('east', OK, 21_000)
    one.see('north', OK, 22_000)
    for (const observer of ['east', 'north']) one.see(observer, WARNING, 600_000)
    expect(one.record()).toMatchObject({ state: 'warning', verdict: { kind: 'down' } })
  })

  test('[SV2] an end far ahead of now is not believed', () => {
    const one = calmHub()
    const { effects } = one.see('east', OK, 20_000, http, 3_600_000)
    expect(effects.history).toMatchObject([{ verdict: 'clock-suspect' }])
    expect(one.record().lastResultAt).toBeLessThan(START + 20_000)
  })

  test('[SV9] what nobody looks at outside of its time period stays as it was', () => {
    const services = new Map(
      [...fleet.services].map(([id, one]) => [
        id,
        { ...one, check: { ...one.check, period: 'work' } },
      ]),
    )
    const one = calmHub(hub([], (at) => at < 60_000))
    one.index.applyFleet({ ...fleet, services }, instant(START + 10_000))
    one.tick(900_000)
    expect(one.record()).toMatchObject({ state: 'ok', verdict: { kind: 'up' } })
    expect(one.record(hostCheckId('host-0')).verdict?.kind).toBe('unknown')
  })

  test('[SV8] one failure is a soft problem, and an OK of another ends it', () => {
    const one = calmHub()
    const first = one.see('east', REFUSED, 20_000)
    expect(one.record()).toMatchObject({
      state: 'critical',
      type: 'soft',
      verdict: { kind: 'suspect' },
    })
    expect(first.effects.changes).toMatchObject([{ from: 'ok', to: 'critical', type: 'soft' }])
    one.see('north', OK, 21_000)
    one.see('west', OK, 22_000)
    expect(one.record()).toMatchObject({ state: 'ok', verdict: { kind: 'up' } })
  })

  test('[SV5] silence of a host grows into its verdict with all its services at once', () => {
    const one = calmHub()
    const ids = [hostCheckId('host-0'), http, serviceCheckId('host-0', 'service-1')]
    for (const [index, observer] of OBSERVERS.entries())
      for (const id of ids) one.see(observer, SILENT, 60_000 + index * 1_000, id)
    one.tick(64_000)
    for (const id of ids)
      expect(one.record(id).verdict).toMatchObject({
        kind: 'down',
        cause: { scope: 'host', name: 'host-0' },
      })
    expect(one.record(hostCheckId('host-0'))).toMatchObject({ state: 'down', type: 'hard' })
    expect(one.record(http).output).toMatch(/^DOWN with host host-0/)
  })

  test('[SV9] nobody can look: a service is unknown, a host stays as it was', () => {
    const one = calmHub()
    for (const [index, observer] of OBSERVERS.entries()) {
      one.see(observer, BLIND, 20_000 + index, http)
      one.see(observer, BLIND, 20_000 + index, hostCheckId('host-0'))
    }
    expect(one.record()).toMatchObject({ state: 'unknown', verdict: { kind: 'unknown' } })
    expect(one.record(hostCheckId('host-0'))).toMatchObject({ state: 'up' })
  })

  test('[SV10] what hangs on a suspected host is not unreachable', () => {
    const one = calmHub()
    one.see('east', SILENT, 20_000, hostCheckId('host-0'))
    expect(one.record(hostCheckId('host-0'))).toMatchObject({ state: 'down', type: 'soft' })
    one.see('east', REFUSED, 21_000, hostCheckId('host-2'))
    expect(one.record(hostCheckId('host-2')).state).toBe('down')
  })
})

test('[SV6] after a restart what stands is not said again, and what differs now is', () => {
  const before = calmHub()
  before.see('east', REFUSED, 20_000)
  before.see('north', REFUSED, 21_000)
  before.see('west', REFUSED, 22_000)
  const rows = OBSERVERS.map((observer, index) => ({
    checkId: http,
    collector: `${observer}.c1`,
    startedAt: instant(START + 20_000 + index * 1_000),
    state: 'critical' as const,
    output: 'refused',
    isProbe: false,
  }))
  const same = hub([before.record()])
  same.shared.remember(rows, instant(START + 23_000))
  expect(same.tick(23_000).effects).toMatchObject({ changes: [], receipts: [] })
  expect(same.record()).toEqual(before.record())
  const other = hub([before.record()])
  const oks = rows.map((row) => ({ ...row, state: 'ok' as const, output: 'fine' }))
  other.shared.remember(oks, instant(START + 23_000))
  expect(other.tick(23_000).effects.changes).toMatchObject([{ to: 'ok' }])
})
