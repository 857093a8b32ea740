import type { Clock } from '../../base/clock.ts'

/** Now, by both clocks: slots go by the wall, patience by the one that never steps. */
export interface Moment {
  readonly wall: number
  readonly monotonicMs: number
}

export function momentOf(clock: Clock): Moment {
  return { wall: clock.now(), monotonicMs: clock.monotonicMs() }
}
