import { createRoster, type Roster } from '../orchestrator/roster.ts'
import type { Clock } from '../base/clock.ts'
import type { Bus } from '../wire/bus.ts'
import { beatsOf } from '../wire/cluster.ts'
import type { Undoing } from './undoing.ts'

/** Hears the beats of all collectors for as long as the hub runs. */
export function startRoster(bus: Bus, clock: Clock, undoing: Undoing): Roster {
  const roster = createRoster(clock)
  const beats = bus.subscribe(beatsOf('*'), (beat, name) => roster.hear(beat, name))
  undoing.add(() => beats.close())
  return roster
}
