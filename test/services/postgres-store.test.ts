import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import type { Clock } from '../../src/base/clock.ts'
import { after, instant, type Instant } from '../../src/base/instant.ts'
import { silentLog } from '../../src/base/log.ts'
import { serviceCheckId } from '../../src/domain/check-id.ts'
import {
  aChange,
  aDatum,
  aMark,
  aRecord,
  aResult,
  NO_EFFECTS,
  NOW,
  RESULTS_DAYS,
  SERIES_DAYS,
  type StoreUnderTest,
} from '../contracts/stored-things.ts'
import type { ObserverIncident } from '../../src/results/decision/observer-incidents.ts'
import type { Receipt } from '../../src/results/decision/receipt.ts'
import { historyContract } from '../contracts/history.ts'
import { resultStoreContract } from '../contracts/result-store.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'

const DAY = 86_400_000
const RECEIPTS_DAYS = 9
const MINUTE = 60_000

const open = (url: string, now: () => Instant = () => NOW): Promise<Database> => {
  const clock: Clock = { ...systemClock, now }
  const retention = {
    resultsDays: RESULTS_DAYS,
    seriesDays: SERIES_DAYS,
    receiptsDays: RECEIPTS_DAYS,
  }
  return openDatabase({ url, folder: '', retention, clock, log: silentLog })
}

const openAlone = async (): Promise<StoreUnderTest> => {
  const server = await startTestDatabase()
  const database = await open(server.url)
  return {
    store: database.store,
    history: database.history,
    close: async () => {
      await database.close()
      await server.close()
    },
  }
}

resultStoreContract('PostgreSQL', openAlone)
historyContract('PostgreSQL', openAlone)

