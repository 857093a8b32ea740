import type { Instant } from '../base/instant.ts'
import type { IndexEntry } from './fleet-layout.ts'
import type { LiveEvent } from './live-index.ts'
import type { Effects, Sample, StoredResult } from './ports.ts'
import type { Receipt } from './decision/receipt.ts'
import type { IncidentChange } from './decision/observer-incidents.ts'
import type { StateChange } from './state/record.ts'
import { storedMarkOf, type Mark } from './watermarks.ts'

/** What one batch did. The live index shows it already; nothing is stored or told yet. */
export interface Step {
  readonly effects: Effects
  /** `undefined` when no object changed. */
  readonly event: LiveEvent | undefined
  /** Marks of the boots whose results were all taken in before: their collector has missed a watermark. */
  readonly repeated: readonly Mark[]
  readonly tally: Tally
}

/**
 * Where the results of one batch went. `notObserved` are of checks of other clusters; `missing` counts numbers whose results the collector
 * gave up; `unplaced` came too far out of order.
 */
export interface Tally {
  counted: number
  late: number
  clockSuspect: number
  duplicate: number
  unknownCheck: number
  notObserved: number
  missing: number
  unplaced: number
}

/** Lists an object once in a step. */
export function touch(entry: IndexEntry, stepNumber: number, { touched }: Outcome): void {
  if (entry.changedInStep === stepNumber) return
  entry.changedInStep = stepNumber
  touched.push(entry)
}

/** What a step gathers. */
export interface Outcome {
  readonly tally: Tally
  readonly history: StoredResult[]
  readonly samples: Sample[]
  readonly changes: StateChange[]
  readonly touched: IndexEntry[]
  /** Only their marks differ: nothing to store. */
  readonly remarked: IndexEntry[]
  readonly advanced: Set<Mark>
  readonly repeated: Set<Mark>
  readonly receipts: Receipt[]
  readonly incidents: IncidentChange[]
}

export function newOutcome(): Outcome {
  return {
    tally: {
      counted: 0,
      late: 0,
      clockSuspect: 0,
      duplicate: 0,
      unknownCheck: 0,
      notObserved: 0,
      missing: 0,
      unplaced: 0,
    },
    history: [],
    samples: [],
    changes: [],
    touched: [],
    remarked: [],
    advanced: new Set(),
    repeated: new Set(),
    receipts: [],
    incidents: [],
  }
}

export function stepOf(
  { touched, remarked, changes, advanced, repeated, ...rest }: Outcome,
  now: Instant,
): Step {
  const changed = remarked.length === 0 ? touched : [...touched, ...remarked]
  return {
    effects: {
      history: rest.history,
      samples: rest.samples,
      records: touched.map((entry) => entry.record),
      changes,
      watermarks: Array.from(advanced, storedMarkOf),
      receipts: rest.receipts,
      incidents: rest.incidents,
    },
    event: changed.length === 0 ? undefined : { at: now, changed, removed: [], changes },
    repeated: [...repeated.difference(advanced)],
    tally: rest.tally,
  }
}
