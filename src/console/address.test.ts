import { describe, expect, test } from 'vitest'
import { safeNext } from './account/entry.ts'
import { neighbour, type ListItem } from './list/list-item.ts'
import { parseListSearch, parseQuery, toggleStates, writeQuery } from './list-search.ts'

describe('addresses', () => {
  test('[UI17] a view is in its address and comes back from it', () => {
    const search = { q: '100', state: 'critical,stale', open: 'web 1!disk /' }
    expect(parseListSearch(parseQuery(writeQuery(search)))).toEqual(search)
    expect(writeQuery({ q: undefined, state: '' })).toBe('')
  })
  test('[UI17] what an address says wrong is left out', () => {
    expect(parseListSearch(parseQuery('?state=critical,bogus,constructor&q='))).toEqual({
      q: undefined,
      state: 'critical',
      open: undefined,
    })
  })
  test('[UI17] a counter switches its state on and off', () => {
    const on = toggleStates({ q: 'web', state: 'critical' }, ['stale'])
    expect(on).toEqual({ q: 'web', state: 'critical,stale' })
    expect(toggleStates(toggleStates(on, ['critical']), ['stale']).state).toBeUndefined()
  })
  test('[UI18] the way back after the sign-in never leaves this console', () => {
    expect(safeNext('/objects/web!http?q=1')).toBe('/objects/web!http?q=1')
    for (const bad of ['//evil.example', '/\\evil.example', 'https://evil.example', 7, '/sign-in'])
      expect(safeNext(bad)).toBe('/')
  })
})

test('[UI19] j and k go from row to row, over the heads of lanes, and stop at the ends', () => {
  const row = (id: string): ListItem => ({ kind: 'row', key: id, id, symptoms: 0 })
  const head: ListItem = { kind: 'lane', key: 'l', lane: 'stale', count: 1, total: 1, isOpen: true }
  const items = [head, row('a'), row('b'), head, row('c')]
  expect(neighbour(items, undefined, 1)).toBe('a')
  expect(neighbour(items, 'b', 1)).toBe('c')
  expect(neighbour(items, 'c', 1)).toBe('c')
  expect(neighbour(items, 'a', -1)).toBe('a')
  expect(neighbour(items, 'gone', 1)).toBe('a')
  expect(neighbour([head], undefined, 1)).toBeUndefined()
})
