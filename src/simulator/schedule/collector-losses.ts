import { share } from '../chance.ts'
import { isAt } from '../world/faults.ts'
import type { World } from '../world/world.ts'

/** Each observer is a cluster of so many collectors. */
export const COLLECTORS = 3

/** A collector of an observer's cluster ends in the middle of an overload or an isolation, and comes back with its end. */
export interface CollectorLoss {
  readonly observer: number
  readonly collector: number
  readonly from: number
  readonly to: number
}

/** Not more than one of a cluster at a time. */
export function collectorLossesOf({ seed, faults, rates }: World): readonly CollectorLoss[] {
  const losses: CollectorLoss[] = []
  for (const fault of faults) {
    if (fault.type !== 'overload' && fault.type !== 'isolate') continue
    const { id, observer, from, to } = fault
    if (share(seed, id, observer, 91) >= rates.collectorLoss) continue
    const at = Math.floor(from + (to - from) * 0.8 * share(seed, id, observer, 92))
    const collector = Math.floor(COLLECTORS * share(seed, id, observer, 93))
    const others = losses.filter((other) => other.observer === observer)
    if (!others.some((other) => isAt(other, at) || (at <= other.from && other.from < to)))
      losses.push({ observer, collector, from: at, to })
  }
  return losses
}
