import { describe, expect, test } from 'vitest'
import { compiledFleet } from '../../test/compiled.ts'
import { attributeChanges } from './attribute-changes.ts'
import { effectsOf } from './change-effects.ts'
import { differenceOf } from './fleet-difference.ts'
import { digestsOf } from './revision.ts'

const base = `
clusters: { east: { site: Wien }, west: , north: , south: }
hosts:
  a: { observers: [east, west, north] }
  b: { observers: [east, west, north] }
  c: { cluster: east }
services: { s: { host: [a, b, c], checkCommand: { builtin: load } }, t: { host: a, checkCommand: { builtin: load } } }
`

function effects(...edits: readonly (readonly [string, string])[]): readonly string[] {
  const text = edits.reduce((now, [from, to]) => {
    expect(now).toContain(from)
    return now.replaceAll(from, to)
  }, base)
  const [before, after] = [compiledFleet(base), compiledFleet(text)]
  const difference = differenceOf(digestsOf(before), digestsOf(after))
  return [...effectsOf({ before, after, difference })].filter((line) => line !== undefined)
}

describe('[OV10] a plan says of observers', () => {
  test.each([
    ['nothing', [], []],
    [
      'one more host with several',
      [['cluster: east', 'observers: [east, west]']],
      ['host c is observed by 2 clusters now'],
    ],
    [
      'more of them for some',
      [
        ['cluster: east', 'observers: [east, west]'],
        ['a: { observers: [east,', 'a: { observers: [east, south,'],
      ],
      ['2 hosts are observed by more clusters now'],
    ],
    [
      'one of three that goes',
      [['a: { observers: [east, west, north]', 'a: { observers: [east, north]']],
      ['1 host and 2 services lose one of 3 observers'],
    ],
    [
      'all but one that go',
      [['observers: [east, west, north]', 'cluster: west']],
      ['2 hosts and 3 services lose 2 of 3 observers'],
    ],
    [
      'different numbers that go',
      [
        ['a: { observers: [east, west, north]', 'a: { observers: [east, north]'],
        ['b: { observers: [east, west, north]', 'b: { cluster: east'],
      ],
      ['2 hosts and 3 services lose observers'],
    ],
    [
      'others in place of them',
      [['a: { observers: [east, west,', 'a: { observers: [east, south,']],
      ['1 host has other observers'],
    ],
    [
      'a host that moves',
      [['cluster: east', 'cluster: west']],
      ['1 host moves to another cluster'],
    ],
    ['sites of hosts', [['c: {', 'c: { site: Graz,']], ['1 host at another site']],
    [
      'observers that come to one site',
      [['west: ,', 'west: { site: Wien },']],
      [
        '1 cluster at another site',
        '2 hosts with two observers at one site, whose failures count once',
      ],
    ],
    [
      'verdicts of a host and of what takes it from there',
      [['a: {', 'a: { verdict: majority,']],
      ['3 checks are decided in another way'],
    ],
    [
      'a single one',
      [['t: { host: a', 't: { host: a, theta: 20']],
      ['1 check is decided in another way'],
    ],
  ] as const)('%s', (_, edits, lines) => {
    expect(effects(...edits)).toEqual(lines)
  })
  test('either the cluster or the observers, and how it is decided, attribute by attribute', () => {
    const host = (text: string): object =>
      compiledFleet(`clusters: { east:, west: }\nhosts: { a: { ${text} } }`).hosts.get(
        'a',
      ) as object
    expect(attributeChanges(host('cluster: east'), host('cluster: west'))).toEqual([
      { name: 'cluster', before: 'east', after: 'west' },
    ])
    expect(attributeChanges(host('cluster: east'), host('observers: [east, west]'))).toEqual([
      { name: 'observers', before: 'east', after: 'east, west' },
    ])
    expect(
      attributeChanges(host('cluster: east'), host('verdict: { atLeast: 1 }, theta: 9')),
    ).toEqual([
      { name: 'cluster', before: 'east', after: 'default' },
      { name: 'verdict', before: 'evidence', after: 'at least 1' },
      { name: 'theta', before: '12.5', after: '9' },
    ])
  })
})
