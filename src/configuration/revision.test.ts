import { describe, expect, test } from 'vitest'
import type { Fleet } from '../domain/fleet.ts'
import { compile } from './compile.ts'
import { differenceOf, totalOf } from './fleet-difference.ts'
import { digestsOf, revisionOf } from './revision.ts'

function fleetOf(...texts: string[]): Fleet {
  const { fleet, problems } = compile(texts.map((text, index) => ({ file: `${index}.yaml`, text })))
  expect(problems).toEqual([])
  return fleet
}

const base = `
hostGroups: { g: }
hosts:
  a: { groups: g, variables: { X: 1, Y: 2 } }
  b: { groups: g, checkCommand: { line: 'true' } }
services: { s: { host: [a, b], checkCommand: { builtin: tcp, port: 22, warning: 1s } } }
`

describe('[CF20] a revision', () => {
  const revision = revisionOf(fleetOf(base))
  test('is the same for the same objects in other files, order and words', () => {
    const moved = fleetOf(
      '# words\nservices: { s: { checkCommand: { warning: 1s, builtin: tcp, port: 22 }, hosts: [b, a] } }',
      `templates: { hosts: { t: { groups: [g] } } }\nhosts: { b: { use: t, checkCommand: { line: 'true' } } }`,
      'hosts: { a: { variables: { Y: 2, X: 1 }, groups: [g], checkInterval: 300s } }\nhostGroups: { g: {} }',
    )
    expect(revisionOf(moved)).toBe(revision)
    expect(revision).toMatch(/^[0-9a-f]{12}$/)
  })
  test.each([
    ['a variable', 'X: 1', 'X: 3'],
    ['an option', 'port: 22', 'port: 23'],
    ['a group', 'hostGroups: { g: }', 'hostGroups: { g: { alias: G } }'],
    ['a command', "line: 'true'", "line: 'false'"],
    ['a period', 'hosts:\n', 'timePeriods: { p: }\nhosts:\n'],
  ])('is another one after a change of %s', (_, before, after) => {
    expect(base).toContain(before)
    expect(revisionOf(fleetOf(base.replace(before, after)))).not.toBe(revision)
  })
})

test('[CF21] the difference names what is new, changed and gone', () => {
  const after = base
    .replace('X: 1', 'X: 3')
    .replace('[a, b]', '[b, c]')
    .replace("line: 'true'", "line: 'false'")
    .replace('services:', '  c:\nservices:')
  const difference = differenceOf(
    digestsOf(fleetOf(base)),
    digestsOf(fleetOf(`# moved down\n\n${after}`)),
  )
  expect(Object.fromEntries(difference)).toEqual({
    hosts: { created: ['c'], changed: ['a', 'b'], deleted: [] },
    services: { created: ['c!s'], changed: [], deleted: ['a!s'] },
  })
  expect(totalOf(difference)).toBe(5)
  const same = differenceOf(digestsOf(fleetOf(base)), digestsOf(fleetOf(`\n${base}`)))
  expect(totalOf(same)).toBe(0)
})
