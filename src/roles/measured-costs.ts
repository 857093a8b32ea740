import { checkNameOf } from '../domain/check-id.ts'
import type { LiveIndex } from '../results/live-index.ts'

/**
 * What the checks of each host cost who runs them, in ms of a slot per second, by their last runs. Rounded up to a power of two: small
 * changes from one apply to the next must not move hosts. A host of which nothing was measured is left out.
 */
export function measuredCosts(index: Pick<LiveIndex, 'all'>): Readonly<Record<string, number>> {
  const costs = new Map<string, number>()
  for (const { object, record } of index.all()) {
    const { command, intervalMs } = object.check
    if (command.kind === 'passive' || record.state === 'pending') continue
    const { host } = checkNameOf(object.id)
    const cost = (record.executionMs * 1_000) / Math.max(1, intervalMs)
    costs.set(host, (costs.get(host) ?? 0) + cost)
  }
  return Object.fromEntries(
    Array.from(costs, ([host, cost]) => [host, 2 ** Math.ceil(Math.log2(Math.max(0.125, cost)))]),
  )
}
