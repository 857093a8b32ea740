import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { normalise } from './normalised-perfdatum.ts'
import { parsePerfdata } from './perfdata.ts'
import type { Perfdatum } from './perfdatum.ts'

const one = (text: string): Perfdatum | undefined => parsePerfdata(text)[0]
const labels = (text: string): string[] => parsePerfdata(text).map((item) => item.label)

describe('labels', () => {
  test('[PD1] items are separated by white space, line ends and no-break spaces', () => {
    expect(labels('a=1 b=2\nc=3\r\nd=4\te=5\u00a0f=6')).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  test('[PD2] a quoted label may hold spaces, equals signs and doubled quotes', () => {
    expect(labels("'a b'=1 'c=d'=2 'it''s'=3 'e' =4")).toEqual(['a b', 'c=d', "it's", 'e'])
  })

  test('[PD3] a label without quotes reaches to its equals sign, spaces included', () => {
    expect(labels('a=1 free space=2')).toEqual(['a', 'free space'])
  })

  test('[PD4] a quote that nothing closes hides no neighbour', () => {
    expect(labels("'a=1 'b'=2 c=3")).toEqual(['a', 'b', 'c'])
  })
})

describe('values', () => {
  test('[PD5] signs, exponents and decimal commas are numbers; the unit begins behind them', () => {
    expect(one('a=-1.5e-3s')).toMatchObject({ value: -0.0015, unit: 's' })
    expect(one('a=1EB')).toMatchObject({ value: 1, unit: 'EB' })
    expect(one('a=0,005s;1,5;2,5;0,0;9,5')).toEqual({
      label: 'a',
      value: 0.005,
      unit: 's',
      warn: '1.5',
      crit: '2.5',
      min: 0,
      max: 9.5,
    })
    expect(one('a=5µs')).toMatchObject({ value: 5, unit: 'µs' })
    expect(one('a=1.2req/s')).toMatchObject({ value: 1.2, unit: 'req/s' })
  })

  test.each([
    'inf',
    'nan',
    '-inf',
    '0x1F',
    '1_000',
    '5-3',
    '1.2.3',
    '1e400',
    '',
    '$5',
    '1\u00a0234',
  ])('[PD6] %j is no measurement, and its neighbours stay', (value) => {
    expect(labels(`before=1 a=${value} behind=2`)).toEqual(['before', 'behind'])
  })

  test('[PD7] U is kept as not measured', () => {
    expect(one('a=U;1;2')).toEqual({
      label: 'a',
      value: null,
      unit: '',
      warn: '1',
      crit: '2',
      min: null,
      max: null,
    })
    expect(parsePerfdata('a=Unknown')).toEqual([])
  })
})

describe('thresholds', () => {
  test.each(['10', '10:', '~:10', ':10', '10:20', '@10:20', '-1', '1e-3', '~:'])(
    '[PD8] the range %s stays as text',
    (range) => {
      expect(one(`a=1;${range};${range}`)).toMatchObject({ warn: range, crit: range })
    },
  )

  test.each(['>20', '20s', 'U', ':', '~', '@', 'x', '1:2:3'])(
    '[PD9] %s is no range and is left out',
    (range) => {
      expect(one(`a=1;${range};5;${range};7`)).toMatchObject({
        warn: null,
        crit: '5',
        min: null,
        max: 7,
      })
    },
  )

  test('[PD10] fields behind the maximum are passed over', () => {
    expect(labels('a=1;2;3;4;5;6;7 b=2')).toEqual(['a', 'b'])
  })
})

describe('any input', () => {
  const unit = fc.constantFrom('', 's', 'ms', '%', 'B', 'KB', 'c', 'foo', '/s')
  const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 })
  const plain = number.map((value) => value + 0)
  const item = fc.record({
    label: fc.string({ minLength: 1, unit: 'binary' }),
    value: fc.option(plain, { freq: 8 }),
    unit,
    warn: fc.option(plain.map(String)),
    crit: fc.option(plain.map((start) => `${start}:`)),
    min: fc.option(plain),
    max: fc.option(plain),
  })
  const text = (value: number | string | null): string => (value === null ? '' : String(value))
  const written = (it: Perfdatum): string =>
    `'${it.label.replaceAll("'", "''")}'=${it.value === null ? 'U' : it.value}${it.value === null ? '' : it.unit}` +
    `;${text(it.warn)};${text(it.crit)};${text(it.min)};${text(it.max)}`

  test('[PD11] what was written by the book is read back', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), (items) => {
        const expected = items.map((it) => (it.value === null ? { ...it, unit: '' } : it))
        expect(parsePerfdata(items.map(written).join(' '))).toEqual(expected.map(withoutMinusZero))
      }),
    )
  })

  test('[PD11] nothing throws, and every value is finite', () => {
    const hostile = fc.string({
      unit: fc.constantFrom(
        "'",
        '=',
        ';',
        ' ',
        'a',
        '1',
        '.',
        ',',
        'e',
        '-',
        'U',
        '~',
        ':',
        '@',
        '\n',
        'µ',
      ),
      maxLength: 60,
    })
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (input) => {
        for (const { value, min, max } of parsePerfdata(input)) {
          for (const read of [value, min, max])
            expect(read === null || Number.isFinite(read)).toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    "'",
    "''",
    "'a",
    "'x''=1 ",
    "'x=1 ",
    '=',
    'a=',
    'a=1;',
    '1',
    'a=1',
    'a=1=1 ',
    "'a' ",
    "'''=1 ",
  ])('[PD11] a megabyte of %j takes time in proportion to its length', (piece) => {
    const input = piece.repeat(1_048_576 / piece.length)
    const began = performance.now()
    parsePerfdata(input)
    expect(performance.now() - began).toBeLessThan(2000)
  })
})

test('[PD12] base units: seconds, bytes and bits by the case of the letter', () => {
  expect(normalise({ ...base, value: 25, unit: 'ms', warn: '100', crit: '10:20' })).toMatchObject({
    value: 0.025,
    unit: 'seconds',
    warn: 0.1,
    crit: null,
  })
  expect(normalise({ ...base, value: 2, unit: 'KiB' })).toMatchObject({
    value: 2048,
    unit: 'bytes',
  })
  expect(normalise({ ...base, value: 2, unit: 'Mb' })).toMatchObject({ value: 2e6, unit: 'bits' })
  expect(normalise({ ...base, value: 2, unit: 'foo' })).toMatchObject({ value: 2, unit: 'foo' })
})

const base: Perfdatum = {
  label: 'a',
  value: null,
  unit: '',
  warn: null,
  crit: null,
  min: null,
  max: null,
}

function withoutMinusZero(it: Perfdatum): Perfdatum {
  const plain = (value: number | null): number | null => (value === null ? null : value + 0)
  return { ...it, value: plain(it.value), min: plain(it.min), max: plain(it.max) }
}
