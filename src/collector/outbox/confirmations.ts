/** What the hubs have said that they hold of each boot: what all of them hold may leave the outbox. */
export interface Confirmations {
  /** Returns false when it is no news: hubs repeat themselves. A hub that is none of ours counts for nothing. */
  note(hub: string, boot: string, seq: number): boolean
  /** Up to this number the hub holds all of the boot; 0 when it never said. */
  heldBy(hub: string, boot: string): number
  heldByAll(boot: string): number
}

/** Boots whose marks are remembered; one at a time is in use. */
const BOOTS_MAX = 64

export function createConfirmations(hubs: readonly string[]): Confirmations {
  const byHub = new Map(hubs.map((hub) => [hub, new Map<string, number>()]))
  const heldBy = (hub: string, boot: string): number => byHub.get(hub)?.get(boot) ?? 0
  return {
    heldBy,
    heldByAll: (boot) => Math.min(...hubs.map((hub) => heldBy(hub, boot))),
    note(hub, boot, seq) {
      const marks = byHub.get(hub)
      if (marks === undefined || seq <= (marks.get(boot) ?? 0)) return false
      marks.delete(boot)
      marks.set(boot, seq)
      if (marks.size > BOOTS_MAX) marks.delete(marks.keys().next().value as string)
      return true
    },
  }
}
