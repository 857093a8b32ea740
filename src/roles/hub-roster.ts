import { createRoster, type Roster } from '../orchestrator/roster.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Bus } from '../wire/bus.ts'
import { beatsOf } from '../wire/cluster.ts'
import { tellMemberNews } from './member-news.ts'
import type { Undoing } from './undoing.ts'

export interface RosterParts {
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
}

/** Hears the beats of all collectors for as long as the hub runs. */
export function startRoster({ bus, clock, log }: RosterParts, undoing: Undoing): Roster {
  const roster = createRoster(clock)
  const beats = bus.subscribe(beatsOf('*'), (beat, name) => roster.hear(beat, name))
  undoing.add(() => beats.close())
  undoing.add(tellMemberNews({ roster, clock, log }))
  return roster
}
