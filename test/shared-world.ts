import { instant } from '../src/base/instant.ts'
import type { CheckId } from '../src/domain/check-id.ts'
import type { CheckOutcome } from '../src/domain/check-result.ts'
import { DEFAULT_DECISION } from '../src/results/decision/decide.ts'
import { decisionTopologyOf } from '../src/results/decision/fleet-topology.ts'
import { createHubCore } from '../src/results/hub-core.ts'
import { SharedVerdicts } from '../src/results/shared-verdicts.ts'
import { NAGIOS_PASSIVE_HOSTS } from '../src/results/state/host-transition.ts'
import { createWatermarks } from '../src/results/watermarks.ts'
import { fleetOf } from './fleet-of.ts'
import { resultOf } from './result-of.ts'
import { createWebWorld, NOON } from './web-world.ts'

const TOOK_MS = 100

/** A web server's world with three hosts of a service each; three clusters observe the first two. Results are of the minute before its noon. */
export function createSharedWorld() {
  const observers = ['east', 'north', 'west']
  const fleet = fleetOf({
    hosts: 3,
    servicesPerHost: 1,
    observers: { 'host-0': observers, 'host-1': observers },
    check: { intervalMs: 60_000, timeoutMs: 10_000 },
  })
  const shared = new SharedVerdicts(decisionTopologyOf(fleet), { confirm: false })
  const world = createWebWorld({ fleet, shared })
  const core = createHubCore({
    index: world.index,
    shared,
    watermarks: createWatermarks([]),
    decision: DEFAULT_DECISION,
    passiveHosts: NAGIOS_PASSIVE_HOSTS,
  })
  let seq = 0
  /** A result that began `beforeMs` before noon and took 100 ms. */
  const see = (
    id: string,
    observer: string,
    outcome: CheckOutcome,
    beforeMs: number,
    isSetAside = false,
  ): void => {
    const collector = `${observer}.c1`
    const startedAt = instant(NOON - beforeMs)
    const finishedAt = instant(NOON - beforeMs + TOOK_MS)
    const of = { collector, checkId: id as CheckId, outcome }
    const result = { ...resultOf(++seq), ...of, startedAt, finishedAt, dueAt: startedAt }
    core.step({ collector, results: [result], lost: [], isSetAside }, instant(NOON))
  }
  return { world, see, observers }
}
