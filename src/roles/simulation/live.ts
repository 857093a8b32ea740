import { ENTRANTS, POLICIES } from '../../simulator/contestants.ts'
import { simulate, type OnProgress } from '../../simulator/simulate.ts'
import { compareHubs } from '../../simulator/two-hubs.ts'
import { RATES } from '../../simulator/world/rates.ts'
import { World } from '../../simulator/world/world.ts'
import type { WorldOrder, WorldScores } from './protocol.ts'

/** Makes one world and lets all that is asked for live through it. */
export function live(order: WorldOrder, onProgress: OnProgress): WorldScores {
  const { observers, seed, durationMs, climate, hasTwoHubs } = order
  const world = new World({ observers, seed, durationMs, rates: RATES[climate] })
  const entrants = [...ENTRANTS, ...POLICIES].filter(({ name }) => order.entrants.includes(name))
  // Two hubs cost about as much as three entrants.
  const mainShare = hasTwoHubs ? entrants.length / (entrants.length + 3) : 1
  const scores = simulate(world, entrants, (share) => onProgress(share * mainShare))
  const digests = hasTwoHubs
    ? compareHubs(world, (share) => onProgress(mainShare + share * (1 - mainShare)))
    : undefined
  return { seed, scores, digests }
}
