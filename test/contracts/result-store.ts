import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { after, instant, type Instant } from '../../src/base/instant.ts'
import { hostCheckId, serviceCheckId, type CheckId } from '../../src/domain/check-id.ts'
import type { Effects } from '../../src/results/ports.ts'
import {
  type StoreUnderTest,
  NOW,
  RESULTS_DAYS,
  SERIES_DAYS,
  MINUTE,
  DAY,
  NO_EFFECTS,
  aResult,
  aRecord,
  aChange,
  aMark,
  aDatum,
  aSample,
} from './stored-things.ts'

/** Rules ST1 to ST9 of docs/spec/store.md. Each test uses checks of its own, so one database serves them all. */
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

    test('[ST4] [ST5] what is stored behind a gap is known, and is not doubled by a repeated commit', async () => {
      const id = serviceCheckId('st5', 'gaps')
      const of = (seq: number) => aResult(id, after(NOW, -seq * 1_000), { seq, boot: 'st5-gaps' })
      const newest: Effects = {
        ...NO_EFFECTS,
        history: [of(1), of(8), of(9)],
        watermarks: [aMark(1, 'st5-gaps', [8, 9])],
      }
      await commit(newest)
      await commit(newest)
      const more = {
        ...newest,
        history: [...newest.history, of(4), of(2)],
        watermarks: [aMark(2, 'st5-gaps', [4, 4], [8, 9])],
      }
      await commit(more)
      await commit(more)
      expect(await results(id)).toHaveLength(5)
      const marks = await under.store.loadWatermarks()
      expect(marks).toContainEqual(aMark(2, 'st5-gaps', [4, 4], [8, 9]))
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
          origin: 'scheduled',
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
  })
}
