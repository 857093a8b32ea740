import { describe, expect, test } from 'vitest'
import { compiledFleet, problemsOf } from '../../test/compiled.ts'
import { tunnelPortOf } from '../domain/cluster.ts'
import { compile } from './compile.ts'
import { effectsOf } from './change-effects.ts'
import { differenceOf, kindChangesOf } from './fleet-difference.ts'
import { templatedDefinitions } from './from-nagios/templated.ts'
import { readingOf } from './from-nagios/sources.ts'
import { renderProblem } from './problem.ts'
import { digestsOf, revisionOf } from './revision.ts'
import { objectFaults } from './object-faults.ts'
import { writeYaml } from './yaml/write-yaml.ts'

const CLUSTERS = `
clusters:
  east:
    alias: In the east
    site: Budapest
    notes: two machines
    silence: 4s
    takeoverRate: 50
  edge: { tunnel: { ssh: gate.example.org } }
`

const clusterNames = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...compiledFleet(CLUSTERS + text).hosts].map(([name, { cluster }]) => [name, cluster]),
  )

const tunnelIn = (text: string) =>
  compiledFleet(`hosts: { a: }\nclusters: { edge: { tunnel: ${text} } }\n`).clusters.get('edge')
    ?.tunnel

describe('[CF29] the cluster of a host', () => {
  test('is named by it or a template; null and nothing are the default', () => {
    expect(
      clusterNames(`
templates: { hosts: { far: { cluster: edge }, near: { use: far, cluster: east } } }
hosts:
  a: {}
  b: { cluster: east }
  c: { use: far }
  d: { use: near }
  e: { use: far, cluster: null }
  f: { use: far, cluster: default }
`),
    ).toEqual({ a: 'default', b: 'east', c: 'edge', d: 'east', e: 'default', f: 'default' })
  })
  test('may have a collector that checks it', () => {
    const { hosts } = compiledFleet('hosts: { a: { collector: c1 }, b: {} }')
    expect(hosts.get('a')?.collector).toBe('c1')
    expect(hosts.get('b')?.collector).toBeUndefined()
  })

  const nagios = [
    { file: 'nagios.cfg', text: 'cfg_file=objects.cfg\n' },
    {
      file: 'objects.cfg',
      text: `
define contact {
  contact_name me
  host_notification_commands ping
  service_notification_commands ping
}
define service {
  host_name one
  service_description load
  check_command ping
  max_check_attempts 3
}
define command {
  command_name ping
  command_line /bin/true
}
define host {
  name in-the-east
  check_command ping
  max_check_attempts 3
  _parallax_cluster east
  register 0
}
define host {
  use in-the-east
  host_name one
}
define host {
  use in-the-east
  host_name two
  _PARALLAX_CLUSTER edge
}
define host {
  host_name three
  check_command ping
  max_check_attempts 3
  _CLUSTER of databases
}
`,
    },
  ]
  const options = { readSecret: () => undefined as never }

  test('is a custom variable in the files of Nagios', () => {
    const { fleet, problems } = compile(
      [...nagios, { file: 'clusters.yaml', text: CLUSTERS }],
      options,
    )
    expect(problems.map(renderProblem)).toEqual([])
    const clusters = [...fleet.hosts.values()].map(({ name, cluster }) => `${name} ${cluster}`)
    expect(clusters.sort()).toEqual(['one east', 'three default', 'two edge'])
  })
  test('stays the same when these are turned into YAML', () => {
    const { fleet } = compile([...nagios, { file: 'clusters.yaml', text: CLUSTERS }], options)
    const text = CLUSTERS + writeYaml(templatedDefinitions(readingOf(nagios, options)))
    expect(revisionOf(compiledFleet(text))).toBe(revisionOf(fleet))
    expect(text).toContain('cluster: east')
  })
  test('that nobody wrote is named at the place of the variable', () => {
    const { problems } = compile(nagios, options)
    expect(problems.map(renderProblem)).toEqual([
      `objects.cfg:21:21: unknown cluster 'east'\n  hint: define it under clusters`,
      `objects.cfg:31:21: unknown cluster 'edge'\n  hint: define it under clusters`,
    ])
  })
})

describe('[CF30] a problem', () => {
  test.each([
    ['cluster: eest', "4:14: unknown cluster 'eest'\n  hint: did you mean 'east'?"],
    ['cluster: nowhere', "4:14: unknown cluster 'nowhere'\n  hint: define it under clusters"],
    [
      'cluster: West',
      '4:14: cluster: is no name of a cluster\n  hint: use a-z, 0-9 and - inside, 63 characters at most',
    ],
    [
      'collector: east.c1',
      '4:16: collector: is no name of a collector\n  hint: use a-z, 0-9 and - inside, 63 characters at most',
    ],
  ])('is %s', (attribute, words) => {
    expect(problemsOf(`clusters: { east: }\nhosts:\n  a:\n    ${attribute}\n`)).toEqual([words])
  })
  test('is told once for a template that many use', () => {
    const hosts = Array.from({ length: 50 }, (_, n) => `h${n}: { use: t }`).join(', ')
    expect(
      problemsOf(`templates: { hosts: { t: { cluster: west } } }\nhosts: { ${hosts} }`),
    ).toEqual(["1:37: unknown cluster 'west'\n  hint: define it under clusters"])
  })
  test('is a name that no collector could have in its subjects', () => {
    const text = 'hosts: { a: }\nclusters: { East: , a.b: , -c: , d-: , "": , x_y: }\n'
    expect(problemsOf(text)).toHaveLength(6)
    expect(problemsOf(`hosts: { a: }\nclusters: { ${'x'.repeat(64)}: }`)).toHaveLength(1)
    expect(problemsOf(`hosts: { a: }\nclusters: { ${'x'.repeat(63)}: , 1-2: }`)).toEqual([])
    expect(objectFaults('clusters', 'East', {})).toMatchObject([{ path: '' }])
  })
})

