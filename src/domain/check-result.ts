import type { Instant } from '../base/instant.ts'
import type { CheckId } from './check-id.ts'
import type { ReturnCode } from './state-names.ts'

/** Unique for ever: a collector's boot id is new at every start, `seq` counts up from 1 within it. */
export interface ResultId {
  readonly collector: string
  readonly boot: string
  readonly seq: number
}

/** What happened in one execution of one check, or what a passive sender said. */
export interface CheckResult extends ResultId {
  readonly checkId: CheckId
  readonly origin: ResultOrigin
  /** The slot it was due in; equals `startedAt` for passive results. */
  readonly dueAt: Instant
  readonly startedAt: Instant
  readonly finishedAt: Instant
  readonly outcome: CheckOutcome
}

/** `probe`: a hub asked another observer because of a doubt. */
export type ResultOrigin = 'scheduled' | 'requested' | 'passive' | 'probe'

export type CheckOutcome =
  | {
      readonly kind: 'exited'
      readonly code: ReturnCode
      /** First line of the output, without performance data. */
      readonly output: string
      /** The other lines, joined by newlines; empty when there are none. */
      readonly longOutput: string
      /** Performance data as the plugin wrote it, all parts joined by one space. */
      readonly perfdata: string
    }
  | { readonly kind: 'timed-out'; readonly afterMs: number; readonly output: string }
  | { readonly kind: 'not-started'; readonly reason: NotStartedReason; readonly output: string }

export type NotStartedReason = 'no-such-command' | 'not-executable' | 'executor-failed'

const CHARACTERS_PER_WEIGHT = 4_096

/**
 * How heavily a result lies in memory: 1 when it is an ordinary one, and one more for every 4 KB of text. Queues are bounded by it, because
 * one plugin says ten bytes and another 64 KB.
 */
export function weightOf({ outcome }: Pick<CheckResult, 'outcome'>): number {
  let characters = outcome.output.length
  if (outcome.kind === 'exited') characters += outcome.longOutput.length + outcome.perfdata.length
  return 1 + Math.floor(characters / CHARACTERS_PER_WEIGHT)
}

export function weightOfAll(results: readonly Pick<CheckResult, 'outcome'>[]): number {
  let weight = 0
  for (const result of results) weight += weightOf(result)
  return weight
}
