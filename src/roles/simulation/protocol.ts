import type { EntrantScore } from '../../simulator/simulate.ts'
import type { DigestPair } from '../../simulator/two-hubs.ts'
import type { Climate } from '../../simulator/world/rates.ts'

/** What main and a thread of the simulator say to each other: one world at a time. */

export interface WorldOrder {
  readonly observers: number
  readonly seed: number
  readonly durationMs: number
  readonly climate: Climate
  /** Names of entrants. */
  readonly entrants: readonly string[]
  /** Whether two hubs live through it as well, and are compared. */
  readonly hasTwoHubs: boolean
}

export interface WorldScores {
  readonly seed: number
  readonly scores: readonly EntrantScore[]
  readonly digests: DigestPair | undefined
}

export type SimulationAnswer =
  /** 0 to 1 of the world that was ordered. */
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'done'; readonly world: WorldScores }
  /** A fault of the program. */
  | { readonly kind: 'failed'; readonly reason: string }