describe('the database over time', () => {
  let server: TestDatabase
  let now = NOW
  let database: Database
  beforeAll(async () => {
    server = await startTestDatabase()
    database = await open(server.url, () => now)
  })
  afterAll(async () => {
    await database.close()
    await server.close()
  })

  test('[ST15] old results go by whole days, their series stay and are the same as before', async () => {
    const { store, history } = database
    const ids = [serviceCheckId('old', 'a'), serviceCheckId('old', 'b')] as const
    const start = instant(Date.UTC(2026, 0, 30))
    const at = (minute: number): Instant => after(start, minute * MINUTE)
    const samples = ids.flatMap((checkId, which) =>
      Array.from({ length: 1_440 }, (_, minute) => ({
        checkId,
        at: at(minute),
        perfdata: [
          aDatum('x', minute * (which + 1), { warn: minute < 700 ? '1' : '2' }),
          aDatum('y', minute % 5 === 0 ? null : minute / 64, { unit: 's' }),
        ],
      })),
    )
    await store.commit({
      ...NO_EFFECTS,
      history: samples.map((sample, n) => aResult(sample.checkId, sample.at, { seq: n + 1 })),
      samples,
      watermarks: [aMark(samples.length)],
    })
    await store.commit({
      ...NO_EFFECTS,
      history: [aResult(ids[0], after(start, DAY))],
      changes: [aChange(ids[0], at(5))],
    })
    const series = (
      checkId: (typeof ids)[number],
      pointsMax: number,
      from = start,
      to = after(start, DAY),
    ) => history.series({ checkId, from, to, pointsMax })
    const before = await Promise.all([
      series(ids[0], 5_000),
      series(ids[1], 100),
      series(ids[1], 5_000, at(100), at(200)),
    ])
    expect(before[0]?.[0]?.value).toHaveLength(1_440)
    expect(before[1]?.[0]?.value).toHaveLength(100)
    expect(before[2]?.[0]?.at).toHaveLength(100)

    now = after(start, (RESULTS_DAYS + 1) * DAY)
    expect((await database.maintain(now)).droppedPartitions).toEqual(['result_20260130'])
    const results = await history.results({ checkId: ids[0], from: instant(0), to: now, limit: 5 })
    expect(results.map(({ finishedAt }) => finishedAt)).toEqual([after(start, DAY)])
    const packed = await Promise.all([
      series(ids[0], 5_000),
      series(ids[1], 100),
      series(ids[1], 5_000, at(100), at(200)),
    ])
    expect(packed).toEqual(before)

    now = after(start, (SERIES_DAYS + 12) * DAY)
    const { droppedPartitions } = await database.maintain(now)
    expect(droppedPartitions.filter((name) => name.startsWith('packed_sample'))).toHaveLength(1)
    expect(
      droppedPartitions.filter((name) => name.startsWith('state_change')).length,
    ).toBeGreaterThan(0)
    expect(await series(ids[0], 5_000)).toEqual([])
    expect(
      await history.changes({ checkId: undefined, from: instant(0), to: now, limit: 5 }),
    ).toEqual([])
    expect(await database.maintain(now)).toEqual({ droppedPartitions: [], deletedRows: 0 })
  })

  test('[ST21] of two receipts of one millisecond the last one stands, and a place before `from` is none', async () => {
    const at = after(NOW, 1_000 * DAY)
    now = at
    const checkId = serviceCheckId('shared', 'twice')
    const of = (name: string) =>
      ({ checkId, at, kind: 'down', cause: { scope: 'host', name } }) as unknown as Receipt
    const { store, verdicts } = database
    await store.commit({ ...NO_EFFECTS, receipts: [of('first'), of('second')] })
    expect(await verdicts.receipts({ checkId, from: at, to: after(at, 1), limit: 10 })).toEqual([
      of('second'),
    ])
    await store.commit({ ...NO_EFFECTS, receipts: [of('third')] })
    const page = { to: after(at, DAY), after: '0.0.a', limit: 10 }
    expect((await verdicts.receiptPage({ ...page, from: at })).receipts).toEqual([of('third')])
    expect((await verdicts.receiptPage({ ...page, from: after(at, 1) })).receipts).toEqual([])
  })

  test('[ST21] results of clocks that are not believed are no evidence, after a restart neither', async () => {
    const at = after(NOW, 1_100 * DAY)
    now = at
    const checkId = serviceCheckId('shared', 'clocks')
    const { store, verdicts } = database
    const history = (['counted', 'clock-suspect'] as const).map((verdict, n) =>
      aResult(checkId, after(at, n), { verdict, seq: n + 1 }),
    )
    await store.commit({ ...NO_EFFECTS, history })
    const rows = await verdicts.recentEvidence([checkId], at)
    expect(rows).toHaveLength(1)
    const page = { from: at, to: after(at, DAY), limit: 10, after: '0.0.0' }
    expect((await verdicts.evidencePage(page)).rows).toHaveLength(1)
    const later = await verdicts.evidencePage({ ...page, from: after(at, 3_600_000) })
    expect(later.rows).toEqual([])
  })

  test('[ST21, ST22] receipts live for their own time; incidents that are open stay', async () => {
    const start = after(NOW, 2_000 * DAY)
    now = start
    const { store, verdicts } = database
    const checkId = serviceCheckId('shared', 'a')
    const receipt = { checkId, at: start, kind: 'down', cause: null } as unknown as Receipt
    const incidentOf = (observer: string): ObserverIncident => ({
      key: `silent ${observer}`,
      kind: 'silent',
      observer,
      subject: null,
      since: start,
      lastAt: start,
      text: `${observer} says nothing`,
    })
    const opened = ['east', 'west'].map(
      (observer) => ({ at: start, change: 'opened', incident: incidentOf(observer) }) as const,
    )
    const closed = {
      at: after(start, DAY),
      change: 'closed',
      incident: incidentOf('east'),
    } as const
    for (let twice = 0; twice < 2; twice++)
      await store.commit({ ...NO_EFFECTS, receipts: [receipt], incidents: opened })
    await store.commit({ ...NO_EFFECTS, incidents: [closed] })
    const all = { from: instant(0), to: after(start, 10_000 * DAY), limit: 10 }
    const receipts = () => verdicts.receipts({ ...all, checkId })
    const incidents = async () =>
      Object.fromEntries(
        (await verdicts.incidents(all)).map(({ observer, closedAt }) => [observer, closedAt]),
      )
    expect(await receipts()).toEqual([receipt])
    expect(await incidents()).toEqual({ east: after(start, DAY), west: null })
    expect((await verdicts.openIncidents()).map(({ observer }) => observer)).toEqual(['west'])
    now = after(start, RECEIPTS_DAYS * DAY)
    await database.maintain(now)
    expect(await receipts()).toHaveLength(1)
    now = after(start, (RECEIPTS_DAYS + 1) * DAY)
    await database.maintain(now)
    expect(await receipts()).toEqual([])
    expect(Object.keys(await incidents())).toHaveLength(2)
    now = after(start, (SERIES_DAYS + 3) * DAY)
    await database.maintain(now)
    expect(await incidents()).toEqual({ west: null })
  })

  test('[ST16] an upkeep makes the partitions of today and tomorrow before results need them', async () => {
    now = after(NOW, 1_000 * DAY)
    await database.maintain(now)
    const before = database.metrics.find(({ name }) => name === 'parallax_store_partitions')?.read()
    await database.store.commit({
      ...NO_EFFECTS,
      history: [aResult(serviceCheckId('new', 'a'), after(now, DAY))],
    })
    expect(database.metrics.find(({ name }) => name === 'parallax_store_partitions')?.read()).toBe(
      before,
    )
  })

  test('[ST17] 50,000 records load in a moment', async () => {
    const records = Array.from({ length: 50_000 }, (_, n) =>
      aRecord(serviceCheckId(`host-${n % 700}`, `service-${n}`), now, {
        output: 'PING OK - Packet loss = 0%, RTA = 1.20 ms'.padEnd(110),
      }),
    )
    for (let from = 0; from < records.length; from += 5_000) {
      await database.store.commit({ ...NO_EFFECTS, records: records.slice(from, from + 5_000) })
    }
    const before = process.cpuUsage()
    const loaded = await database.store.loadRecords()
    const { user, system } = process.cpuUsage(before)
    const byId = new Map(loaded.map((record) => [record.checkId, record]))
    expect(records.every((record) => byId.has(record.checkId))).toBe(true)
    expect(byId.get(records[4_242]?.checkId as never)).toEqual(records[4_242])
    expect((user + system) / 1_000).toBeLessThan(1_000) // ms of CPU: about 200, and 280 ms of time when alone on two cores
  })

  test('[ST18] the database says what it is, without its password', async () => {
    expect(database.describe()).toMatchObject({
      kind: 'server',
      version: expect.stringMatching(/^\d+\.\d+/),
    })
    expect(JSON.stringify(database.describe())).not.toContain(new URL(server.url).password)
    expect(await database.ping()).toBeLessThan(1_000)
  })
})
