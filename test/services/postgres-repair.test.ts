import { fc } from '@fast-check/vitest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import type { Clock } from '../../src/base/clock.ts'
import { after, instant } from '../../src/base/instant.ts'
import { silentLog } from '../../src/base/log.ts'
import { serviceCheckId } from '../../src/domain/check-id.ts'
import type { CheckResult } from '../../src/domain/check-result.ts'
import type { ReturnCode } from '../../src/domain/state-names.ts'
import { DEFAULT_DECISION } from '../../src/results/decision/decide.ts'
import { createFleetIndex } from '../../src/results/fleet-index.ts'
import { createHubCore } from '../../src/results/hub-core.ts'
import { startRepairs } from '../../src/results/repairs/repairs.ts'
import { NAGIOS_PASSIVE_HOSTS } from '../../src/results/state/host-transition.ts'
import type { StateChange } from '../../src/results/state/record.ts'
import { createWatermarks } from '../../src/results/watermarks.ts'
import { createRecordingStore } from '../recording-store.ts'
import { fleetOf } from '../fleet-of.ts'
import { resultOf } from '../result-of.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'
import { eventually } from './program.ts'

const SERVICES = 60
const NOW = instant(Date.parse('2027-06-01T12:00:00Z'))
const BEGIN = after(NOW, -3_600_000)
const clock: Clock = { ...systemClock, now: () => NOW }
const fleet = fleetOf({ hosts: 1, servicesPerHost: SERVICES })

let server: TestDatabase
let database: Database
beforeAll(async () => {
  server = await startTestDatabase()
  const retention = { resultsDays: 30, seriesDays: 400 }
  database = await openDatabase({ url: server.url, folder: '', retention, clock, log: silentLog })
})
afterAll(async () => {
  await database.close()
  await server.close()
})

const newCore = () => {
  const index = createFleetIndex(fleet, NOW)
  const watermarks = createWatermarks([])
  const rules = { decision: DEFAULT_DECISION, passiveHosts: NAGIOS_PASSIVE_HOSTS }
  return { index, ...createHubCore({ index, watermarks, ...rules }) }
}
const arrivalOf = (results: readonly CheckResult[]) => {
  const collector = 'collector-0'
  return { collector, results, lost: [], isSetAside: false }
}

/** One service after the other has a story of its own. */
const story = fc.record({
  codes: fc.array(fc.constantFrom<ReturnCode>(0, 0, 1, 2, 2, 3), { minLength: 4, maxLength: 30 }),
  /** So many came before the link was out. */
  before: fc.nat(3),
})

function resultsOf(service: number, codes: readonly ReturnCode[]): readonly CheckResult[] {
  const checkId = serviceCheckId('host-0', `service-${service}`)
  return codes.map((code, n) =>
    resultOf(n + 1, code, {
      checkId,
      boot: `boot-${service}`,
      finishedAt: after(BEGIN, n * 60_000),
    }),
  )
}

const linesOf = (changes: readonly StateChange[]): readonly string[] =>
  changes
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, from, to, type, attempt }) => `${at} ${from} ${to} ${type} ${attempt}`)

test('[IN17] [ST20] after back-fill the changes of state are those that there would have been without an outage', async () => {
  const stories = fc.sample(story, { numRuns: SERVICES, seed: 20_270_601 })
  const late = newCore()
  const wanted: StateChange[][] = []
  for (const [service, { codes, before }] of stories.entries()) {
    const results = resultsOf(service, codes)
    const inOrder = createRecordingStore()
    await inOrder.commit(newCore().step(arrivalOf(results), NOW).effects)
    wanted.push([...inOrder.changes])
    const newest = results.slice(-1)
    const rest = results.slice(before, -1)
    const half = rest.length >> 1
    for (const part of [results.slice(0, before), newest, rest.slice(0, half), rest.slice(half)])
      await database.store.commit(late.step(arrivalOf(part), NOW).effects)
  }
  const changesOf = (service: number): Promise<readonly StateChange[]> =>
    database.history.changes({
      checkId: serviceCheckId('host-0', `service-${service}`),
      from: BEGIN,
      to: NOW,
      limit: 1_000,
    })
  const records = [...fleet.services.keys()].map((id) => late.index.get(id)?.record)
  const differs = (await Promise.all(wanted.map((_, n) => changesOf(n)))).filter(
    (changes, n) => linesOf(changes).join() !== linesOf(wanted[n] ?? []).join(),
  )
  expect(differs.length).toBeGreaterThan(SERVICES / 4)

  const settings = { quietMs: -1_000_000, everyMs: 20, spansMax: 7, pauseMs: 1 }
  const repairs = startRepairs({ store: database.repairs, index: late.index, clock, settings })
  const left = await eventually(
    async () => {
      const spans = await database.repairs.lateSpans(after(NOW, 1_000_000), 1)
      return spans.length === 0 ? 'none' : undefined
    },
    20_000,
    'all spans are done',
  )
  await repairs.stop()
  expect(left).toBe('none')
  for (const [service, changes] of wanted.entries())
    expect(linesOf(await changesOf(service)), `service ${service}`).toEqual(linesOf(changes))
  expect([...fleet.services.keys()].map((id) => late.index.get(id)?.record)).toEqual(records)
})

test('[ST20] what comes late while a repair is worked out is not forgotten', async () => {
  const core = newCore()
  const checkId = serviceCheckId('host-0', 'service-0')
  const at = (minutes: number) => after(NOW, (minutes - 600) * 60_000)
  const result = (seq: number, code: ReturnCode) =>
    resultOf(seq, code, { checkId, boot: 'another', finishedAt: at(seq) })
  await database.store.commit(core.step(arrivalOf([result(1, 0), result(9, 0)]), NOW).effects)
  await database.store.commit(core.step(arrivalOf([result(3, 2)]), NOW).effects)
  const [span] = await database.repairs.lateSpans(after(NOW, 1_000_000), 10)
  if (span === undefined) throw new Error('nothing was noted')
  expect(span).toMatchObject({ checkId, from: at(3), to: at(3) })
  const evidence = await database.repairs.evidence(span)
  await database.store.commit(core.step(arrivalOf([result(2, 0), result(4, 2)]), NOW).effects)
  await database.repairs.repair(span, evidence, [])
  const [again] = await database.repairs.lateSpans(after(NOW, 1_000_000), 10)
  expect(again).toMatchObject({ checkId, from: at(2), to: at(4) })
})
