import { expect, test } from 'vitest'
import { beatOf } from '../../../test/beats.ts'
import { compiledFleet } from '../../../test/compiled.ts'
import { createTestClock } from '../../../test/test-clock.ts'
import { createComponentCheck } from '../../collector/executor/builtin/parallax-component.ts'
import { shippedPackages } from '../../configuration/packages.ts'
import { BUILTIN_OPTIONS } from '../../domain/builtin-options.ts'
import { JUDGED_METRICS } from '../../domain/self-monitoring/components.ts'
import { clusterMetrics, memberMetrics } from '../../orchestrator/network-metrics.ts'
import { clusterRowsOf, collectorRowOf } from '../../orchestrator/network.ts'
import { createRoster } from '../../orchestrator/roster.ts'
import { createFleetIndex } from '../../results/fleet-index.ts'
import { NO_TOPOLOGY } from '../../results/decision/fleet-topology.ts'
import { liveMetrics } from '../../results/live-metrics.ts'
import { SharedVerdicts } from '../../results/shared-verdicts.ts'
import { truthMetrics } from '../truth-metrics.ts'
import { overdueMetrics } from './overdue.ts'
import { createSelfView } from './self-view.ts'

const SERVICES = Array.from({ length: 50 }, (_, index) => `s${index}: { use: s }`).join(', ')
const FLEET = compiledFleet(
  `
clusters: { east: }
templates: { services: { s: { checkInterval: 60s, checkTimeout: 10s, checkCommand: { builtin: load } } } }
hosts: { web: { cluster: east, checkInterval: 60s, checkTimeout: 10s, checkCommand: { builtin: load }, services: { ${SERVICES} } } }
`,
  { packages: shippedPackages(), selfMonitoring: true },
)

/** Of a collector that is well: halves of what there is, nothing lost, everybody reached. */
const NUMBERS = Object.fromEntries(
  [...JUDGED_METRICS].map((name) => {
    if (name.endsWith('_connected')) return [`${name}{hub-a}`, 1]
    if (/_(free|available)_bytes$/.test(name)) return [name, 50]
    // A heap is used by a half as well.
    return [name, name === 'nodejs_heap_used_bytes' ? 50 : name.endsWith('_bytes') ? 100 : 0]
  }),
)

/** A hub that hears two collectors of a cluster, each judged by the checks that the configuration made. */
function world() {
  const clock = createTestClock()
  const roster = createRoster(clock)
  const index = createFleetIndex(FLEET, clock.now())
  const sizes = new Map([['east', { hosts: 1, services: 50 }]])
  const rows = () => roster.members().map((member) => collectorRowOf(member, 'r1'))
  const clusters = () =>
    clusterRowsOf({
      clusters: FLEET.clusters,
      sizes,
      members: roster.members(),
      emptySince: () => clock.now(),
    })
  const metrics = [
    ...liveMetrics(index),
    ...overdueMetrics({ live: index, fleet: () => FLEET, clusters }),
    ...memberMetrics(rows),
    ...clusterMetrics(clusters),
    ...truthMetrics({
      shared: new SharedVerdicts(NO_TOPOLOGY, {}),
      clock,
      clusters,
    }),
  ]
  const view = createSelfView({
    name: 'hub-a',
    clock,
    status: () => undefined,
    metrics: () => metrics,
    members: () => roster.members(),
    clusters: () => new Set(['east']),
  })
  const checks = [...FLEET.hosts.values(), ...FLEET.services.values()].flatMap(({ id, check }) => {
    const { command } = check
    if (command.kind !== 'builtin' || command.builtin !== 'parallax') return []
    const { component, ...options } = BUILTIN_OPTIONS.parallax.parse(command.options)
    const isOfCluster = check.hostName === 'parallax-cluster-east'
    if (component === undefined || !(isOfCluster || component === 'freshness')) return []
    return [{ id, check: createComponentCheck(component, options, view) }]
  })
  let beats = 0
  return {
    index,
    /** Time goes on, with results of all services and a beat of each that lives, every second. */
    pass(seconds: number, alive: readonly string[]) {
      for (let second = 0; second < seconds; second++) {
        clock.pass(1_000)
        beats++
        for (const id of alive) roster.hear(beatOf(id, beats, { numbers: NUMBERS }), `beat.${id}`)
        if (alive.length === 0) continue
        for (const { object, record } of index.all()) {
          const entry = index.get(object.id)
          if (entry === undefined || object.check.hostName !== 'web') continue
          const state = object.check.serviceName === undefined ? 'up' : 'ok'
          index.replace(entry, { ...record, state, lastResultAt: clock.now() }, clock.now())
        }
      }
      index.sweep(clock.now(), 10_000)
    },
    /** Of all checks of Parallax itself: who raises a problem, and who has nothing to say. */
    run() {
      const answers = checks.map(({ id, check }) => ({ id, ...check.run(clock.monotonicMs()) }))
      return {
        problems: answers.filter(({ code, isWithheld }) => code >= 2 && !isWithheld),
        withheld: answers.filter(({ isWithheld }) => isWithheld === true).length,
        all: answers.length,
      }
    },
  }
}

test('[SW10] while the cluster lives there is no problem and nothing is withheld', () => {
  const hub = world()
  const { index } = hub
  hub.pass(5, ['east.c1', 'east.c2'])
  hub.pass(30, ['east.c1'])
  const { problems, withheld } = hub.run()
  expect(problems.map(({ output }) => output)).toEqual([])
  expect(withheld).toBe(0)
  expect(index.counters.services.stale).toBe(0)
})

test('[SW10] a lost cluster raises one problem, and all that it watched is stale', () => {
  const hub = world()
  const { index } = hub
  hub.pass(5, ['east.c1', 'east.c2'])
  hub.pass(131, [])
  const { problems, withheld, all } = hub.run()
  expect(problems.map(({ id, output }) => `${id}: ${output}`)).toEqual([
    'parallax-cluster-east: PARALLAX CRITICAL - cluster: east is a blind spot: nobody checks its hosts, 0 collectors live, 1 host',
  ])
  expect(all).toBeGreaterThan(10)
  // The cluster itself, and what of the hub there is.
  expect(withheld).toBe(all - 2)
  expect(index.counters.services.stale).toBe(50)
  expect(index.counters.services.ok).toBe(0)
  const web = [...index.all()].filter(({ object }) => object.check.hostName === 'web')
  expect(web.filter(({ isStale }) => !isStale).map(({ object }) => object.id)).toEqual([])
})
