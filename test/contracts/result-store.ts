import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { after, instant, type Instant } from '../../src/base/instant.ts'
import { hostCheckId, serviceCheckId, type CheckId } from '../../src/domain/check-id.ts'
import type { CheckOutcome } from '../../src/domain/check-result.ts'
import type { Perfdatum } from '../../src/domain/perfdatum.ts'
import type {
  Effects,
  History,
  ResultStore,
  ResultUse,
  Sample,
  StoredResult,
} from '../../src/results/ports.ts'
import type { ObjectRecord, StateChange } from '../../src/results/state/record.ts'
import { MESSAGE_VERSION, type Watermark } from '../../src/wire/subjects.ts'

export interface StoreUnderTest {
  readonly store: ResultStore
  readonly history: History
  readonly close: () => Promise<void>
}

/** What the clock of the store under test says. */
export const NOW = instant(Date.UTC(2026, 0, 31, 12))
export const RESULTS_DAYS = 30
export const SERIES_DAYS = 400

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const NO_EFFECTS: Effects = {
  history: [],
  samples: [],
  records: [],
  changes: [],
  watermarks: [],
}

/** `at` is when it finished; it ran for 250 ms. */
export function aResult(
  checkId: CheckId,
  at: Instant,
  more: {
    seq?: number
    output?: string
    perfdata?: string
    verdict?: ResultUse
    code?: 0 | 1 | 2 | 3
    boot?: string
  } = {},
): StoredResult {
  const outcome: CheckOutcome = {
    kind: 'exited',
    code: more.code ?? 0,
    output: more.output ?? 'fine',
    longOutput: '',
    perfdata: more.perfdata ?? '',
  }
  return {
    verdict: more.verdict ?? 'counted',
    result: {
      collector: 'col-1',
      boot: more.boot ?? 'boot-1',
      seq: more.seq ?? 1,
      checkId,
      origin: 'scheduled',
      dueAt: after(at, -300),
      startedAt: after(at, -250),
      finishedAt: at,
      outcome,
    },
  }
}

export function aRecord(
  checkId: CheckId,
  at: Instant,
  more: Partial<ObjectRecord> = {},
): ObjectRecord {
  return {
    checkId,
    state: 'warning',
    type: 'soft',
    attempt: 2,
    lastHardState: 'ok',
    flapping: { isFlapping: false, percent: 12.345, history: [0, 0, 1, 2, 3] },
    lastResultAt: at,
    lastChangeAt: after(at, -1000),
    lastHardChangeAt: null,
    output: 'fine',
    longOutput: '',
    perfdata: '',
    executionMs: 250,
    latencyMs: 50.5,
    ...more,
  }
}

export function aChange(
  checkId: CheckId,
  at: Instant,
  more: Partial<StateChange> = {},
): StateChange {
  return {
    checkId,
    at,
    from: 'ok',
    to: 'critical',
    type: 'soft',
    attempt: 1,
    output: 'gone',
    ...more,
  }
}

export function aMark(seq: number, boot = 'boot-1'): Watermark {
  return { version: MESSAGE_VERSION, collector: 'col-1', boot, seq }
}

export function aDatum(
  label: string,
  value: number | null,
  more: Partial<Perfdatum> = {},
): Perfdatum {
  return { label, value, unit: '', warn: null, crit: null, min: null, max: null, ...more }
}

const aSample = (checkId: CheckId, at: Instant, ...perfdata: Perfdatum[]): Sample => ({
  checkId,
  at,
  perfdata,
})

