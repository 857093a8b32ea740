import { test as property, fc } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { globOf } from './glob.ts'

test('[WL1] stars, question marks and plain names, without regard to case', () => {
  const fits = (pattern: string, text: string) => globOf(pattern)(text)
  expect(fits('web-*', 'web-01')).toBe(true)
  expect(fits('WEB-*', 'web-01')).toBe(true)
  expect(fits('web-0?', 'web-01')).toBe(true)
  expect(fits('web-?', 'web-01')).toBe(false)
  expect(fits('*01', 'web-01')).toBe(true)
  expect(fits('*b*1', 'web-01')).toBe(true)
  expect(fits('web', 'web-01')).toBe(false)
  expect(fits('', '')).toBe(true)
  expect(fits('*', '')).toBe(true)
  expect(fits('a.c', 'abc')).toBe(false)
})

property.prop([
  fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }),
])('[WL1] the same as a regular expression says', (pattern, text) => {
  const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`)
  expect(globOf(pattern)(text)).toBe(expression.test(text))
})

test('[WL4] a pattern of many stars is no slower than its length times the name', () => {
  const fits = globOf('*a'.repeat(120) + 'b')
  const name = 'a'.repeat(255)
  const startedAt = performance.now()
  for (let i = 0; i < 100; i++) expect(fits(name)).toBe(false)
  expect(performance.now() - startedAt).toBeLessThan(2000)
})
