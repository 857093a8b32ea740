import { expect, test } from 'vitest'
import { readObjectValue } from './object-value.ts'

test('a value is YAML, of which JSON is a part', () => {
  expect(readObjectValue('hosts', { value: '{ address: 192.0.2.1, groups: [a] }' })).toEqual({
    address: '192.0.2.1',
    groups: ['a'],
  })
  expect(readObjectValue('resources', { value: '/usr/lib/plugins' })).toBe('/usr/lib/plugins')
})

test.each([
  ['{ a: b: c', /^--value:1:\d+: /],
  ['a: 1\na: 2', /^--value:2:1: /],
  ['x: &x [1]\ny: [*x, *z]', /^--value/],
])('%j is refused with its place', (value, message) => {
  expect(() => readObjectValue('hosts', { value })).toThrow(message)
})

test('aliases within aliases are refused, not expanded', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  for (let level = 1; level < 9; level++) {
    const [now, before] = ['abcdefghi'[level], 'abcdefghi'[level - 1]]
    bomb.push(`${now}: &${now} [${Array(9).fill(`*${before}`).join(', ')}]`)
  }
  expect(() => readObjectValue('hosts', { value: bomb.join('\n') })).toThrow(/alias/)
})

test('[CL9] the mask of a secret is not taken for the secret', () => {
  for (const kind of ['secrets', 'resources'])
    expect(() => readObjectValue(kind, { value: '"***"' })).toThrow(/how a secret is shown/)
  expect(readObjectValue('contacts', { value: '"***"' })).toBe('***')
})

test('either a file or a value', () => {
  expect(() => readObjectValue('hosts', {})).toThrow('what should it be?')
  expect(() => readObjectValue('hosts', { file: 'a', value: 'b' })).toThrow('do not go together')
  expect(() => readObjectValue('hosts', { file: '/nowhere/at/all' })).toThrow('cannot be read')
})
