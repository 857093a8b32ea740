import { describe, expect, test } from 'vitest'
import { compiledFleet, problemsOf, serviceIn } from '../../test/compiled.ts'
import type { CompileOptions } from './compile.ts'
import { shippedPackages } from './packages.ts'
import { revisionOf } from './revision.ts'

const packages = shippedPackages()
const HUB: CompileOptions = { packages, selfMonitoring: true }
const UP: CompileOptions = { packages }
const CLUSTERS = 'clusters: { east:, west: }\n'

const hostsOf = (text: string, options = HUB): string[] => [
  ...compiledFleet(text, options).hosts.keys(),
]

describe('[SW8] hosts for Parallax itself', () => {
  test('are there for the hub and for each cluster', () => {
    const fleet = compiledFleet(`${CLUSTERS}hosts: { a: { cluster: east } }`, HUB)
    expect([...fleet.hosts].map(([name, { cluster }]) => [name, cluster])).toEqual([
      ['a', 'east'],
      ['parallax-hub', 'hub'],
      ['parallax-cluster-east', 'hub'],
      ['parallax-cluster-west', 'hub'],
    ])
    expect(serviceIn(fleet, 'parallax-cluster-west/members').check.command).toMatchObject({
      builtin: 'parallax',
      options: { component: 'members', of: 'west' },
    })
    expect(serviceIn(fleet, 'parallax-hub/intake').check.command).toMatchObject({
      options: { component: 'intake', of: '' },
    })
  })
  test('for the unwritten cluster only where a host is in it', () => {
    expect(hostsOf('hosts: { a: }')).toEqual(['a', 'parallax-hub', 'parallax-cluster-default'])
    const far = 'templates: { hosts: { far: { cluster: east } } }\n'
    expect(hostsOf(`${CLUSTERS}${far}hosts: { a: { use: far } }`)).not.toContain(
      'parallax-cluster-default',
    )
    expect(
      hostsOf(`packages: parallax\n${CLUSTERS}hosts: { c1: { use: parallax-collector } }`),
    ).not.toContain('parallax-cluster-default')
    expect(hostsOf(`${CLUSTERS}${far}hosts: { a: { use: far, cluster: null } }`)).toContain(
      'parallax-cluster-default',
    )
  })
  test('are on or off as the configuration says', () => {
    expect(hostsOf('selfMonitoring: false\nhosts: { a: }')).toEqual(['a'])
    expect(hostsOf('hosts: { a: }', UP)).toEqual(['a'])
    expect(hostsOf('selfMonitoring: true\nhosts: { a: }', UP)).toContain('parallax-hub')
    expect(problemsOf('selfMonitoring: maybe\nhosts: { a: }', HUB)).toEqual([
      "1:17: 'selfMonitoring' must be true or false",
    ])
    expect(
      problemsOf('selfMonitoring: true\nhosts: { a: }\n---\nselfMonitoring: false\n', HUB),
    ).toEqual(["4:17: 'selfMonitoring' is false here and true at 1:17\n  hint: say it once"])
  })
  test('stand back for what is written', () => {
    const fleet = compiledFleet('hosts: { a:, parallax-hub: { address: 192.0.2.1 } }', HUB)
    expect(fleet.hosts.get('parallax-hub')?.address).toBe('192.0.2.1')
    expect(fleet.hosts.get('parallax-hub')?.cluster).toBe('default')
  })
  test('are not there alone: a configuration without hosts is still a fault', () => {
    expect(problemsOf('clusters: { east: }', HUB)[0]).toContain('no host is defined')
  })
  test('are the same whichever hub compiles', () => {
    const text = `${CLUSTERS}hosts: { a: { cluster: east } }`
    expect(revisionOf(compiledFleet(text, HUB))).toBe(revisionOf(compiledFleet(text, HUB)))
  })
})

describe('[SW9] hosts of the cluster of hubs', () => {
  test('run built-in checks only', () => {
    expect(
      problemsOf(
        `
hosts:
  a: { cluster: hub, checkCommand: { line: /usr/bin/true } }
  b: { cluster: hub, checkCommand: { builtin: load }, services: { s: { checkCommand: { line: 'true' } }, t: { checkCommand: passive } } }
`,
        UP,
      ).map((line) => line.split(', but')[0]),
    ).toEqual(["3:3: host 'a' runs a plugin", "4:67: service 'b/s' runs a plugin"])
  })
  test('need no cluster to be written, and none may be', () => {
    expect(problemsOf('hosts: { a: { cluster: hub } }', UP)).toEqual([])
    expect(problemsOf('clusters: { hub: }\nhosts: { a: }', UP)[0]).toContain(
      "'hub' is the cluster of what hubs check by themselves",
    )
  })
})
