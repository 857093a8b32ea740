import type { Check } from '../../domain/check.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { Standing } from '../../wire/cluster.ts'
import type { Resumption } from '../scheduler/handover.ts'
import { isRetried, retryAfter, slotAfter, slotHash } from '../scheduler/slots.ts'

/** A check that comes from another collector. */
export interface Gained {
  readonly check: Check
  /** Whoever had it is gone without a word: it is looked at at once. */
  readonly isOrphan: boolean
  readonly last: Standing | undefined
}

export interface ResumeTerms {
  /** Slots due before it are the other's. */
  readonly at: number
  readonly now: number
  /** Checks that may be started at once, per second. */
  readonly rate: number
  /** When the next turn of an earlier takeover is free. */
  readonly turnAt: number
}

export interface Resumed {
  readonly resume: ReadonlyMap<CheckId, Resumption>
  readonly turnAt: number
}

/** Until what was run elsewhere is known here, beside the time that it may run. */
const TOLD_MS = 3_000

interface Urgent {
  readonly gained: Gained
  readonly rank: number
  readonly dueAt: number
}

/**
 * When each check that comes runs for the first time. Handed over as planned: at the next slot or retry that is ours. Orphaned or missed: at
 * once, in turns of the rate: hosts first, then problems, then what nobody has seen, then the rest; among equals what is overdue longest.
 */
export function resumeChecks(all: readonly Gained[], terms: ResumeTerms): Resumed {
  const { at, now, rate } = terms
  const resume = new Map<CheckId, Resumption>()
  const urgent: Urgent[] = []
  for (const found of all) {
    const gained = believed(found, Math.max(at, now))
    const { check, last, isOrphan } = gained
    const dueAt = dueAfter(check, last)
    const missedAt = missedAtOf(gained, dueAt, at)
    if (isOrphan || missedAt <= now)
      urgent.push({ gained, rank: rankOf(gained), dueAt: dueAt ?? Number.NEGATIVE_INFINITY })
    else resume.set(check.id, { dueAt: Math.min(missedAt, plannedDue(check, dueAt, at)), last })
  }
  urgent.sort((a, b) => a.rank - b.rank || a.dueAt - b.dueAt)
  let turnAt = Math.max(now, terms.turnAt)
  for (const { gained, dueAt } of urgent) {
    const { check, last } = gained
    const regularAt = dueAt >= now ? dueAt : slotAfter(slotHash(check), check.intervalMs, now)
    resume.set(check.id, { dueAt: Math.min(turnAt, regularAt), last })
    if (turnAt < regularAt) turnAt += 1_000 / rate
  }
  return { resume, turnAt }
}

/** Nobody has seen what lies ahead: a clock that was wrong, or a member that lies, must not keep a check from running. */
function believed(gained: Gained, from: number): Gained {
  const { check, last } = gained
  const until = from + check.intervalMs + TOLD_MS
  const isAhead = last !== undefined && Math.max(last.dueAt, last.finishedAt) > until
  return isAhead ? { ...gained, last: undefined } : gained
}

/** What was due before the move may still run at the other's; if nothing is heard of it until then, it was missed. */
function missedAtOf({ check }: Gained, dueAt: number | undefined, at: number): number {
  return dueAt === undefined || dueAt >= at
    ? Number.POSITIVE_INFINITY
    : dueAt + check.timeoutMs + TOLD_MS
}

function plannedDue(check: Check, dueAt: number | undefined, at: number): number {
  if (dueAt !== undefined && dueAt >= at) return dueAt
  return slotAfter(slotHash(check), check.intervalMs, at - 1)
}

/** The run after the last one, wherever it was. */
function dueAfter(check: Check, last: Standing | undefined): number | undefined {
  if (last === undefined) return undefined
  const { failures, dueAt, finishedAt } = last
  return isRetried(check, failures)
    ? retryAfter(check.retryIntervalMs, dueAt, finishedAt)
    : slotAfter(slotHash(check), check.intervalMs, Math.max(dueAt, finishedAt))
}

function rankOf({ check, last }: Gained): number {
  if (check.serviceName === undefined) return 0
  if (last === undefined) return 2
  return last.failures > 0 ? 1 : 3
}
