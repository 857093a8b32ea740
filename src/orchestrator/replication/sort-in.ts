import { compareForms } from './order.ts'
import type { HeldActivation, ReplicatedActivation } from './ports.ts'

export interface SortedIn {
  /** What would replace the active one, the newest first: the first that can be run is. */
  readonly candidates: readonly ReplicatedActivation[]
  /** For history only. */
  readonly past: readonly ReplicatedActivation[]
}

/**
 * What becomes of activations that came from other hubs. Rules RP2 and RP3.
 * @param held all that are kept, newest first
 * @param keptMax older ones than so many are not taken back once they were forgotten
 */
export function sortIn(
  held: readonly HeldActivation[],
  received: readonly ReplicatedActivation[],
  keptMax: number,
): SortedIn {
  const byId = new Map(held.map((one) => [one.id, one]))
  const active = held.find(({ fault }) => fault === null)
  const oldest = held.length < keptMax ? undefined : held.at(-1)
  const news = new Map<string, ReplicatedActivation>()
  for (const one of received) {
    const { head } = one
    const known = news.get(head.id)?.head ?? byId.get(head.id)
    if (known !== undefined && compareForms(head, known) <= 0) continue
    if (oldest !== undefined && compareForms(head, oldest) < 0) continue
    news.set(head.id, one)
  }
  const sorted = [...news.values()].sort((a, b) => compareForms(b.head, a.head))
  const isCandidate = ({ head }: ReplicatedActivation): boolean =>
    active === undefined || compareForms(head, active) > 0
  return {
    candidates: sorted.filter(isCandidate),
    past: sorted.filter((one) => !isCandidate(one)),
  }
}
