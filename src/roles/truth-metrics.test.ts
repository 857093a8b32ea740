import { expect, test } from 'vitest'
import { fleetOf } from '../../test/fleet-of.ts'
import { resultOf } from '../../test/result-of.ts'
import { createTestClock } from '../../test/test-clock.ts'
import { after } from '../base/instant.ts'
import { numbersOf } from '../base/metrics.ts'
import { serviceCheckId, type CheckId } from '../domain/check-id.ts'
import { decisionTopologyOf } from '../results/decision/fleet-topology.ts'
import { SharedVerdicts } from '../results/shared-verdicts.ts'
import { truthMetrics } from './truth-metrics.ts'

const OBSERVERS = ['east', 'north', 'west']
const HOSTS = 4
const SERVICES = 5
const fleet = fleetOf({
  hosts: HOSTS,
  servicesPerHost: SERVICES,
  observers: Object.fromEntries(
    Array.from({ length: HOSTS }, (_, n) => [`host-${n}`, OBSERVERS] as const),
  ),
  sites: { 'host-0': 'Linz', 'host-1': 'Linz', 'host-2': 'Graz', 'host-3': 'Graz' },
  check: { intervalMs: 60_000, timeoutMs: 10_000 },
})
const services: readonly CheckId[] = Array.from({ length: HOSTS * SERVICES }, (_, n) =>
  serviceCheckId(`host-${n % HOSTS}`, `service-${Math.floor(n / HOSTS)}`),
)

/** Observers that see these services every minute, as `codeOf` says. */
function world() {
  const clock = createTestClock()
  const shared = new SharedVerdicts(decisionTopologyOf(fleet), { confirm: false })
  const metrics = truthMetrics({
    shared,
    clock,
    clusters: () => [...OBSERVERS, 'south'].map((name) => ({ name, blindSince: null })),
  })
  let seq = 0
  const see = (observer: string, checkId: CheckId, code: 0 | 2 | 3): void => {
    const startedAt = clock.now()
    const outcome = { kind: 'exited', code, output: '', longOutput: '', perfdata: '' } as const
    const times = { dueAt: startedAt, startedAt, finishedAt: after(startedAt, 100) }
    const id = { collector: `${observer}.c1`, checkId, outcome }
    shared.take({ ...resultOf(++seq), ...id, ...times }, times.finishedAt)
  }
  const pass = (ms: number): void => {
    for (let left = ms; left > 0; left -= 1_000) {
      clock.pass(1_000)
      shared.tick(clock.now())
    }
  }
  return {
    shared,
    see,
    numbers: () => numbersOf(metrics),
    minutes: (count: number, codeOf: (observer: string) => 0 | 2 | 3 | undefined): void => {
      for (let minute = 0; minute < count; minute++)
        for (let part = 0; part < 6; part++) {
          for (const observer of OBSERVERS.toReversed()) {
            const code = codeOf(observer)
            for (const [n, id] of services.entries())
              if (n % 6 === part && code !== undefined) see(observer, id, code)
            pass(3_000)
          }
          pass(1_000)
        }
    },
  }
}

test('[OI1] [OI3] one that fails everything is set aside and has one incident; its checks stay up', () => {
  const { minutes, numbers, shared } = world()
  minutes(3, () => 0)
  expect(numbers()).toMatchObject({
    'parallax_observer_set_aside{west}': 0,
    'parallax_observer_contradicted_ratio{west}': 0,
    'parallax_observer_incidents{west}': 0,
    'parallax_observer_set_aside{south}': 0,
    parallax_checks_shared: HOSTS * SERVICES + HOSTS,
    parallax_suspects_stuck: 0,
  })
  minutes(4, (observer) => (observer === 'west' ? 2 : 0))
  const found = numbers()
  expect(found['parallax_observer_set_aside{west}']).toBe(1)
  expect(found['parallax_observer_contradicted_ratio{west}']).toBeGreaterThan(0.5)
  expect(found['parallax_observer_set_aside{east}']).toBe(0)
  expect(found['parallax_observer_incidents{east}']).toBe(0)
  const kinds = services.map((id) => shared.engine.kindOf(shared.numberOf(id) ?? -1))
  expect(new Set(kinds)).toEqual(new Set(['up']))
  minutes(6, () => 0)
  expect(numbers()).toMatchObject({
    'parallax_observer_set_aside{west}': 0,
    'parallax_observer_incidents{west}': 0,
  })
})

test('[OI2] a suspicion that others cannot judge, because they are silent or blind, is a problem of its own', () => {
  const { minutes, numbers, see } = world()
  const [service] = services
  if (service === undefined) throw new Error('there is no service')
  minutes(3, () => 0)
  minutes(3, (observer) => (observer === 'west' ? undefined : observer === 'north' ? 3 : 0))
  expect(numbers()).toMatchObject({
    'parallax_observer_set_aside{west}': 1,
    parallax_suspects_stuck: 0,
  })
  see('east', service, 2)
  expect(numbers()['parallax_suspects_stuck']).toBe(1)
})
