import { expect, test } from 'vitest'
import * as fc from 'fast-check'
import { alerts, parseRange, stateOf } from './threshold.ts'

test('[TH1] a bare number counts from zero, and both ends are fine', () => {
  expect(parseRange('10')).toEqual({ start: 0, end: 10, isInside: false })
  expect(parseRange(' :10 ')).toEqual({ start: 0, end: 10, isInside: false })
})

test('[TH2] an open start is ~, an open end is nothing', () => {
  expect(parseRange('~:10')).toEqual({ start: -Infinity, end: 10, isInside: false })
  expect(parseRange('10:')).toEqual({ start: 10, end: Infinity, isInside: false })
})

test('[TH3] @ alerts inside, the ends included', () => {
  const range = parseRange('@10:20')
  expect(range && [9, 10, 20, 21].map((value) => alerts(range, value))).toEqual([
    false,
    true,
    true,
    false,
  ])
})

test('[TH4] critical goes before warning', () => {
  expect([5, 15, 25].map((value) => stateOf(value, parseRange('10'), parseRange('20')))).toEqual([
    0, 1, 2,
  ])
  expect(stateOf(5, undefined, undefined)).toBe(0)
})

test.each([
  '',
  ' ',
  ':',
  '@:',
  '~',
  '2:1',
  '-5',
  '1:~',
  'a:b',
  '1,5',
  '@@5',
  '1e',
  '0x10',
  '10:20:30',
])('[TH5] %j is no range', (text) => {
  expect(parseRange(text)).toBeUndefined()
})

test('[TH6] any start not above its end is read back as written', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true })
  fc.assert(
    fc.property(number, number, (a, b) => {
      const [start, end] = a <= b ? [a, b] : [b, a]
      const range = parseRange(`${start}:${end}`)
      expect(range?.start === start && range.end === end).toBe(true)
      expect(range && alerts(range, start)).toBe(false)
    }),
  )
})
