import { fc } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { fleetOf } from '../../test/fleet-of.ts'
import { createRecordingStore, type RecordingStore } from '../../test/recording-store.ts'
import { resultOf } from '../../test/result-of.ts'
import { instant } from '../base/instant.ts'
import { hostCheckId, serviceCheckId } from '../domain/check-id.ts'
import type { CheckResult } from '../domain/check-result.ts'
import { DEFAULT_CLUSTER } from '../domain/cluster.ts'
import type { ReturnCode } from '../domain/state-names.ts'
import { DEFAULT_DECISION } from './decision/decide.ts'
import { createFleetIndex } from './fleet-index.ts'
import { createHubCore, type Arrival } from './hub-core.ts'
import type { Step } from './step.ts'
import { mergeEffects } from './merge-effects.ts'
import { NAGIOS_PASSIVE_HOSTS } from './state/host-transition.ts'
import { createWatermarks, gapsOf } from './watermarks.ts'

const start = 1_700_000_000_000
const now = instant(start + 1_000_000)
const fleet = fleetOf({ hosts: 2, servicesPerHost: 2, parents: { 'host-1': ['host-0'] } })
const http = serviceCheckId('host-0', 'service-0')

/** A hub without loop: the core, an index and what a store holds. */
async function hub(store: RecordingStore = createRecordingStore()) {
  const index = createFleetIndex(fleet, now)
  index.restore(await store.loadRecords(), now)
  const watermarks = createWatermarks(await store.loadWatermarks())
  const core = createHubCore({
    index,
    watermarks,
    decision: DEFAULT_DECISION,
    passiveHosts: NAGIOS_PASSIVE_HOSTS,
  })
  return {
    index,
    /** Of a sender in order, which says nothing of what it skips. */
    step: (...results: CheckResult[]): Step => {
      const lost = gapsOf(watermarks, { results })
      const collector = results[0]?.collector ?? ''
      return core.step({ collector, results, lost, isSetAside: false }, now)
    },
    arrive: (
      results: readonly CheckResult[],
      more: Partial<Pick<Arrival, 'lost' | 'isSetAside'>> = {},
    ): Step =>
      core.step({ collector: 'collector-0', results, lost: [], isSetAside: false, ...more }, now),
    stateOf: (id = http) => index.get(id)?.record.state,
  }
}

test('[IN18] results of checks that another cluster observes move nothing', async () => {
  const { step, stateOf } = await hub()
  const of = (collector: string, seq: number) => resultOf(seq, 2, { collector })
  const { tally, effects } = step(of('elsewhere.c1', 1))
  expect(tally).toMatchObject({ counted: 0, notObserved: 1 })
  expect(effects.history).toEqual([])
  // It is taken all the same: it shall not come again.
  expect(effects.watermarks).toMatchObject([{ collector: 'elsewhere.c1', seq: 1 }])
  expect(stateOf()).toBe('pending')
  expect(step(of(`${DEFAULT_CLUSTER}.c1`, 1)).tally).toMatchObject({ counted: 1, notObserved: 0 })
})

test('[IN1] a number at or below the mark changes nothing', async () => {
  const { step, stateOf } = await hub()
  step(resultOf(1), resultOf(2, 2))
  const again = step(resultOf(1), resultOf(2, 0))
  expect(again.tally).toMatchObject({ counted: 0, duplicate: 2 })
  expect(again.effects).toEqual({
    history: [],
    samples: [],
    receipts: [],
    incidents: [],
    records: [],
    changes: [],
    watermarks: [],
  })
  expect(again.event).toBeUndefined()
  expect(again.repeated.map(({ boot, taken }) => [boot, taken.upTo])).toEqual([['boot-0', 2]])
  expect(stateOf()).toBe('critical')
})

test('[IN1] each boot of a collector counts for itself', async () => {
  const { step } = await hub()
  step(resultOf(7))
  const { tally, effects } = step(resultOf(1, 0, { boot: 'boot-1', finishedAt: now }))
  expect(tally.counted).toBe(1)
  expect(effects.watermarks).toMatchObject([{ boot: 'boot-1', seq: 1 }])
})

test('[IN2] skipped numbers are counted', async () => {
  const { step } = await hub()
  expect(step(resultOf(3), resultOf(4), resultOf(10)).tally).toMatchObject({
    counted: 3,
    missing: 7,
  })
})

test('[IN3] a result of an unknown check is acknowledged and kept nowhere', async () => {
  const { step } = await hub()
  const { effects, tally } = step(resultOf(1, 2, { checkId: serviceCheckId('gone', 'x') }))
  expect(tally).toMatchObject({ unknownCheck: 1, counted: 0 })
  expect(effects).toMatchObject({ history: [], records: [], watermarks: [{ seq: 1 }] })
})

