import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { after, instant, type Instant } from '../../src/base/instant.ts'
import { hostCheckId, serviceCheckId, type CheckId } from '../../src/domain/check-id.ts'
import type { Perfdatum } from '../../src/domain/perfdatum.ts'
import type { Effects } from '../../src/results/ports.ts'
import {
  type StoreUnderTest,
  NOW,
  MINUTE,
  HOUR,
  DAY,
  NO_EFFECTS,
  aResult,
  aChange,
  aDatum,
  aSample,
} from './stored-things.ts'

/** Rules ST11 to ST14 of docs/spec/store.md. Each test uses checks of its own, so one database serves them all. */
export function historyContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`history: ${name}`, () => {
    let under: StoreUnderTest
    beforeAll(async () => {
      under = await open()
    })
    afterAll(() => under.close())

    const commit = (effects: Partial<Effects>): Promise<void> =>
      under.store.commit({ ...NO_EFFECTS, ...effects })
    const results = (
      checkId: CheckId,
      from: Instant = instant(0),
      to = after(NOW, DAY),
      limit = 100,
    ) => under.history.results({ checkId, from, to, limit })

    test('[ST19] what ran in a window is paged without a row twice or left out, of one cluster or of all', async () => {
      const from = after(NOW, -3 * DAY)
      const ids = Array.from({ length: 25 }, (_, n) => serviceCheckId('st19', `s${n}`))
      const ran = (n: number) => {
        const collector = n % 2 === 0 ? 'east.c1' : 'west.c1'
        const stored = aResult(ids[n] as CheckId, after(from, Math.floor(n / 3) * MINUTE), {
          seq: n + 1,
        })
        return { ...stored, result: { ...stored.result, collector } }
      }
      await commit({ history: ids.map((_, n) => ran(n)) })
      const all = async (cluster: string | undefined): Promise<string[]> => {
        const found: string[] = []
        let place: string | undefined
        do {
          const to = after(from, HOUR)
          const page = await under.history.executions({
            from,
            to,
            cluster,
            after: place,
            limit: 4,
          })
          expect(page.executions.length).toBeLessThanOrEqual(4)
          found.push(...page.executions.map(({ checkId }) => checkId))
          place = page.next
        } while (place !== undefined)
        return found
      }
      expect((await all(undefined)).toSorted()).toEqual(ids.toSorted())
      expect((await all('east')).toSorted()).toEqual(ids.filter((_, n) => n % 2 === 0).toSorted())
      expect(await all('nowhere')).toEqual([])
    })

    test('[ST11] results are listed newest first, half open, and no more than asked for', async () => {
      const id = serviceCheckId('st11', 'a')
      const at = (n: number): Instant => after(NOW, -n * HOUR)
      await commit({
        history: [40, 30, 20, 10, 0].map((n, seq) => aResult(id, at(n), { seq: seq + 1 })),
      })
      const listed = async (from: Instant, to: Instant, limit: number) =>
        (await results(id, from, to, limit)).map((row) => row.finishedAt)
      expect(await listed(at(30), at(10), 9)).toEqual([at(20), at(30)])
      expect(await listed(at(99), after(NOW, 1), 2)).toEqual([at(0), at(10)])
      expect(await results(serviceCheckId('st11', 'nobody'))).toEqual([])
    })

    test('[ST11] the state of a result is told in the words of its kind', async () => {
      const host = hostCheckId('st11-host')
      await commit({
        history: [aResult(host, NOW, { code: 2 }), aResult(host, after(NOW, -1), { code: 0 })],
      })
      expect((await results(host)).map(({ state }) => state)).toEqual(['down', 'up'])
    })

    test('[ST12] changes are listed newest first, of one object or of all', async () => {
      const [a, b] = [serviceCheckId('st12', 'a'), hostCheckId('st12')]
      const past = after(NOW, -5 * DAY)
      const rows = [
        aChange(a, past),
        aChange(b, after(past, 1), { from: 'up', to: 'down', type: 'hard', attempt: 3 }),
        aChange(a, after(past, 2), { from: 'pending', to: 'ok', type: 'hard' }),
      ]
      await commit({ changes: rows })
      const changes = (checkId: CheckId | undefined, from: Instant, to: Instant, limit = 9) =>
        under.history.changes({ checkId, from, to, limit })
      expect(await changes(undefined, past, after(past, 3))).toEqual(rows.toReversed())
      expect(await changes(undefined, past, after(past, 2))).toEqual([rows[1], rows[0]])
      expect(await changes(undefined, past, after(past, 3), 1)).toEqual([rows[2]])
      expect(await changes(a, past, after(past, 3))).toEqual([rows[2], rows[0]])
    })

    test('[ST13] a series gives back every value, with gaps where the plugin could not measure', async () => {
      const id = serviceCheckId('st13', 'a')
      const at = [3, 2, 1].map((n) => after(NOW, -n * MINUTE))
      const values = [
        [0.1, -1e-9],
        [null, 1e300],
        [-0, 123_456_789.123],
      ] as const
      await commit({
        history: at.map((time, n) => aResult(id, time, { seq: n + 1, boot: 'st13' })),
        samples: at.map((time, n) =>
          aSample(
            id,
            time,
            aDatum('a', values[n]?.[0] ?? null, { unit: 's', warn: '1:', crit: '@2:3', min: 0 }),
            aDatum('b', values[n]?.[1] ?? null),
          ),
        ),
      })
      expect(
        await under.history.series({ checkId: id, from: at[0] as Instant, to: NOW, pointsMax: 3 }),
      ).toEqual([
        {
          label: 'a',
          unit: 's',
          warn: '1:',
          crit: '@2:3',
          min: 0,
          max: null,
          at,
          value: [0.1, null, -0],
          low: [0.1, null, -0],
          high: [0.1, null, -0],
        },
        {
          label: 'b',
          unit: '',
          warn: null,
          crit: null,
          min: null,
          max: null,
          at,
          value: [-1e-9, 1e300, 123_456_789.123],
          low: [-1e-9, 1e300, 123_456_789.123],
          high: [-1e-9, 1e300, 123_456_789.123],
        },
      ])
    })

    test('[ST13] a series goes on when thresholds change, and shows the newest; another unit is another series', async () => {
      const id = serviceCheckId('st13', 'b')
      const at = [4, 3, 2, 1].map((n) => after(NOW, -n * MINUTE))
      const data = [
        [aDatum('t', 1, { unit: 's', warn: '5' })],
        [aDatum('t', 2, { unit: 's', warn: '6' }), aDatum('u', 9)],
        [aDatum('t', 3000, { unit: 'ms' })],
        [aDatum('u', 8), aDatum('t', 4, { unit: 's', warn: '7' })],
      ]
      for (const [n, time] of at.entries()) {
        await commit({
          history: [aResult(id, time, { seq: n + 1, boot: 'st13b' })],
          samples: [aSample(id, time, ...(data[n] as Perfdatum[]))],
        })
      }
      const series = await under.history.series({
        checkId: id,
        from: at[0] as Instant,
        to: NOW,
        pointsMax: 9,
      })
      expect(series.map(({ label, unit, warn, value }) => [label, unit, warn, value])).toEqual([
        ['u', '', null, [9, 8]],
        ['t', 's', '7', [1, 2, 4]],
        ['t', 'ms', null, [3000]],
      ])
    })

    test('[ST13] a label that is given twice makes two series', async () => {
      const id = serviceCheckId('st13', 'c')
      await commit({
        history: [aResult(id, NOW)],
        samples: [aSample(id, NOW, aDatum('x', 1), aDatum('x', 2))],
      })
      const series = await under.history.series({
        checkId: id,
        from: NOW,
        to: after(NOW, 1),
        pointsMax: 9,
      })
      expect(series.map(({ label, value }) => [label, value])).toEqual([
        ['x', [1]],
        ['x', [2]],
      ])
    })

    test('[ST14] more points than asked for are thinned to mean, low and high of equal buckets', async () => {
      const id = serviceCheckId('st14', 'a')
      const from = after(NOW, -HOUR)
      const minutes = Array.from({ length: 60 }, (_, minute) => minute).filter(
        (minute) => minute < 24 || minute >= 36,
      )
      await commit({
        history: minutes.map((minute) =>
          aResult(id, after(from, minute * MINUTE), { seq: minute + 1, boot: 'st14' }),
        ),
        samples: minutes.map((minute) =>
          aSample(
            id,
            after(from, minute * MINUTE),
            aDatum('x', minute === 13 ? null : minute),
            aDatum('y', null),
          ),
        ),
      })
      const [x, y] = await under.history.series({ checkId: id, from, to: NOW, pointsMax: 5 })
      expect(x?.at).toEqual([0, 12, 36, 48].map((minute) => from + minute * MINUTE))
      expect(x?.low).toEqual([0, 12, 36, 48])
      expect(x?.high).toEqual([11, 23, 47, 59])
      expect(x?.value).toEqual([
        5.5,
        (12 + 14 + 15 + 16 + 17 + 18 + 19 + 20 + 21 + 22 + 23) / 11,
        41.5,
        53.5,
      ])
      expect(y?.value).toEqual([null, null, null, null])
      const edge = await under.history.series({
        checkId: id,
        from: after(from, MINUTE),
        to: after(from, 12 * MINUTE),
        pointsMax: 1,
      })
      expect(edge[0]).toMatchObject({ at: [from + MINUTE], value: [6], low: [1], high: [11] })
    })
  })
}
