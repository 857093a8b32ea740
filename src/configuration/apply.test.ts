import { describe, expect, test } from 'vitest'
import type { CheckId } from '../domain/check-id.ts'
import type { Fleet, Service } from '../domain/fleet.ts'
import { compile } from './compile.ts'
import { fitsGlob } from './condition.ts'
import { renderProblem } from './problem.ts'

function fleetOf(text: string): Fleet {
  const { fleet, problems } = compile([{ file: 'parallax.yaml', text }])
  expect(problems.map(renderProblem)).toEqual([])
  return fleet
}

function serviceOf(fleet: Fleet, id: string): Service {
  const service = fleet.services.get(id.replace('/', '!') as CheckId)
  if (service === undefined)
    throw new Error(`no service ${id}: ${[...fleet.services.keys()].join(', ')}`)
  return service
}

const ids = (fleet: Fleet): string[] => [...fleet.services.keys()].map((id) => id.replace('!', '/'))

test('[CF11] conditions: names, groups, addresses, variables, and, or, not', () => {
  const on = (where: string): string[] =>
    ids(
      fleetOf(`
hostGroups: { web: , db: , db-test: , site: { memberGroups: [web] } }
hosts:
  web-1: { groups: web, address: 10.0.0.1, variables: { OS: Debian 12, DISKS: [/, /var] } }
  web-2: { groups: [web, db], address: 10.0.1.1, variables: { OS: Windows, LEVEL: 3 } }
  db-1: { groups: db-test }
apply:
  s: { where: ${where}, service: { checkCommand: passive } }
`),
    ).map((id) => id.replace('/s', ''))
  expect(on("{ host: '*' }")).toEqual(['web-1', 'web-2', 'db-1'])
  expect(on('{ host: [web-1, db-?] }')).toEqual(['web-1', 'db-1'])
  expect(on('{ group: db }')).toEqual(['web-2'])
  expect(on("{ group: 'db*' }")).toEqual(['web-2', 'db-1'])
  expect(on('{ group: site }')).toEqual(['web-1', 'web-2'])
  expect(on('{ address: 10.0.0.* }')).toEqual(['web-1'])
  expect(on('{ variable: OS }')).toEqual(['web-1', 'web-2'])
  expect(on("{ variable: { os: 'Debian*' } }")).toEqual(['web-1'])
  expect(on('{ variable: { DISKS: /var } }')).toEqual(['web-1'])
  expect(on('{ variable: { LEVEL: [2, 3] } }')).toEqual(['web-2'])
  expect(on('{ group: web, not: { group: db } }')).toEqual(['web-1'])
  expect(on('{ or: [{ host: db-1 }, { variable: LEVEL }] }')).toEqual(['web-2', 'db-1'])
  expect(on('{ and: [{ group: web }, { not: { variable: { OS: Windows } } }] }')).toEqual(['web-1'])
})

test('[CF11] stars', () => {
  expect(fitsGlob('*', '')).toBe(true)
  expect(fitsGlob('a*b*c', 'a-b-b-c')).toBe(true)
  expect(fitsGlob('a*b', 'a-b-c')).toBe(false)
  expect(fitsGlob('??', 'a')).toBe(false)
  expect(fitsGlob('a.c', 'abc')).toBe(false)
  expect(fitsGlob(`${'*a'.repeat(60)}b`, 'a'.repeat(255))).toBe(false)
})

describe('[CF12, CF13] apply rules', () => {
  test('with forEach one service for each item', () => {
    const fleet = fleetOf(`
hosts:
  a: { variables: { DISKS: [/, /var] } }
  b: { variables: { DISKS: /srv } }
  c: {}
apply:
  disk:
    where: { host: '*' }
    forEach: DISKS
    service: { checkCommand: { builtin: disk, paths: $ITEM$ }, notes: Space on $ITEM$ of $HOSTNAME$ }
  named:
    where: { host: a }
    forEach: DISKS
    name: 'inodes of $ITEM$'
    service: { checkCommand: passive }
`)
    expect(ids(fleet)).toEqual([
      'a/disk /',
      'a/disk /var',
      'a/inodes of /',
      'a/inodes of /var',
      'b/disk /srv',
    ])
    expect(serviceOf(fleet, 'b/disk /srv')).toMatchObject({
      notes: 'Space on /srv of b',
      check: { command: { kind: 'builtin', builtin: 'disk', options: { paths: ['/srv'] } } },
    })
  })
  test('what is written for a host stands before a rule', () => {
    const fleet = fleetOf(`
hosts:
  a: { services: { ssh: { checkCommand: passive, notes: at the host } } }
  b: {}
  c: {}
services: { ssh: { hosts: [b], checkCommand: passive, notes: on its own } }
apply: { ssh: { where: { host: '*' }, service: { checkCommand: passive, notes: by a rule } } }
`)
    expect([...fleet.services.values()].map((service) => service.notes)).toEqual([
      'at the host',
      'on its own',
      'by a rule',
    ])
  })
  test('twice is a problem, once for all hosts', () => {
    const { problems } = compile([
      {
        file: 'p.yaml',
        text: `hosts: { a: , b: , c: }
apply:
  x: { where: { host: '*' }, name: same, service: { checkCommand: passive } }
  y: { where: { host: '*' }, name: same, service: { checkCommand: passive } }
`,
      },
    ])
    expect(problems.map(renderProblem)).toEqual([
      "p.yaml:4:3: service 'a/same' is defined twice, first at p.yaml:3:3 (2 more like this)\n  hint: rename one of them",
    ])
  })
})
