import { Drive, live } from './drive.ts'
import type { Entrant } from './contestants.ts'
import { scoreOf, type Score } from './scoring/score.ts'
import { arrivalsOf } from './trace/arrivals.ts'
import type { World } from './world/world.ts'

/** Outages and faults of observers of this length must be found. */
export const LONG_MS = 180_000

export interface EntrantScore {
  readonly name: string
  readonly score: Score
}

/** Hears how much of a world is done, 0 to 1. */
export type OnProgress = (share: number) => void

/** Lets all entrants live through the same world. */
export function simulate(
  world: World,
  entrants: readonly Entrant[],
  onProgress: OnProgress = () => undefined,
): readonly EntrantScore[] {
  const lives = entrants.map((entrant) => {
    const contestant = entrant.create(world.topology)
    const drive = new Drive(world, contestant, { only: entrant.only })
    return { name: entrant.name, contestant, drive }
  })
  for (const window of arrivalsOf(world, 0)) {
    for (const { drive } of lives) live([drive], [window])
    onProgress(window.until / world.durationMs)
  }
  return lives.map(({ name, contestant, drive }) => ({
    name,
    score: scoreOf(world, contestant.close(world.durationMs), drive.spent, { longMs: LONG_MS }),
  }))
}
