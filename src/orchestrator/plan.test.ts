import { describe, expect, test } from 'vitest'
import { fleetOf } from '../../test/fleet-of.ts'
import type { Check } from '../domain/check.ts'
import { UNWRITTEN, type Cluster } from '../domain/cluster.ts'
import type { Fleet, Host, Service } from '../domain/fleet.ts'
import type { TimePeriod } from '../domain/time-period.ts'
import { Unreadable } from '../wire/readers/fields.ts'
import { readPlan } from '../wire/readers/plan.ts'
import { clusterPlans, NO_SHARING, planOf, plansOf, wholePlan } from './plan.ts'

const edition = { revision: 'r1', epoch: 7, hub: 'hub-a' }
const east: Cluster = { ...UNWRITTEN, name: 'east', silenceMs: 5_000, takeoverRate: 50 }
const period = (name: string, ...exclude: string[]): TimePeriod => ({
  name,
  alias: name,
  ranges: [],
  exclude,
  timezone: undefined,
})
const periods = [
  period('of east', 'holidays'),
  period('holidays', 'strikes', 'of east'),
  period('strikes'),
  period('of default'),
]

/** `host-0` and `host-2` in the default cluster, `host-1` in the east; a service each. */
function world(change: (fleet: Fleet) => Partial<Fleet> = () => ({})): Fleet {
  const fleet = fleetOf({ hosts: 3, servicesPerHost: 1, clusters: { 'host-1': 'east' } })
  const clusters = new Map([['east', east]])
  const timePeriods = new Map(periods.map((one) => [one.name, one]))
  const whole = { ...fleet, clusters, timePeriods }
  return { ...whole, ...change(whole) }
}

const idsOf = (checks: readonly Check[] | undefined): readonly string[] =>
  (checks ?? []).map(({ id }) => id)

function withHost(fleet: Fleet, name: string, more: Partial<Host>): Fleet['hosts'] {
  const host = fleet.hosts.get(name) as Host
  return new Map([...fleet.hosts, [name, { ...host, ...more }]])
}

test('[PN1] in one process one plan holds every check and time period, whatever clusters hosts name', () => {
  const fleet = world()
  const { planFor } = wholePlan(fleet, edition, NO_SHARING)
  expect(planFor('anything')).toEqual({
    version: 1,
    ...edition,
    checks: [...fleet.hosts.values(), ...fleet.services.values()].map(({ check }) => check),
    timePeriods: periods,
  })
  expect(planOf(fleet, edition)).toEqual(planFor('default'))
})

describe('[PN2] a plan of a cluster', () => {
  test('has the checks of its hosts and of their services, hosts first', () => {
    const plans = plansOf(world(), edition, NO_SHARING)
    expect([...plans.keys()]).toEqual(['default', 'east'])
    expect(idsOf(plans.get('east')?.checks)).toEqual(['host-1', 'host-1!service-0'])
    expect(idsOf(plans.get('default')?.checks)).toEqual([
      'host-0',
      'host-2',
      'host-0!service-0',
      'host-2!service-0',
    ])
  })
  test('has only the time periods that these need, with what they exclude', () => {
    const fleet = world(({ services }) => {
      const id = 'host-1!service-0'
      const service = services.get(id as Service['id']) as Service
      const check = { ...service.check, period: 'of east' }
      return { services: new Map([...services, [service.id, { ...service, check }]]) }
    })
    const plans = plansOf(fleet, edition, NO_SHARING)
    const names = (cluster: string) => plans.get(cluster)?.timePeriods.map(({ name }) => name)
    expect(names('east')).toEqual(['of east', 'holidays', 'strikes'])
    expect(names('default')).toEqual([])
  })
  test('says how its members share the hosts: costs, pins and who was shut out, its own only', () => {
    const fleet = world((all) => ({ hosts: withHost(all, 'host-1', { collector: 'c2' }) }))
    const plans = plansOf(fleet, edition, {
      costs: { 'host-0': 3, 'host-1': 12.5, gone: 1 },
      revoked: ['east.c9', 'default.c1', 'eastern.c1'],
    })
    expect(plans.get('east')).toMatchObject({
      ...edition,
      cluster: {
        name: 'east',
        silenceMs: 5_000,
        takeoverRate: 50,
        costs: { 'host-1': 12.5 },
        pins: { 'host-1': 'c2' },
        revoked: ['east.c9'],
      },
    })
    expect(plans.get('default')?.cluster).toEqual({
      name: 'default',
      silenceMs: 3_000,
      takeoverRate: 200,
      costs: { 'host-0': 3 },
      pins: {},
      revoked: ['default.c1'],
    })
  })
  test('takes a host named like a property of objects for what it is', () => {
    const [host] = fleetOf({ hosts: 1, servicesPerHost: 0 }).hosts.values()
    const hosts = new Map([['constructor', { ...(host as Host), name: 'constructor' }]])
    const plan = plansOf(
      world(() => ({ hosts, services: new Map() })),
      edition,
      NO_SHARING,
    )
    expect(plan.get('default')?.cluster?.costs).toEqual({})
  })
  test('is a message that collectors can read', () => {
    for (const plan of plansOf(world(), edition, NO_SHARING).values())
      expect(readPlan(JSON.parse(JSON.stringify(plan)))).toBeTruthy()
  })
})

