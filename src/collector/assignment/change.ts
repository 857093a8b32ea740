import type { Check } from '../../domain/check.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { Standing } from '../../wire/cluster.ts'
import type { Move } from '../scheduler/handover.ts'
import { checksOf, sharerOf, type Sharing } from './cluster-plan.ts'
import { resumeChecks, type Gained } from './resume.ts'

/** The checks of this collector are others than before. */
export interface Change {
  readonly checks: readonly Check[]
  readonly move: Move
  /** So many of them came because their collector is gone. */
  readonly orphans: number
}

export interface ChangeTerms {
  /** Whose change it is. */
  readonly id: string
  /** Slots due from then on are shared anew. */
  readonly at: number
  /** Of what goes away, slots due before then are still run here: `at`, or when this collector itself was lost. */
  readonly lostAt: number
  readonly now: number
  /** When the next turn of an earlier takeover is free. */
  readonly turnAt: number
  /** It knows what the others saw: a check without a last state was never run. */
  readonly isInformed: boolean
  readonly lastOf: (id: CheckId) => Standing | undefined
  /** Whether a collector had said that it takes part no more from `at` on. */
  readonly hadAnnouncedEnd: (id: string) => boolean
}

/** What becomes of the checks of one collector when a plan, or who shares it, is another. */
export function changeBetween(
  before: Sharing | undefined,
  next: Sharing,
  terms: ChangeTerms,
): { readonly change: Change; readonly turnAt: number } {
  const { id, at, now, lastOf, isInformed } = terms
  const checks = checksOf(next, id)
  const present = new Set(next.shares.sharers.map((sharer) => sharer.id))
  const gained: Gained[] = []
  for (const check of checks) {
    const owner = before === undefined ? undefined : sharerOf(before, check.hostName)
    if (owner === id) continue
    const last = lastOf(check.id)
    const isOrphan = owner !== undefined && !present.has(owner) && !terms.hadAnnouncedEnd(owner)
    const isNew = last === undefined && !isOrphan && (owner === undefined || isInformed)
    // What nobody has ever run gets its first run soon, as in a plan that is new.
    if (!isNew) gained.push({ check, last, isOrphan })
  }
  const rate = next.of.terms.takeoverRate
  const { resume, turnAt } = resumeChecks(gained, { at, now, rate, turnAt: terms.turnAt })
  const isElsewhere = (checkId: CheckId): boolean => next.of.checks.has(checkId)
  const orphans = gained.filter(({ isOrphan }) => isOrphan).length
  return { change: { checks, move: { at: terms.lostAt, isElsewhere, resume }, orphans }, turnAt }
}
