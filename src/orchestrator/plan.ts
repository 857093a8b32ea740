import type { Fleet } from '../domain/fleet.ts'
import { MESSAGE_VERSION, type Plan } from '../wire/subjects.ts'

/** What a collector must do for a whole fleet: every check that is run, hosts first. Passive checks are in it, too: their results are taken. */
export function planOf(fleet: Fleet, revision: string): Plan {
  return {
    version: MESSAGE_VERSION,
    revision,
    checks: [
      ...fleet.hosts.values().map((host) => host.check),
      ...fleet.services.values().map((service) => service.check),
    ],
    timePeriods: [...fleet.timePeriods.values()],
  }
}
