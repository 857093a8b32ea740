import { hash32 } from '../../base/hash.ts'

/** Hubs that hold the same evidence and would ask the same questions. */
export interface Election {
  /** This one. */
  readonly hub: string
  readonly hubs: readonly string[]
}

/** The others ask when nothing new has come for so long. */
export const SECOND_ASKS_AFTER_MS = 2_000

/** Whether it is this hub that asks about a check: the one with the smallest hash of both names. Rule EV21 of docs/spec/truth.md. */
export function isElected(election: Election | undefined, checkId: string): boolean {
  if (election === undefined || election.hubs.length < 2) return true
  const own = hash32(`${election.hub} ${checkId}`)
  return election.hubs.every((hub) => {
    const other = hash32(`${hub} ${checkId}`)
    return own < other || (own === other && election.hub <= hub)
  })
}
