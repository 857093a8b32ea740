import { expect, test } from 'vitest'
import { counted } from './words.ts'

test('one is singular, all else plural', () => {
  expect(counted(1, 'host')).toBe('1 host')
  expect(counted(0, 'host')).toBe('0 hosts')
  expect(counted(2, 'query', 'queries')).toBe('2 queries')
})
