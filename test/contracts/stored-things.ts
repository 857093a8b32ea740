import { after, instant, type Instant } from '../../src/base/instant.ts'
import type { CheckId } from '../../src/domain/check-id.ts'
import type { CheckOutcome } from '../../src/domain/check-result.ts'
import type { Perfdatum } from '../../src/domain/perfdatum.ts'
import type {
  Effects,
  History,
  ResultStore,
  ResultUse,
  Sample,
  StoredResult,
  StoredMark,
} from '../../src/results/ports.ts'
import type { ObjectRecord, StateChange } from '../../src/results/state/record.ts'
import { MESSAGE_VERSION, type SeqRange } from '../../src/wire/subjects.ts'

/** What the contract suites of the store put into it. */

export interface StoreUnderTest {
  readonly store: ResultStore
  readonly history: History
  readonly close: () => Promise<void>
}

/** What the clock of the store under test says. */
export const NOW = instant(Date.UTC(2026, 0, 31, 12))
export const RESULTS_DAYS = 30
export const SERIES_DAYS = 400

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export const NO_EFFECTS: Effects = {
  history: [],
  samples: [],
  records: [],
  changes: [],
  watermarks: [],
}

/** `at` is when it finished; it ran for 250 ms. */
export function aResult(
  checkId: CheckId,
  at: Instant,
  more: {
    seq?: number
    output?: string
    perfdata?: string
    verdict?: ResultUse
    code?: 0 | 1 | 2 | 3
    boot?: string
  } = {},
): StoredResult {
  const outcome: CheckOutcome = {
    kind: 'exited',
    code: more.code ?? 0,
    output: more.output ?? 'fine',
    longOutput: '',
    perfdata: more.perfdata ?? '',
  }
  return {
    verdict: more.verdict ?? 'counted',
    result: {
      collector: 'col-1',
      boot: more.boot ?? 'boot-1',
      seq: more.seq ?? 1,
      checkId,
      origin: 'scheduled',
      dueAt: after(at, -300),
      startedAt: after(at, -250),
      finishedAt: at,
      outcome,
    },
  }
}

export function aRecord(
  checkId: CheckId,
  at: Instant,
  more: Partial<ObjectRecord> = {},
): ObjectRecord {
  return {
    checkId,
    state: 'warning',
    type: 'soft',
    attempt: 2,
    lastHardState: 'ok',
    flapping: { isFlapping: false, percent: 12.345, history: [0, 0, 1, 2, 3] },
    lastResultAt: at,
    lastChangeAt: after(at, -1000),
    lastHardChangeAt: null,
    output: 'fine',
    longOutput: '',
    perfdata: '',
    executionMs: 250,
    latencyMs: 50.5,
    ...more,
  }
}

export function aChange(
  checkId: CheckId,
  at: Instant,
  more: Partial<StateChange> = {},
): StateChange {
  return {
    checkId,
    at,
    from: 'ok',
    to: 'critical',
    type: 'soft',
    attempt: 1,
    output: 'gone',
    ...more,
  }
}

export function aMark(seq: number, boot = 'boot-1', ...beyond: readonly SeqRange[]): StoredMark {
  return { version: MESSAGE_VERSION, collector: 'col-1', boot, seq, beyond }
}

export function aDatum(
  label: string,
  value: number | null,
  more: Partial<Perfdatum> = {},
): Perfdatum {
  return { label, value, unit: '', warn: null, crit: null, min: null, max: null, ...more }
}

export const aSample = (checkId: CheckId, at: Instant, ...perfdata: Perfdatum[]): Sample => ({
  checkId,
  at,
  perfdata,
})
