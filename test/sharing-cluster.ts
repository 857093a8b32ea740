import type { Check } from '../src/domain/check.ts'
import {
  createVirtualCluster,
  fleetOfChecks,
  type MemberSettings,
  type VirtualCluster,
} from './virtual-cluster.ts'

export const INTERVAL_MS = 10_000
const TIMEOUT_MS = 5_000
export const PLUGIN: Partial<Check> = {
  intervalMs: INTERVAL_MS,
  timeoutMs: TIMEOUT_MS,
  command: { kind: 'shell-line', line: 'check_slow', hasRuntimeMacros: true, environment: {} },
}
/** One second each, every ten seconds: four places are always taken. */
export const CHECKS = fleetOfChecks(40, 0, PLUGIN)
export const DURATION_MS = 1_000
/** A slot that was lost is run again by then: silence, the wait for a place, a run. */
export const RECOVERED_MS = 15_000

export async function clusterOf(
  members: Readonly<Record<string, MemberSettings>>,
  checks = CHECKS,
): Promise<VirtualCluster> {
  const cluster = createVirtualCluster({ checks, durationMs: DURATION_MS })
  for (const [name, settings] of Object.entries(members)) cluster.start(name, settings)
  await cluster.pass(60_000)
  return cluster
}

/** A collector that is too small, and one that helps it. */
export const WITH_EXECUTOR = { c1: { slots: 2 }, x1: { slots: 8, role: 'executor' } } as const

export const byWhom = (cluster: VirtualCluster, from: number): readonly string[] =>
  [...new Set(cluster.runs.filter(({ realMs }) => realMs >= from).map(({ by }) => by))].toSorted()

export const statsOf = (cluster: VirtualCluster, name: string) =>
  cluster.member(name).sharing.stats()

export function doubledResults(cluster: VirtualCluster): readonly string[] {
  const slots = cluster.results.map(({ id, dueAt }) => `${id} ${dueAt}`)
  return slots.filter((slot, index) => slots.indexOf(slot) !== index)
}
