import { describe, expect, test } from 'vitest'
import { fleetOf } from '../../../test/fleet-of.ts'
import { UNWRITTEN } from '../../domain/cluster.ts'
import type { Fleet, Service } from '../../domain/fleet.ts'
import { decisionTopologyOf, NO_TOPOLOGY } from './fleet-topology.ts'

const observers = { 'host-1': ['west', 'east'], 'host-3': ['east', 'default', 'west'] }
const sites = { 'host-1': 'Graz', 'host-2': 'Linz' }

function world(change: (service: Service) => Partial<Service> = () => ({})): Fleet {
  const fleet = fleetOf({ hosts: 4, servicesPerHost: 1, observers, sites })
  const clusters = new Map([['east', { ...UNWRITTEN, name: 'east', site: 'Wien' }]])
  const services = [...fleet.services].map(
    ([id, service]) => [id, { ...service, ...change(service) }] as const,
  )
  return { ...fleet, clusters, services: new Map(services) }
}

describe('[OV9] what the decision is about', () => {
  test('is what two clusters or more observe', () => {
    const { checks, ...rest } = decisionTopologyOf(world())
    expect(rest).toEqual({
      observers: [
        { name: 'default', site: 'default' },
        { name: 'east', site: 'Wien' },
        { name: 'west', site: 'west' },
      ],
      sites: ['', 'Graz'],
      hosts: [
        { name: 'host-1', site: 1 },
        { name: 'host-3', site: 0 },
      ],
    })
    const common = { intervalMs: 60_000, timeoutMs: 10_000, rule: 'evidence', theta: 12.5 }
    expect(checks).toEqual([
      { ...common, id: 'host-1', host: 0, isHostCheck: true, observers: [1, 2] },
      { ...common, id: 'host-3', host: 1, isHostCheck: true, observers: [0, 1, 2] },
      { ...common, id: 'host-1!service-0', host: 0, isHostCheck: false, observers: [1, 2] },
      { ...common, id: 'host-3!service-0', host: 1, isHostCheck: false, observers: [0, 1, 2] },
    ])
  })
  test('follows the policy of each check', () => {
    const { checks } = decisionTopologyOf(
      world(({ hostName }) =>
        hostName === 'host-3' ? { decision: { rule: { kOf: 2 }, theta: 9 } } : {},
      ),
    )
    expect(checks.map(({ id, rule, theta }) => [id, rule, theta])).toEqual([
      ['host-1', 'evidence', 12.5],
      ['host-3', 'evidence', 12.5],
      ['host-1!service-0', 'evidence', 12.5],
      ['host-3!service-0', { kOf: 2 }, 9],
    ])
  })
  test('leaves out what is not run by schedule', () => {
    const { hosts, checks } = decisionTopologyOf(
      world(({ check }) => ({
        check:
          check.hostName === 'host-1'
            ? { ...check, command: { kind: 'passive' } }
            : { ...check, isOnDemand: true },
      })),
    )
    expect(hosts).toHaveLength(2)
    expect(checks.map(({ id }) => id)).toEqual(['host-1', 'host-3'])
  })
  test('is nothing where every host has one observer', () => {
    expect(decisionTopologyOf(fleetOf({ hosts: 2, servicesPerHost: 2 }))).toBe(NO_TOPOLOGY)
  })
})
