import { describe, expect, test } from 'vitest'
import { compiledFleet, problemsOf } from '../../test/compiled.ts'
import { siteOf } from '../domain/cluster.ts'
import { compile } from './compile.ts'
import { shippedPackages } from './packages.ts'
import { Problems, renderProblem } from './problem.ts'
import { revisionOf } from './revision.ts'
import { readDefinitions } from './yaml/read-definitions.ts'
import { writeYaml } from './yaml/write-yaml.ts'

const CLUSTERS = 'clusters: { east: { site: Wien }, west:, north:, south: { site: Wien } }\n'

const observersIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...compiledFleet(CLUSTERS + text).hosts].map(([name, { observers, cluster }]) => {
      expect(observers[0]).toBe(cluster)
      return [name, observers.join(' ')]
    }),
  )
/** Lines count without those of the clusters. */
const faultsOf = (text: string): string[] =>
  problemsOf(text + CLUSTERS).map((fault) => fault.replace('\n  hint: ', ' | '))

describe('[OV1] the observers of a host', () => {
  test('are one cluster or several', () => {
    expect(
      observersIn(`
hosts:
  a: {}
  b: { cluster: east }
  c: { observers: [west, default, east] }
  d: { observers: north }
`),
    ).toEqual({ a: 'default', b: 'east', c: 'west default east', d: 'north' })
  })
  test('are what the nearest says, in either word', () => {
    expect(
      observersIn(`
templates:
  hosts:
    one: { cluster: east }
    many: { observers: [west, north] }
    near: { use: many, cluster: south }
hosts:
  a: { use: one, observers: [north, south] }
  b: { use: many, cluster: east }
  c: { use: near }
  d: { use: [one, many] }
  e: { use: [many, one] }
  f: { use: many, observers: null }
  g: { use: many, cluster: null }
`),
    ).toEqual({
      a: 'north south',
      b: 'east',
      c: 'south',
      d: 'east',
      e: 'west north',
      f: 'default',
      g: 'default',
    })
  })
  test('are added to what is inherited by a first +', () => {
    expect(
      observersIn(`
templates:
  hosts:
    one: { cluster: east }
    two: { use: one, observers: [+, west] }
hosts:
  a: { use: one, observers: [+, north] }
  b: { use: two, observers: [+, north, east] }
  c: { observers: [+, north] }
`),
    ).toEqual({ a: 'east north', b: 'east west north', c: 'north' })
  })
  test('are written once', () => {
    expect(faultsOf('hosts: { a: { cluster: east, observers: [east, west] } }\n')).toEqual([
      '1:41: `cluster` and `observers` stand side by side | leave out `cluster`: it is the first of the observers',
    ])
  })
})

describe('[OV2] a fault in observers', () => {
  test.each([
    ['[east, wst]', "1:31: unknown cluster 'wst' | did you mean 'west'?"],
    ['eest', "1:23: unknown cluster 'eest' | did you mean 'east'?"],
    ['[east, west, east]', "1:23: 'east' is named twice | a cluster observes a host once"],
    ['[]', '1:23: observers: is empty | name one cluster at least'],
    [
      '[East]',
      '1:24: observers.0: is no name of a cluster | use a-z, 0-9 and - inside, 63 characters at most',
    ],
    [
      '[east, hub]',
      "1:23: 'hub' observes host 'a' together with other clusters, but what a hub checks by itself only this hub knows | leave out 'hub', or name it alone",
    ],
  ])('%s', (written, fault) => {
    expect(faultsOf(`hosts: { a: { observers: ${written} } }\n`)[0]).toBe(
      fault.replace('1:31', '1:33').replace('1:24', '1:27').replace('1:23', '1:26'),
    )
  })
  test('more than 32 of them, also by adding', () => {
    const names = Array.from({ length: 33 }, (_, index) => `c${index}`)
    const clusters = `clusters: { ${names.map((name) => `${name}:`).join(', ')} }\n`
    const all = names.slice(0, 32).join(', ')
    const of = (hosts: string): string[] => problemsOf(`${hosts}\n${clusters}`)
    expect(of(`hosts: { a: { observers: [${all}] } }`)).toEqual([])
    expect(of(`hosts: { a: { observers: [${all}, c32] } }`)[0]).toContain(
      "host 'a' is observed by 33 clusters\n  hint: name 32 at most",
    )
    const template = `templates: { hosts: { t: { observers: [${all}] } } }\n`
    expect(of(`${template}hosts: { a: { use: t, observers: [+, c32] } }`)).toEqual([
      "2:34: host 'a' is observed by 33 clusters\n  hint: name 32 at most",
    ])
    expect(of(`hosts: { a: { observers: [${all}, ${names.join(', ')}] } }`)[0]).toContain(
      'observers: ',
    )
  })
  test('a collector of one of several clusters, once for all hosts of the template', () => {
    expect(
      faultsOf(
        'templates: { hosts: { t: { observers: [east, west], collector: c1 } } }\nhosts: { a: { use: t }, b: { use: t } }\n',
      ),
    ).toEqual([
      "1:64: host 'a' is observed by 2 clusters, a collector is of one (1 more like this) | leave out `collector`, or name one cluster",
    ])
  })
})

