import { describe, expect, test } from 'vitest'
import { after, instant, type Instant } from '../../base/instant.ts'
import { serviceCheckId, type CheckId } from '../../domain/check-id.ts'
import type { Effects, Sample, StoredResult } from '../../results/ports.ts'
import { batchOf, withoutStored } from './batch.ts'

const NOW = instant(1_000_000)
const id = (n: number): CheckId => serviceCheckId('h', `s${n}`)
const result = (n: number, at: Instant = NOW): StoredResult => ({
  verdict: 'counted',
  result: {
    collector: 'c',
    boot: 'b',
    seq: n,
    checkId: id(n),
    origin: 'scheduled',
    dueAt: at,
    startedAt: at,
    finishedAt: at,
    outcome: { kind: 'exited', code: 0, output: '', longOutput: '', perfdata: '' },
  },
})
const sample = (n: number, at: Instant = NOW): Sample => ({
  checkId: id(n),
  at,
  perfdata: [{ label: 'x', value: n, unit: '', warn: null, crit: null, min: null, max: null }],
})
const effects = (history: StoredResult[], samples: Sample[]): Effects => ({
  history,
  samples,
  records: [],
  changes: [],
  watermarks: [],
})
const spans = (table: string) =>
  table === 'result'
    ? { from: instant(500_000), to: instant(2_000_000) }
    : { from: instant(100_000), to: instant(2_000_000) }

describe('a batch', () => {
  test('joins samples to their results, with gaps and out of order', () => {
    const history = [1, 2, 3, 4].map((n) => result(n))
    const joined = (samples: Sample[]) =>
      batchOf(effects(history, samples), spans, NOW).results.map((row) => row.sample?.checkId)
    expect(joined([sample(2), sample(4)])).toEqual([undefined, id(2), undefined, id(4)])
    expect(joined([sample(4), sample(2)])).toEqual([undefined, id(2), undefined, id(4)])
    expect(joined([])).toEqual([undefined, undefined, undefined, undefined])
  })

  test('leaves no sample behind that retention still wants', () => {
    const { results, loose, expired } = batchOf(
      effects(
        [result(1, instant(200_000)), result(2, instant(50_000)), result(3)],
        [sample(1, instant(200_000)), sample(2, instant(50_000)), sample(3), sample(4)],
      ),
      spans,
      NOW,
    )
    expect(results.map(({ stored }) => stored.result.seq)).toEqual([3])
    expect(loose.map(({ checkId }) => checkId).sort()).toEqual([id(1), id(4)])
    expect(expired).toBe(2)
  })

  test('has no sample without a value', () => {
    const empty = { ...sample(1), perfdata: [] }
    const { results, loose } = batchOf(
      effects([result(1)], [empty, { ...empty, at: after(NOW, 1) }]),
      spans,
      NOW,
    )
    expect(results[0]?.sample).toBeUndefined()
    expect(loose).toEqual([])
  })

  test('loses what the database holds, and only that', () => {
    const given = effects(
      [result(1), result(2, instant(200_000)), result(3)],
      [sample(1), sample(2, instant(200_000)), sample(3)],
    )
    const batch = batchOf(given, spans, NOW)
    const mark = (seq: number, boot = 'b') => [{ version: 1, collector: 'c', boot, seq }] as const
    expect(withoutStored(batch, given, mark(9, 'another boot'))).toBe(batch)
    const fresh = withoutStored(batch, given, mark(2))
    expect(fresh.results.map(({ stored }) => stored.result.seq)).toEqual([3])
    expect(fresh.loose).toEqual([])
  })
})
