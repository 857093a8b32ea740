import { counted } from '../../base/words.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import type { Summary } from './continuity.ts'
import type { DrillKind } from './faults.ts'
import { timeOf } from './times.ts'

/** What an operator can live with; `undefined` is not judged. */
export interface Limits {
  readonly detectionMs: number | undefined
  readonly recheckMs: number | undefined
  readonly missed: number | undefined
  readonly doubled: number | undefined
  readonly lost: number | undefined
}

/** As they are written. */
export interface LimitFlags {
  readonly maxDetection?: string
  readonly maxRecheck?: string
  readonly maxMissed?: string
  readonly maxDoubled?: string
  readonly maxLost?: string
}

/** What was given, and what can be expected of the kind of failure. @throws CommandFailed */
export function limitsOf(kind: DrillKind, isOfHub: boolean, flags: LimitFlags): Limits {
  const isSudden = !isOfHub && (kind === 'kill' || kind === 'hang' || kind === 'cut')
  const time = (flag: string, text: string | undefined, preset: number | undefined) =>
    text === undefined ? preset : timeOf(text, flag)
  const count = (flag: string, text: string | undefined, preset: number | undefined) =>
    text === undefined ? preset : wholeOf(text, flag)
  return {
    detectionMs: time('--max-detection', flags.maxDetection, isSudden ? 5_000 : undefined),
    recheckMs: time('--max-recheck', flags.maxRecheck, isSudden ? 8_000 : undefined),
    missed: count('--max-missed', flags.maxMissed, isSudden ? undefined : 0),
    doubled: count('--max-doubled', flags.maxDoubled, 0),
    lost: count('--max-lost', flags.maxLost, 0),
  }
}

function wholeOf(text: string, flag: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new CommandFailed(EXIT.usage, `${flag}: '${text}' cannot be used`, 'write 0 or more')
}

export interface Measured extends Summary {
  /** From the failure until the hub said that the collector is lost; `undefined`: it never did. */
  readonly detectionMs: number | undefined
  /** Results that will never come. */
  readonly lost: number
}

/** Rule DR7 of docs/spec/drill.md. What is beyond the limits, one sentence each; none: the drill is passed. */
export function beyond(measured: Measured, limits: Limits): readonly string[] {
  const { detectionMs, recheck, leftAlone, missed, doubled, lost } = measured
  return [
    ...tooLate('detection', detectionMs, limits.detectionMs),
    ...(limits.recheckMs === undefined || leftAlone === 0
      ? []
      : [
          `${counted(leftAlone, 'host')} of the failed collector ${leftAlone === 1 ? 'was' : 'were'} not taken over`,
        ]),
    ...(recheck === undefined
      ? []
      : tooLate('the last first re-check', recheck.maxMs, limits.recheckMs)),
    ...tooMany('missed intervals', missed, limits.missed),
    ...tooMany('checks run twice', doubled, limits.doubled),
    ...tooMany('lost results', lost, limits.lost),
  ]
}

function tooLate(what: string, ms: number | undefined, max: number | undefined): readonly string[] {
  if (max === undefined) return []
  if (ms === undefined) return [`${what}: never, allowed are ${seconds(max)}`]
  return ms <= max ? [] : [`${what} after ${seconds(ms)}, allowed are ${seconds(max)}`]
}

function tooMany(what: string, count: number, max: number | undefined): readonly string[] {
  return max === undefined || count <= max ? [] : [`${what}: ${count}, allowed are ${max}`]
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 100_000 ? 1 : 0)} s`
}