describe('[OV3] groups and rules', () => {
  const groups = `
hostGroups:
  web: { observers: [east, west], site: Graz }
  all: { memberGroups: web, site: Graz }
observe:
  far: { where: { host: 'far-*', not: { group: web } }, observers: north, site: Linz }
  rack: { where: { variable: { RACK: A1 } }, site: Graz }
`
  test('say what hosts and templates leave open', () => {
    const { hosts } = compiledFleet(`${CLUSTERS}${groups}
templates: { hosts: { t: { cluster: south, site: Enns } } }
hosts:
  a: { groups: web }
  b: { groups: [web, all], cluster: south, site: Wels }
  far-c: {}
  d: { use: t, groups: web }
  e: { groups: web, variables: { rack: A1 }, cluster: null }
  f: { groups: web, site: null }
  g: {}
`)
    const seen = [...hosts.values()].map(
      ({ name, observers, site }) => `${name} ${observers.join('+')} ${site}`,
    )
    expect(seen).toEqual([
      'a east+west Graz',
      'b south Wels',
      'far-c north Linz',
      'd south Enns',
      'e default Graz',
      'f east+west ',
      'g default ',
    ])
  })
  test('must agree about one host', () => {
    expect(
      faultsOf(`hostGroups: { g: { observers: [east, west], site: Graz } }
observe: { r: { where: { host: '*' }, observers: [west, east], site: Linz } }
hosts: { a: { groups: g }, b: { groups: g }, c: , d: { groups: g, cluster: east, site: Enns } }
`),
    ).toEqual([
      "2:50: host 'a' gets other clusters for `observers` from host group 'g' than from rule 'r' (1 more like this) | write `observers` at the host or a template of it",
      "2:70: host 'a' gets other words for `site` from host group 'g' than from rule 'r' (1 more like this) | write `site` at the host or a template of it",
    ])
  })
  test('name clusters, groups and conditions that are there', () => {
    expect(
      faultsOf(`hosts: { a: }
hostGroups: { g: { observers: [+, east] } }
observe:
  r: { where: { group: gg }, observers: [east, no] }
  s: { where: { host: a } }
  t: { observers: east }
`).map((fault) => fault.split(' | ')[0]),
    ).toEqual([
      '2:31: a `+` adds to what templates say, and here is none',
      "4:24: unknown host group 'gg'",
      "4:48: unknown cluster 'no'",
      '5:3: says nothing',
      '6:6: where: is missing',
    ])
  })
  test('count where Parallax watches the default cluster only when somebody is in it', () => {
    const options = { packages: shippedPackages(), selfMonitoring: true }
    const watched = (text: string): boolean =>
      compiledFleet(CLUSTERS + text, options).hosts.has('parallax-cluster-default')
    expect(watched('hosts: { a: { observers: [east, west] } }')).toBe(false)
    expect(watched('hosts: { a: { observers: [east, default] } }')).toBe(true)
    const rule = "observe: { r: { where: { address: '192.0.2.*' }, observers: [east, west] } }\n"
    expect(watched(`${rule}hosts: { a: { address: 192.0.2.1 } }`)).toBe(false)
    expect(watched(`${rule}hosts: { a: { address: 192.0.2.1 }, b: }`)).toBe(true)
  })
})

