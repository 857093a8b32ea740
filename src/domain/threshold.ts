import type { ReturnCode } from './state-names.ts'

/** A threshold range of the plugin guidelines: alerts outside of `start`..`end` (both included), or inside when `isInside`. */
export interface Range {
  /** `-Infinity` for `~`. */
  readonly start: number
  /** `Infinity` when nothing stands behind the colon. */
  readonly end: number
  readonly isInside: boolean
}

const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`
const RANGE = new RegExp(
  String.raw`^\s*(@?)\s*(?:(~|${NUMBER})?\s*:\s*(${NUMBER})?|(${NUMBER}))\s*$`,
)
/** Far longer than any number a person writes; keeps the expression above off hostile input. */
const RANGE_TEXT_MAX = 256

/**
 * `10` is 0..10, `10:` 10 and more, `~:10` 10 and less, `10:20` between, a leading `@` alerts inside instead. Rules TH1..TH6.
 * @returns `undefined` when the text is no range: empty, bare `:` or `~`, a start behind the end, decimal commas, words
 */
export function parseRange(text: string): Range | undefined {
  if (text.length > RANGE_TEXT_MAX) return undefined
  const parts = RANGE.exec(text)
  if (parts === null) return undefined
  const [, at, from, to, single] = parts
  if (from === undefined && to === undefined && single === undefined) return undefined
  const start = from === '~' ? -Infinity : Number(from ?? 0)
  const end = Number(single ?? to ?? Infinity)
  if (start > end || start === Infinity) return undefined
  return { start, end, isInside: at === '@' }
}

/** Rules TH3 and TH4. What is not a number is never inside. */
export function alerts(range: Range, value: number): boolean {
  return (range.start <= value && value <= range.end) === range.isInside
}

/** 2 when `crit` alerts, else 1 when `warn` does, else 0. */
export function stateOf(
  value: number,
  warn: Range | undefined,
  crit: Range | undefined,
): ReturnCode {
  if (crit !== undefined && alerts(crit, value)) return 2
  if (warn !== undefined && alerts(warn, value)) return 1
  return 0
}
