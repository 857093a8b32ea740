import { describe, expect, test } from 'vitest'
import { compiledFleet, problemsOf, serviceIn } from '../../test/compiled.ts'
import { decisionOf } from '../domain/decision-policy.ts'

const CLUSTERS = 'clusters: { east:, west:, north: }\n'
/** Lines count without those of the clusters. */
const faultsOf = (text: string): string[] =>
  problemsOf(text + CLUSTERS).map((fault) => fault.replace('\n  hint: ', ' | '))

describe('[OV6] how a verdict is made', () => {
  const decided = (host: string, service: string) => {
    const fleet = compiledFleet(
      `${CLUSTERS}hosts: { a: { observers: [east, west], ${host} services: { s: { checkCommand: { builtin: load }, ${service} } } } }`,
    )
    return decisionOf(serviceIn(fleet, 'a/s'))
  }
  test.each([
    ['', '', 'evidence', 12.5],
    ['verdict: any,', '', 'any', 12.5],
    ['verdict: any, theta: 20,', 'verdict: majority', 'majority', 20],
    ['theta: 20,', 'theta: 7.5', 'evidence', 7.5],
    ['verdict: any,', 'verdict: evidence', 'evidence', 12.5],
    ['', 'verdict: { atLeast: 2 }', { kOf: 2 }, 12.5],
    ['verdict: { penalty: 1m30s },', '', { penaltyMs: 90_000 }, 12.5],
  ])('host %s service %s', (host, service, rule, theta) => {
    expect(decided(host, service)).toEqual({ rule, theta })
  })
  test('is inherited from templates of hosts and of services', () => {
    const fleet = compiledFleet(`${CLUSTERS}
templates:
  hosts: { h: { verdict: any } }
  services: { s: { theta: 9 } }
hosts: { a: { use: h, observers: [east, west] } }
services: { x: { host: a, use: s, checkCommand: passive, verdict: null } }
`)
    expect(decisionOf(serviceIn(fleet, 'a/x'))).toEqual({ rule: 'any', theta: 9 })
  })
  test.each([
    ['verdict: most', 'verdict: '],
    ['verdict: { atLeast: 0 }', 'verdict.atLeast: '],
    ['verdict: { atLeast: 33 }', 'verdict.atLeast: '],
    ['verdict: { atLeast: 1.5 }', 'verdict.atLeast: '],
    ['verdict: { penalty: 0s }', 'verdict.penalty: must be longer than nothing'],
    ['verdict: { penalty: 2h }', 'verdict.penalty: must be an hour at most'],
    ['verdict: { penalty: 30 }', 'verdict.penalty: 30 has no unit'],
    ['verdict: { quorum: 2 }', 'verdict: '],
    ['theta: 0', 'theta: '],
    ['theta: 1000', 'theta: '],
  ])('%s is no way to decide', (written, fault) => {
    const faults = faultsOf(`hosts: { a: { observers: [east, west], ${written} } }\n`)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(/^1:\d+: /)
    expect(faults[0]).toContain(fault)
  })
})

describe('[OV7] a quorum that is never reached', () => {
  test('is a problem where it is written, of a host and of a service', () => {
    expect(
      faultsOf(`templates: { services: { s: { checkCommand: passive, verdict: { atLeast: 3 } } } }
hosts:
  a: { verdict: { atLeast: 2 } }
  b: { observers: [east, west], verdict: { atLeast: 2 } }
  c: { observers: [east, west, north] }
services: { s: { hosts: [b, c], use: s } }
`),
    ).toEqual([
      "1:63: service 'b/s' would never fail: at least 3 observers must see it, and there are 2 | ask for fewer, or name more clusters in `observers`",
      "3:17: host 'a' would never fail: at least 2 observers must see it, and there is 1 | ask for fewer, or name more clusters in `observers`",
    ])
  })
})