test('[OV4] the site of a cluster is the one that it says, or itself; of a host the one that it says, or none', () => {
  const { hosts, clusters } = compiledFleet(
    `${CLUSTERS}templates: { hosts: { t: { site: Graz } } }\nhosts: { a: { use: t }, b: { use: t, site: Enns }, c: }`,
  )
  const sites = ['east', 'west', 'default'].map((name) => siteOf(clusters, name))
  expect(sites).toEqual(['Wien', 'west', 'default'])
  expect([...hosts.values()].map(({ site }) => site)).toEqual(['Graz', 'Enns', ''])
})

describe('[OV5] observers of one site', () => {
  const warningsOf = (text: string): string[] =>
    compile([{ file: 'p.yaml', text: text + CLUSTERS }]).warnings.map(renderProblem)
  test('are warned of, once for all hosts of a template', () => {
    expect(
      warningsOf(
        'templates: { hosts: { t: { observers: [east, west, south] } } }\nhosts: { a: { use: t }, b: { use: t }, c: { observers: [east, west] } }\n',
      ),
    ).toEqual([
      "p.yaml:1:39: east and south, which observe host 'a', are of one site, 'Wien': their failures count once (1 more like this)\n  hint: observers of different sites see more; `site` of a cluster says where it stands",
    ])
  })
  test('are not when they are of different ones', () => {
    expect(warningsOf('hosts: { a: { observers: [east, west, default] } }\n')).toEqual([])
  })
})

describe('[OV8] a revision', () => {
  /** Without a word of observers, as it was named before there were any. */
  const base = `
clusters: { east: { site: Budapest } }
commands: { look: { line: 'check $ARG1$' } }
hosts:
  a: { checkCommand: look!a }
  b: { cluster: east, checkCommand: passive }
services:
  s: { host: [a, b], checkCommand: look!s }
`
  test('keeps its name where nothing is said of observers', () => {
    expect(revisionOf(compiledFleet(base))).toBe('c2277cb0fa58')
    const same = base.replace('cluster: east', 'observers: [east], theta: 12.5, verdict: evidence')
    expect(revisionOf(compiledFleet(same))).toBe('c2277cb0fa58')
  })
  test.each([
    ['observers', 'cluster: east', 'observers: [east, default]'],
    ['a site', 'cluster: east', 'cluster: east, site: Graz'],
    ['a verdict', 'host: [a, b]', 'host: [a, b], verdict: any'],
    ['theta', 'host: [a, b]', 'host: [a, b], theta: 10'],
  ])('has another name with %s', (_, before, after) => {
    expect(base).toContain(before)
    expect(revisionOf(compiledFleet(base.replace(before, after)))).not.toBe('c2277cb0fa58')
  })
  test('does not say how observers came to a host', () => {
    const own = base.replace('cluster: east', 'observers: [default, east], site: Graz')
    const ruled = base.replace(
      'b: { cluster: east, checkCommand: passive }',
      'b: { checkCommand: passive }\nobserve: { b: { where: { host: b }, observers: [default, east], site: Graz } }',
    )
    expect(revisionOf(compiledFleet(ruled))).toBe(revisionOf(compiledFleet(own)))
  })
})

test('[CF27] observers, sites, verdicts and rules are written as YAML and read again', () => {
  const text = `${CLUSTERS}
templates: { hosts: { t: { observers: [+, west], verdict: { penalty: 30s } } }, services: { s: { verdict: { atLeast: 2 } } } }
hostGroups: { g: { observers: [east, north], site: 'on: the hill' } }
hosts:
  a: { use: t, observers: [+, north], site: Graz, theta: 9.5 }
  b: { groups: g, verdict: majority, services: { x: { use: s, checkCommand: passive } } }
  c: { observers: null, site: null, verdict: null, theta: null }
observe: { 'every c': { where: { host: c* }, site: Linz } }
`
  const read = (of: string) => {
    const problems = new Problems()
    const definitions = readDefinitions([{ file: 'p.yaml', text: of }], problems)
    expect(problems.sorted()).toEqual([])
    return definitions
  }
  const written = writeYaml(read(text))
  expect(revisionOf(compiledFleet(written))).toBe(revisionOf(compiledFleet(text)))
  expect(writeYaml(read(written))).toBe(written)
  expect(written).toContain('observe:\n')
})