test('[IN6, LI6] a batch leaves one record and one line of the event per object, and every change', async () => {
  const { step } = await hub()
  const { effects, event } = step(resultOf(1, 2), resultOf(2, 2), resultOf(3, 2))
  expect(effects.history.map(({ verdict }) => verdict)).toEqual(['counted', 'counted', 'counted'])
  expect(effects.records).toMatchObject([
    { checkId: http, state: 'critical', type: 'hard', attempt: 3 },
  ])
  expect(effects.changes.map(({ type, attempt }) => [type, attempt])).toEqual([
    ['soft', 1],
    ['soft', 2],
    ['hard', 3],
  ])
  expect(event?.changed.map(({ object }) => object.id)).toEqual([http])
  expect(event?.changes).toEqual(effects.changes)
})

test('[IN12] the series takes a bounded number of values from one result', async () => {
  const { step } = await hub()
  const perfdata = Array.from({ length: 10_000 }, (_, n) => `v${n}=${n}`).join(' ')
  const outcome = { kind: 'exited', code: 0, output: 'o', longOutput: '', perfdata } as const
  const [sample] = step(resultOf(1, 0, { outcome })).effects.samples
  expect(sample?.perfdata).toHaveLength(2_048)
  expect(sample?.perfdata.at(-1)).toMatchObject({ label: 'v2047', value: 2047 })
})

test('[DE4] a late result goes to history and series, and leaves the present alone', async () => {
  const { step, index } = await hub()
  step(resultOf(5, 2))
  const before = index.get(http)?.record
  const perfdata = { kind: 'exited', code: 0, output: '', longOutput: '', perfdata: 'a=1' } as const
  const { effects, event } = step(resultOf(6, 0, { finishedAt: instant(start), outcome: perfdata }))
  expect(effects.history).toMatchObject([{ verdict: 'late' }])
  expect(effects.samples).toMatchObject([
    { checkId: http, at: start, perfdata: [{ label: 'a', value: 1 }] },
  ])
  expect(effects.records).toEqual([])
  expect(event).toBeUndefined()
  expect(index.get(http)?.record).toBe(before)
})

test('[DE1] a result from the future goes to history only', async () => {
  const { step, stateOf } = await hub()
  const { effects } = step(resultOf(1, 2, { finishedAt: instant(now + 60_000) }))
  expect(effects).toMatchObject({
    history: [{ verdict: 'clock-suspect' }],
    samples: [],
    records: [],
  })
  expect(stateOf()).toBe('pending')
})

test('[SM10, SM22] services look at their host, hosts at their parents', async () => {
  const { step, index } = await hub()
  const down = [1, 2, 3].map((seq) => resultOf(seq, 2, { checkId: hostCheckId('host-0') }))
  step(...down, resultOf(4, 2), resultOf(5, 2, { checkId: hostCheckId('host-1') }))
  expect(index.get(hostCheckId('host-0'))?.record).toMatchObject({ state: 'down', type: 'hard' })
  expect(index.get(http)?.record).toMatchObject({ state: 'critical', type: 'hard', attempt: 1 })
  expect(index.get(hostCheckId('host-1'))?.record).toMatchObject({
    state: 'unreachable',
    type: 'soft',
  })
})

