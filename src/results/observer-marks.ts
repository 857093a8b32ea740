import type { Instant } from '../base/instant.ts'
import type { DecisionTopology } from './decision/topology.ts'
import type { FleetIndex } from './fleet-index.ts'
import type { IndexEntry } from './fleet-layout.ts'
import type { SharedVerdicts } from './shared-verdicts.ts'
import type { Outcome } from './step.ts'

/** Time alone makes marks old, and observers not believed: every check is looked at within so many ticks. */
const ROUND_TICKS = 5
/** And never more than so many in one tick. */
const LOOKS_MAX = 10_000

export interface MarkParts {
  readonly index: FleetIndex
  readonly shared?: SharedVerdicts
}

/** Keeps what lists show of each observer in step with the evidence. Rules RR1 to RR4 of docs/spec/raw-reports.md. */
export interface ObserverMarks {
  /** After each batch: of the objects that it touched. */
  settle(to: Outcome, now: Instant): void
  /** After each tick: of the next part of all. */
  goRound(to: Outcome, now: Instant, stepNumber: number): void
}

export function createObserverMarks({ index, shared }: MarkParts): ObserverMarks {
  let topology: DecisionTopology | undefined
  let next = 0
  /** @returns whether they differ now */
  const mark = (entry: IndexEntry, of: SharedVerdicts, now: Instant): boolean => {
    const seenBy = of.seenBy(entry.object.id, now, entry.seenBy)
    if (seenBy === entry.seenBy) return false
    entry.seenBy = seenBy
    return true
  }
  const settle = ({ touched }: Outcome, now: Instant): void => {
    if (shared === undefined) return
    for (const entry of touched) if (shared.has(entry.object.id)) mark(entry, shared, now)
  }
  const remark = (entry: IndexEntry | undefined, to: Outcome, at: Moment): void => {
    if (entry === undefined || shared === undefined || !mark(entry, shared, at.now)) return
    if (entry.changedInStep !== at.stepNumber) to.remarked.push(entry)
  }
  return {
    settle,
    goRound(to, now, stepNumber) {
      if (shared === undefined) return
      const at = { now, stepNumber }
      const { checks } = shared.engine.topology
      if (shared.engine.topology !== topology) {
        topology = shared.engine.topology
        next = 0
        for (const { object } of index.all()) remark(index.get(object.id), to, at)
        return
      }
      const looks = Math.min(checks.length, LOOKS_MAX, Math.ceil(checks.length / ROUND_TICKS))
      for (let left = looks; left > 0; left--) {
        next = (next + 1) % checks.length
        const check = checks[next]
        if (check !== undefined) remark(index.get(check.id), to, at)
      }
    },
  }
}

interface Moment {
  readonly now: Instant
  readonly stepNumber: number
}
