import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Check } from '../../domain/check.ts'
import type { Bus } from '../../wire/bus.ts'
import type { Beat, Standing } from '../../wire/cluster.ts'
import type { PlanChange } from '../scheduler/apply-plan.ts'
import type { Move } from '../scheduler/handover.ts'
import type { PeriodCalendar } from '../scheduler/period-windows.ts'
import type { CollectorMemory } from './memory.ts'
import type { Place } from './own-place.ts'
import type { Dropped } from './peers.ts'
import type { Sharer } from './share-out.ts'

/** What the cluster decides about: the scheduler with all around it. */
export interface SharedWork {
  apply(
    checks: readonly Check[],
    calendars: ReadonlyMap<string, PeriodCalendar>,
    move: Move,
  ): PlanChange
  /** Another member saw this of a check of the plan. */
  inherit(standing: Standing): void
  /** `tick` has something to do before it was due. */
  wake(): void
  /** Checks that are due and wait for a place. */
  readonly waiting: number
}

/** What a beat says that is not about membership. */
export type BeatReport = Pick<
  Beat,
  | 'load'
  | 'room'
  | 'checks'
  | 'results'
  | 'outboxes'
  | 'clocks'
  | 'memoryBytes'
  | 'leasesLost'
  | 'numbers'
>

export interface ClusterLoopParts {
  /** `cluster.name`. */
  readonly id: string
  readonly cluster: string
  readonly boot: string
  readonly role: Beat['role']
  readonly program: string
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly work: SharedWork
  readonly memory: CollectorMemory
  readonly report: (loopLagMs: number) => BeatReport
  readonly settings?: Partial<ClusterSettings>
}

export interface ClusterSettings {
  readonly beatMs: number
  readonly tickMs: number
  /** What was seen is told to the others so often. */
  readonly shareMs: number
}

export const DEFAULT_CLUSTER_SETTINGS: ClusterSettings = {
  beatMs: 1_000,
  tickMs: 100,
  shareMs: 250,
}

/** What a collector knows of its cluster. */
export interface ClusterStats {
  readonly place: Place
  /** Who shares the plan now, this collector included. */
  readonly sharers: readonly Sharer[]
  /** The last beats of all others that are heard. */
  readonly peers: readonly Beat[]
  readonly hosts: number
  /** The same for all who see the same. */
  readonly view: string
  /** Own beats do not come back. */
  readonly isDeaf: boolean
  /** Checks that came from lost collectors, since the start. */
  readonly takenOver: number
  readonly dropped: Readonly<Dropped>
}
