import { describe, expect, test } from 'vitest'
import { compiledFleet, problemsOf, serviceIn } from '../../test/compiled.ts'

describe('[CF10] null inherits nothing', () => {
  const fleet = compiledFleet(`
timePeriods: { work: }
templates:
  hosts:
    base: { address: 192.0.2.1, checkPeriod: work, groups: [all], notes: base, checkInterval: 1m, variables: { A: 1 } }
    cut: { use: base, groups: null, checkPeriod: null, notes: null }
    other: { groups: [late], notes: other, checkPeriod: work }
    adding: { use: cut, groups: [+, own] }
hostGroups: { all: , late: , own: }
hosts:
  a: { use: base, address: null, checkPeriod: null, variables: null }
  b: { use: [cut, other] }
  c: { use: [adding, other] }
  d: { use: cut, groups: [+, own] }
`)
  test('from the object itself, for any key', () => {
    const a = fleet.hosts.get('a')
    expect(a).toMatchObject({ address: 'a', groups: ['all'], notes: 'base', variables: {} })
    expect(a?.check).toMatchObject({ period: undefined, intervalMs: 60_000 })
  })
  test('in a template stops what later templates would give', () => {
    expect(fleet.hosts.get('b')).toMatchObject({ groups: [], notes: '', address: '192.0.2.1' })
    expect(fleet.hosts.get('b')?.check.period).toBeUndefined()
  })
  test('and + adds to nothing then', () => {
    expect(fleet.hosts.get('c')?.groups).toEqual(['own'])
    expect(fleet.hosts.get('d')?.groups).toEqual(['own'])
  })
})

test('[CF10] + adds through several templates, to the nearest list that does not', () => {
  const fleet = compiledFleet(`
contacts: { ann: , bob: , eve: }
contactGroups: { ops: , dev: }
hostGroups: { a: , b: , c: , d: , e: }
templates:
  hosts:
    first: { groups: [+, b], contacts: [+, ann], contactGroups: [ops] }
    second: { groups: [+, c], contacts: [bob], contactGroups: [+, dev] }
    third: { groups: [d] }
    far: { groups: [e], contacts: [eve] }
hosts:
  x: { use: [first, second, third, far], groups: [+, a] }
  y: { use: [first, second], groups: [a] }
  z: { use: first, groups: [+] }
  p: { parents: [+, x] }
`)
  expect(fleet.hosts.get('x')).toMatchObject({
    groups: ['a', 'b', 'c', 'd'],
    contacts: ['ann', 'bob'],
    contactGroups: ['ops'],
  })
  expect(fleet.hosts.get('y')?.groups).toEqual(['a'])
  expect(fleet.hosts.get('z')?.groups).toEqual(['b'])
  expect(fleet.hosts.get('p')?.parents).toEqual(['x'])
})

describe('[CF10] a template named default', () => {
  const fleet = compiledFleet(`
templates:
  hosts:
    default: { checkInterval: 10m, maxCheckAttempts: 7, groups: [all], services: { up: { checkCommand: passive } } }
    fast: { checkInterval: 1m }
  services: { default: { checkInterval: 2m } }
  contacts: { default: { minimumImportance: 5 } }
hostGroups: { all: , web: }
contacts: { ann: , bob: { minimumImportance: 1 } }
hosts:
  a:
  b: { use: fast, groups: [+, web] }
  c: { use: [default, fast], services: { s: { checkCommand: passive } } }
`)
  test('is used by every object of its kind, after all others', () => {
    expect(fleet.hosts.get('a')?.check).toMatchObject({ intervalMs: 600_000, maxAttempts: 7 })
    expect(fleet.hosts.get('b')?.check).toMatchObject({ intervalMs: 60_000, maxAttempts: 7 })
    expect(fleet.hosts.get('b')?.groups).toEqual(['all', 'web'])
    expect(serviceIn(fleet, 'c/s').check.intervalMs).toBe(120_000)
    expect(fleet.contacts.get('ann')?.minimumImportance).toBe(5)
    expect(fleet.contacts.get('bob')?.minimumImportance).toBe(1)
  })
  test('in the place where it is named, when it is', () => {
    expect(fleet.hosts.get('c')?.check.intervalMs).toBe(600_000)
  })
  test('gives its services to every host', () => {
    expect([...fleet.services.keys()]).toEqual(['a!up', 'b!up', 'c!s', 'c!up'])
  })
  test('does not use itself', () => {
    expect(
      problemsOf('templates: { hosts: { default: { use: default } } }\nhosts: { a: }')[0],
    ).toMatch(/leads back to itself: default → default/)
  })
})