/** Rules of docs/spec/store.md that hold for every store. Each test uses checks of its own, so one database serves them all. */
export function resultStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`result store: ${name}`, () => {
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
    const recordOf = async (checkId: CheckId) =>
      (await under.store.loadRecords()).find((record) => record.checkId === checkId)

    test('[ST1] nothing of a commit stays when one part of it fails', async () => {
      const id = serviceCheckId('st1', 'a')
      const broken = { ...aChange(id, NOW), attempt: Number.NaN }
      await expect(
        commit({ history: [aResult(id, NOW)], records: [aRecord(id, NOW)], changes: [broken] }),
      ).rejects.toThrow()
      expect(await results(id)).toEqual([])
      expect(await recordOf(id)).toBeUndefined()
      await commit({ history: [aResult(id, NOW)] })
      expect(await results(id)).toHaveLength(1)
    })

    test('[ST2] a record comes back exactly as it was stored', async () => {
      const full = aRecord(serviceCheckId('st2', 'full'), NOW, {
        state: 'critical',
        type: 'hard',
        hostWasDown: true,
        output: 'tab\there "quotes" \\ and \\n stay',
        longOutput: 'first\nsecond\r\n\ttab\nüñí 🙂 中',
        perfdata: `'a b'=1;2;3`,
      })
      const pending = aRecord(hostCheckId('st2'), NOW, {
        state: 'pending',
        lastHardState: 'pending',
        lastResultAt: null,
        lastChangeAt: null,
        flapping: { isFlapping: true, percent: 0, history: [] },
      })
      await commit({ records: [full, pending] })
      expect(await recordOf(full.checkId)).toEqual(full)
      expect(await recordOf(pending.checkId)).toEqual(pending)
    })

    test('[ST3] a newer record replaces the older one', async () => {
      const id = serviceCheckId('st3', 'a')
      await commit({ records: [aRecord(id, NOW, { attempt: 1 })] })
      await commit({ records: [aRecord(id, after(NOW, 1), { attempt: 2, output: 'newer' })] })
      expect(await recordOf(id)).toEqual(
        aRecord(id, after(NOW, 1), { attempt: 2, output: 'newer' }),
      )
    })

    test('[ST4] each boot of a collector has a watermark, and it never goes back', async () => {
      await commit({ watermarks: [aMark(10, 'st4-a'), aMark(4, 'st4-b')] })
      await commit({ watermarks: [aMark(7, 'st4-a'), aMark(5, 'st4-b'), aMark(6, 'st4-b')] })
      const marks = (await under.store.loadWatermarks()).filter(({ boot }) =>
        boot.startsWith('st4'),
      )
      expect(marks).toEqual(expect.arrayContaining([aMark(10, 'st4-a'), aMark(6, 'st4-b')]))
      expect(marks).toHaveLength(2)
    })

    test('[ST5] a repeated commit doubles neither results nor samples nor changes', async () => {
      const id = serviceCheckId('st5', 'a')
      const at = (minutes: number): Instant => after(NOW, -minutes * MINUTE)
      const first: Effects = {
        history: [
          aResult(id, at(3), { seq: 1, boot: 'st5' }),
          aResult(id, at(2), { seq: 2, boot: 'st5' }),
        ],
        samples: [aSample(id, at(3), aDatum('x', 1)), aSample(id, at(2), aDatum('x', 2))],
        records: [aRecord(id, at(2))],
        changes: [aChange(id, at(2))],
        watermarks: [aMark(2, 'st5')],
      }
      await commit(first)
      await commit(first)
      await commit({
        ...first,
        history: [...first.history, aResult(id, at(1), { seq: 3, boot: 'st5' })],
        samples: [...first.samples, aSample(id, at(1), aDatum('x', 3))],
        watermarks: [aMark(3, 'st5')],
      })
      expect((await results(id)).map((row) => row.finishedAt)).toEqual([at(1), at(2), at(3)])
      const changes = await under.history.changes({
        checkId: id,
        from: instant(0),
        to: after(NOW, 1),
        limit: 9,
      })
      expect(changes).toEqual([aChange(id, at(2))])
      const [series] = await under.history.series({
        checkId: id,
        from: at(9),
        to: NOW,
        pointsMax: 100,
      })
      expect(series?.value).toEqual([1, 2, 3])
    })

    test('[ST6] any text survives but NUL and broken surrogates, which become U+FFFD', async () => {
      const id = serviceCheckId('st6 \u00fc\ud83d\ude42', `we'ird "na\\me"`)
      const odd =
        'tab\t newline\n cr\r backslash\\ \\. \\N quote\' "double" emoji\ud83d\ude42 \u2028 {1,NULL}'
      await commit({
        history: [
          aResult(id, NOW, { seq: 2, output: odd, perfdata: odd }),
          aResult(id, after(NOW, -1), {
            seq: 1,
            output: 'nul\0in\0it',
            perfdata: 'half \ud83d of a pair',
          }),
        ],
        records: [aRecord(id, NOW, { output: 'nul\0', longOutput: 'half \udc00', perfdata: '\0' })],
        changes: [aChange(id, NOW, { output: `${odd}\0` })],
      })
      expect((await results(id)).map(({ output, perfdata }) => [output, perfdata])).toEqual([
        [odd, odd],
        ['nul\ufffdin\ufffdit', 'half \ufffd of a pair'],
      ])
      expect(await recordOf(id)).toMatchObject({
        output: 'nul\ufffd',
        longOutput: 'half \ufffd',
        perfdata: '\ufffd',
      })
      const [change] = await under.history.changes({
        checkId: id,
        from: NOW,
        to: after(NOW, 1),
        limit: 1,
      })
      expect(change).toEqual(aChange(id, NOW, { output: `${odd}\ufffd` }))
    })

    test('[ST7] texts without end are cut, and show it', async () => {
      const id = serviceCheckId('st7', 'a')
      const long = '\u00e9'.repeat(300_000)
      await commit({
        history: [aResult(id, NOW, { output: long, perfdata: long })],
        records: [aRecord(id, NOW, { output: long, longOutput: long, perfdata: long })],
      })
      const [row] = await results(id)
      const record = await recordOf(id)
      for (const [text, max] of [
        [row?.output, 8_192],
        [row?.perfdata, 16_384],
        [record?.output, 8_192],
        [record?.longOutput, 65_536],
        [record?.perfdata, 16_384],
      ] as const) {
        expect(text).toHaveLength(max)
        expect(text?.endsWith('\u00e9…')).toBe(true)
      }
    })

    test('[ST8] a late result goes to the day it belongs to', async () => {
      const id = serviceCheckId('st8', 'a')
      const old = after(NOW, -20 * DAY)
      await commit({
        history: [
          aResult(id, NOW, { seq: 1 }),
          aResult(id, old, { seq: 2, verdict: 'late', code: 2 }),
        ],
        samples: [aSample(id, NOW, aDatum('x', 1)), aSample(id, old, aDatum('x', 2))],
      })
      expect(await results(id, after(old, -1), after(old, 1))).toEqual([
        {
          collector: 'col-1',
          startedAt: after(old, -250),
          finishedAt: old,
          state: 'critical',
          use: 'late',
          output: 'fine',
          perfdata: '',
        },
      ])
      const [series] = await under.history.series({
        checkId: id,
        from: old,
        to: after(old, 1),
        pointsMax: 10,
      })
      expect(series?.value).toEqual([2])
    })

    test('[ST9] what retention would drop is left out; its samples stay as long as series do', async () => {
      const id = serviceCheckId('st9', 'old')
      const tooOld = after(NOW, -(RESULTS_DAYS + 2) * DAY)
      const ancient = after(NOW, -(SERIES_DAYS + 2) * DAY)
      await commit({
        history: [
          aResult(id, ancient, { seq: 1, boot: 'st9' }),
          aResult(id, tooOld, { seq: 2, boot: 'st9' }),
        ],
        samples: [
          aSample(id, ancient, aDatum('x', 1)),
          aSample(id, tooOld, aDatum('x', 2), aDatum('y', null)),
        ],
        changes: [aChange(id, ancient), aChange(id, tooOld)],
      })
      expect(await results(id)).toEqual([])
      const series = await under.history.series({
        checkId: id,
        from: instant(0),
        to: NOW,
        pointsMax: 10,
      })
      expect(series.map(({ label, at, value }) => [label, at, value])).toEqual([
        ['x', [tooOld], [2]],
        ['y', [tooOld], [null]],
      ])
      expect(
        await under.history.changes({ checkId: id, from: instant(0), to: NOW, limit: 9 }),
      ).toEqual([aChange(id, tooOld)])
    })

    test('[ST9] a result from a clock far ahead is found at the time it came, with its own claim', async () => {
      const id = serviceCheckId('st9', 'ahead')
      const claimed = instant(Date.UTC(2099, 5, 1))
      await commit({
        history: [aResult(id, claimed, { verdict: 'clock-suspect' })],
        samples: [aSample(id, claimed, aDatum('x', 1))],
      })
      const rows = await results(id, NOW, after(NOW, 1))
      expect(rows).toMatchObject([
        { finishedAt: claimed, startedAt: after(claimed, -250), use: 'clock-suspect' },
      ])
      expect(
        await under.history.series({
          checkId: id,
          from: instant(0),
          to: after(claimed, 1),
          pointsMax: 9,
        }),
      ).toEqual([])
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
