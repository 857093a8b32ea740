import { instant } from '../../base/instant.ts'
import type { World } from '../world/world.ts'
import { INTERVAL_MS } from '../world/world.ts'
import { Cluster } from './cluster.ts'
import { collectorLossesOf, type CollectorLoss } from './collector-losses.ts'
import { checksOf, phasedIds } from './plan.ts'

/** The schedulers count from the epoch; a world begins here, at a multiple of its interval. */
const WORLD_BEGINS = 1_800_000_000_000
const SETTLES_MS = 2 * INTERVAL_MS

/** An execution of a check, in ms since the world began. */
export interface Run {
  readonly observer: number
  readonly check: number
  readonly at: number
  /** Of the observer's cluster. */
  readonly collector: number
}

/** When each observer runs each check: what the product's own schedulers and assignments make of the world's checks. */
export class Schedule {
  readonly #clusters: readonly Cluster[]
  readonly #numbers: ReadonlyMap<string, number>
  readonly #losses: readonly CollectorLoss[]

  constructor(world: World) {
    const { topology } = world
    const ids = phasedIds(topology.checks.length)
    this.#losses = collectorLossesOf(world)
    const shifted = this.#losses.map((loss) => ({
      ...loss,
      from: WORLD_BEGINS + loss.from,
      to: WORLD_BEGINS + loss.to,
    }))
    this.#clusters = topology.observers.map(
      ({ name }, v) =>
        new Cluster(
          name,
          checksOf(topology, v, ids),
          shifted.filter(({ observer }) => observer === v),
          instant(WORLD_BEGINS - SETTLES_MS),
        ),
    )
    this.#numbers = new Map(ids.map((id, check) => [id, check]))
  }

  /** What begins before `until` and was not asked for before, each observer's in the order of time. */
  *until(until: number): Generator<Run> {
    for (const [observer, cluster] of this.#clusters.entries()) {
      const runs: Run[] = []
      cluster.run(WORLD_BEGINS + until, ({ id }, at, collector) => {
        const check = this.#numbers.get(id)
        if (check !== undefined && at >= WORLD_BEGINS)
          runs.push({ observer, check, at: at - WORLD_BEGINS, collector })
      })
      yield* runs
    }
  }

  /** Whether the collector ended before the run did: nobody hears of it. */
  isLost({ observer, collector, at }: Run, endedAt: number): boolean {
    return this.#losses.some(
      (loss) =>
        loss.observer === observer &&
        loss.collector === collector &&
        at < loss.from &&
        loss.from < endedAt,
    )
  }
}