describe('[CF31] a cluster', () => {
  test('is as it is written, the rest by default', () => {
    const { clusters } = compiledFleet(`${CLUSTERS}hosts: { a: }`)
    expect(clusters.get('east')).toEqual({
      name: 'east',
      alias: 'In the east',
      notes: 'two machines',
      site: 'Budapest',
      silenceMs: 4_000,
      takeoverRate: 50,
      tunnel: undefined,
      source: 'parallax.yaml:3',
    })
    expect(clusters.get('edge')).toMatchObject({
      alias: 'edge',
      silenceMs: 3_000,
      takeoverRate: 200,
      tunnel: {
        kind: 'ssh',
        host: 'gate.example.org',
        port: 22,
        user: 'parallax',
        remotePort: 4222,
        remotePorts: {},
        leafPorts: {},
        hostKey: undefined,
      },
    })
  })
  test('[TN11] a host key and a port for each of several hubs', () => {
    const key = `SHA256:${'Aa1+/'.repeat(8)}abc`
    const tunnel = tunnelIn(
      `{ ssh: gate, hostKey: "${key}", remotePorts: { hub-a: 4222, hub-b: 4223 } }`,
    )
    expect(tunnel).toMatchObject({ hostKey: key })
    const ports = ['hub-a', 'hub-b', 'hub-c'].map((hub) => tunnel && tunnelPortOf(tunnel, hub))
    expect(ports).toEqual([4222, 4223, undefined])
    const same = tunnelIn('{ ssh: gate, remotePort: 4333 }')
    expect(same && tunnelPortOf(same, 'any')).toBe(4333)
  })
  test.each([
    ['silence: 1999ms'],
    ['silence: 11m'],
    ['silence: 5'],
    ['takeoverRate: 0'],
    ['takeoverRate: 0.5'],
    ['tunnel: {}'],
    ['tunnel: { ssh: -oProxyCommand=x }'],
    ['tunnel: { ssh: "a b" }'],
    ['tunnel: { ssh: a, user: -l }'],
    ['tunnel: { ssh: a, user: "x y" }'],
    ['tunnel: { ssh: a, port: 0 }'],
    ['tunnel: { ssh: a, remotePort: 65536 }'],
    ['tunnel: { ssh: a, remotePorts: { Hub: 4222 } }'],
    ['tunnel: { ssh: a, leafPorts: 7422 }'],
    ['tunnel: { ssh: a, hostKey: "MD5:12:34" }'],
    ['members: [a]'],
  ])('cannot have %s', (attribute) => {
    const found = problemsOf(`hosts: { a: }\nclusters:\n  east:\n    ${attribute}\n`)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^4:\d+: /)
  })
})

describe('[CC14] a plan says', () => {
  const base = `${CLUSTERS}hosts: { a: , b: { cluster: edge }, c: }`
  function change(from: string, to: string) {
    const [before, after] = [compiledFleet(base), compiledFleet(base.replace(from, to))]
    const difference = differenceOf(digestsOf(before), digestsOf(after))
    return {
      effects: [...effectsOf({ before, after, difference })].filter((one) => one !== undefined),
      changes: [...kindChangesOf(difference, { before, after }, () => null)],
    }
  }
  test('which hosts change their cluster', () => {
    const { effects, changes } = change('cluster: edge', 'cluster: east')
    expect(effects).toEqual(['1 host moves to another cluster'])
    expect(changes[0]?.objects[0]).toMatchObject({
      name: 'b',
      attributes: [{ name: 'cluster', before: 'edge', after: 'east' }],
    })
    expect(
      change('hosts:', 'templates: { hosts: { default: { cluster: east } } }\nhosts:').effects,
    ).toEqual(['2 hosts move to other clusters'])
  })
  test('which clusters come, go and change', () => {
    expect(change('clusters:', 'clusters:\n  west:').effects).toEqual(['+1 cluster'])
    expect(change('silence: 4s', 'silence: 6s').changes).toMatchObject([
      {
        kind: 'cluster',
        objects: [{ attributes: [{ name: 'silenceMs', before: '4000', after: '6000' }] }],
      },
    ])
  })
})

describe('[CF20] the revision', () => {
  const text = `hosts:
  a: { checkCommand: { builtin: ping }, groups: g, services: { s: { checkCommand: { builtin: tcp, port: 22 } } } }
  b: { checkCommand: passive, parents: a }
hostGroups: { g: { members: b } }
`
  test('is what version 0.1.0 gave where nothing names a cluster', () => {
    expect(revisionOf(compiledFleet(text))).toBe('1a1df4091cb7')
    expect(
      revisionOf(
        compiledFleet(
          text.replace('{ checkCommand: passive', '{ cluster: default, checkCommand: passive'),
        ),
      ),
    ).toBe('1a1df4091cb7')
  })
  test('is another with a cluster, in it or not', () => {
    const names = [
      text,
      `${text}clusters: { east: }`,
      `${text.replace('parents: a', 'parents: a, cluster: east')}clusters: { east: }`,
      text.replace('parents: a', 'parents: a, collector: c1'),
    ].map((one) => revisionOf(compiledFleet(one)))
    expect(new Set(names).size).toBe(4)
  })
})
