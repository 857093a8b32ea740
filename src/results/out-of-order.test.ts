import { fc, test as property } from '@fast-check/vitest'
import { expect } from 'vitest'
import { fleetOf } from '../../test/fleet-of.ts'
import { createRecordingStore } from '../../test/recording-store.ts'
import { resultOf } from '../../test/result-of.ts'
import { instant } from '../base/instant.ts'
import { serviceCheckId } from '../domain/check-id.ts'
import type { CheckResult } from '../domain/check-result.ts'
import { DEFAULT_DECISION } from './decision/decide.ts'
import { createFleetIndex } from './fleet-index.ts'
import { createHubCore } from './hub-core.ts'
import type { Effects } from './ports.ts'
import { NAGIOS_PASSIVE_HOSTS } from './state/host-transition.ts'
import { createWatermarks } from './watermarks.ts'

const NOW = instant(1_800_000_000_000)
const RESULTS = 40
const SERVICES = 3

const all = Array.from({ length: RESULTS }, (_, n) =>
  resultOf(n + 1, n % 5 === 0 ? 2 : 0, {
    checkId: serviceCheckId('host-0', `service-${n % SERVICES}`),
  }),
)

const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ from: fc.nat(RESULTS - 1), count: fc.nat(12) }) },
  { weight: 2, arbitrary: fc.constant('commit' as const) },
  { weight: 1, arbitrary: fc.constant('crash' as const) },
)

property.prop([fc.array(event, { maxLength: 40 })])(
  '[IN1] [IN13] in any order, doubled, and with crashes between: each result has its effect once, and the present is the newest',
  async (events) => {
    const store = createRecordingStore()
    const start = async () => {
      const index = createFleetIndex(fleetOf({ hosts: 1, servicesPerHost: SERVICES }), NOW)
      index.restore(await store.loadRecords(), NOW)
      const watermarks = createWatermarks(await store.loadWatermarks())
      const rules = { decision: DEFAULT_DECISION, passiveHosts: NAGIOS_PASSIVE_HOSTS }
      return { index, ...createHubCore({ index, watermarks, ...rules }) }
    }
    let hub = await start()
    let pending: Effects[] = []
    const commit = async (): Promise<void> => {
      for (const effects of pending.splice(0)) await store.commit(effects)
    }
    const arrive = (results: readonly CheckResult[]): void => {
      const arrival = { collector: 'collector-0', results, lost: [], isSetAside: false }
      pending.push(hub.step(arrival, NOW).effects)
    }
    for (const what of events) {
      if (what === 'commit') await commit()
      else if (what === 'crash') {
        pending = []
        hub = await start()
      } else arrive(all.slice(what.from, what.from + what.count))
    }
    await commit()
    arrive(all)
    await commit()
    expect(store.history.size).toBe(RESULTS)
    expect([...store.marks.values()]).toMatchObject([{ seq: RESULTS, beyond: [] }])
    for (const newest of all.slice(-SERVICES)) {
      const state =
        newest.outcome.kind === 'exited' && newest.outcome.code === 2 ? 'critical' : 'ok'
      expect(store.records.get(newest.checkId)).toMatchObject({
        state,
        lastResultAt: newest.finishedAt,
      })
      expect(hub.index.get(newest.checkId)?.record).toEqual(store.records.get(newest.checkId))
    }
  },
)