const ids = [...fleet.services.keys(), ...[...fleet.hosts.values()].map(({ id }) => id)]
/** One collector's stream: any check, any code, times that go back now and then. */
const streams = fc
  .array(
    fc.record({
      checkId: fc.constantFrom(...ids),
      code: fc.constantFrom<ReturnCode>(0, 0, 1, 2, 3),
      backMs: fc.constantFrom(0, 0, 0, 0, 5_000, 60_000),
      origin: fc.constantFrom('scheduled', 'passive'),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((drawn) =>
    drawn.map(({ checkId, code, backMs, origin }, index) =>
      resultOf(index + 1, code, {
        checkId,
        origin,
        finishedAt: instant(start + index * 1_000 - backMs),
      }),
    ),
  )

/** What a hub holds in the end. */
function contentOf({ history, records, changes, marks }: RecordingStore) {
  return {
    history: [...history].sort(([a], [b]) => (a < b ? -1 : 1)),
    records: [...records].sort(([a], [b]) => (a < b ? -1 : 1)),
    changes: [...changes].sort((a, b) =>
      a.checkId < b.checkId ? -1 : Number(a.checkId > b.checkId),
    ),
    marks: [...marks],
  }
}

async function contentAfterOneByOne(stream: readonly CheckResult[]) {
  const store = createRecordingStore()
  const { step } = await hub(store)
  for (const result of stream) await store.commit(step(result).effects)
  return contentOf(store)
}

test('[IN4] re-delivery, duplication and batching of one ordered stream change nothing', async () => {
  const deliveries = fc.array(
    fc.record({ back: fc.nat(20), length: fc.integer({ min: 1, max: 20 }) }),
    {
      maxLength: 40,
    },
  )
  await fc.assert(
    fc.asyncProperty(streams, deliveries, async (stream, chunks) => {
      const store = createRecordingStore()
      const { step } = await hub(store)
      let reached = 0
      const deliver = (from: number, to: number) => {
        reached = Math.max(reached, Math.min(to, stream.length))
        return step(...stream.slice(from, to)).effects
      }
      const parts = chunks.map(({ back, length }) => {
        const from = Math.max(0, reached - back)
        return deliver(from, from + length)
      })
      parts.push(deliver(reached, stream.length))
      await store.commit(mergeEffects(parts))
      expect(contentOf(store)).toEqual(await contentAfterOneByOne(stream))
    }),
    { numRuns: 150 },
  )
})

test('[IN7] a crash at any moment, then a replay from the mark the collector knows, leads to the same store', async () => {
  const crashes = fc.array(
    fc.record({
      steps: fc.integer({ min: 1, max: 15 }),
      stored: fc.nat(15),
      isTold: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  await fc.assert(
    fc.asyncProperty(streams, crashes, async (stream, runs) => {
      const store = createRecordingStore()
      let known = 0
      for (const { steps, stored, isTold } of runs) {
        const { step } = await hub(store)
        const parts = stream.slice(known, known + steps).map((result) => step(result).effects)
        if (stored > 0 && parts.length > 0) await store.commit(mergeEffects(parts.slice(0, stored)))
        if (isTold) known = [...store.marks.values()][0]?.seq ?? 0
      }
      const { step } = await hub(store)
      await store.commit(step(...stream.slice(known)).effects)
      expect(contentOf(store)).toEqual(await contentAfterOneByOne(stream))
    }),
    { numRuns: 150 },
  )
})

test('[DE4] a late result changes no record', async () => {
  await fc.assert(
    fc.asyncProperty(streams, fc.nat(), async (stream, ageMs) => {
      const { step, index } = await hub()
      step(...stream)
      const newest = stream.at(-1) as CheckResult
      const before = [...index.all()].map(({ record }) => record)
      const standing = index.get(newest.checkId)?.record.lastResultAt ?? start
      step(
        resultOf(stream.length + 1, 2, {
          ...newest,
          seq: stream.length + 1,
          finishedAt: instant(standing - 1 - ageMs),
        }),
      )
      expect([...index.all()].map(({ record }) => record)).toEqual(before)
    }),
    { numRuns: 100 },
  )
})

test('[IN13] [IN14] [IN16] the newest first: older results behind it fill history and move no state', async () => {
  const { arrive, stateOf } = await hub()
  arrive([resultOf(1), resultOf(2)])
  const newest = arrive([resultOf(9, 2)])
  expect(newest.effects.watermarks).toMatchObject([{ seq: 2, beyond: [[9, 9]] }])
  expect(newest.tally).toMatchObject({ counted: 1, missing: 0 })
  expect(stateOf()).toBe('critical')
  const backfill = arrive([3, 4, 5, 6, 7, 8, 9].map((seq) => resultOf(seq, seq === 9 ? 2 : 0)))
  expect(backfill.tally).toMatchObject({ counted: 0, late: 6, duplicate: 1 })
  expect(backfill.effects.history).toHaveLength(6)
  expect(backfill.effects.changes).toEqual([])
  expect(backfill.effects.watermarks).toMatchObject([{ seq: 9, beyond: [] }])
  expect(stateOf()).toBe('critical')
})

test('[IN2] what the outbox gave up is counted once, and closes the gap', async () => {
  const { arrive } = await hub()
  arrive([resultOf(1)])
  const lost = [{ boot: 'boot-0', range: [1, 10] as const }]
  const after = arrive([resultOf(11)], { lost })
  expect(after.tally).toMatchObject({ missing: 9, counted: 1 })
  expect(after.effects.watermarks).toMatchObject([{ seq: 11, beyond: [] }])
  expect(arrive([], { lost }).tally).toMatchObject({ missing: 0 })
})

test('[CK9] a collector that is set aside moves no state, and its results are kept', async () => {
  const { arrive, stateOf } = await hub()
  arrive([resultOf(1)])
  const aside = arrive([resultOf(2, 2)], { isSetAside: true })
  expect(aside.tally).toMatchObject({ clockSuspect: 1, counted: 0 })
  expect(aside.effects.history).toHaveLength(1)
  expect(stateOf()).toBe('ok')
})