describe('[PN17] a check that several clusters run', () => {
  const shared = (change: (fleet: Fleet) => Partial<Fleet> = () => ({})): Fleet => {
    const fleet = world((all) => ({
      hosts: withHost(all, 'host-1', { observers: ['east', 'west', 'default'] }),
    }))
    return { ...fleet, ...change(fleet) }
  }
  const marksIn = (fleet: Fleet, cluster: string) =>
    plansOf(
      { ...fleet, clusters: new Map([...fleet.clusters, ['west', { ...east, name: 'west' }]]) },
      edition,
      NO_SHARING,
    )
      .get(cluster)
      ?.checks.map((check) => [check.id, check.shared])

  test('is in the plan of each, which says how many they are and which one this is', () => {
    const observers = 3
    expect(marksIn(shared(), 'east')).toEqual([
      ['host-1', { observers, index: 0 }],
      ['host-1!service-0', { observers, index: 0 }],
    ])
    expect(marksIn(shared(), 'west')).toEqual([
      ['host-1', { observers, index: 1 }],
      ['host-1!service-0', { observers, index: 1 }],
    ])
    expect(marksIn(shared(), 'default')).toEqual([
      ['host-0', undefined],
      ['host-1', { observers, index: 2 }],
      ['host-2', undefined],
      ['host-0!service-0', undefined],
      ['host-1!service-0', { observers, index: 2 }],
      ['host-2!service-0', undefined],
    ])
  })
  test('says nothing of it when it is not run by schedule', () => {
    const fleet = shared(({ services }) => {
      const id = 'host-1!service-0' as Service['id']
      const service = services.get(id) as Service
      const check: Check = { ...service.check, command: { kind: 'passive' } }
      return { services: new Map([...services, [id, { ...service, check }]]) }
    })
    expect(marksIn(fleet, 'west')).toEqual([
      ['host-1', { observers: 3, index: 1 }],
      ['host-1!service-0', undefined],
    ])
  })
  test('is a message that collectors can read, and one with an observer too many is none', () => {
    const plan = plansOf(shared(), edition, NO_SHARING).get('east')
    const sent = (index: number): unknown =>
      JSON.parse(JSON.stringify(plan).replaceAll('"index":0', `"index":${index}`))
    expect(readPlan(sent(2))).toBeTruthy()
    expect(() => readPlan(sent(3))).toThrow(Unreadable)
    expect(() => readPlan(sent(-1))).toThrow(Unreadable)
  })
  test('is an ordinary one in the only plan of one process', () => {
    const { checks } = wholePlan(shared(), edition, NO_SHARING).planFor('default')
    expect(checks.filter((check) => 'shared' in check)).toEqual([])
  })
})

test('[PN3] collectors of a cluster without hosts, or that nobody wrote, have nothing to check', () => {
  const { planFor } = clusterPlans(
    world(() => ({ services: new Map() })),
    edition,
    NO_SHARING,
  )
  expect(planFor('closed').checks).toEqual([])
  expect(planFor('closed')).toMatchObject({ ...edition, cluster: { name: 'closed' } })
})
