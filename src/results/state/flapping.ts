import type { FlappingPolicy } from '../../domain/fleet.ts'
import { codeOf, type ObjectState } from '../../domain/state-names.ts'
import type { FlappingRecord } from './record.ts'

/** Nagios' measure: 21 remembered states, newer changes weigh more (0.75 for the oldest up to 1.25 for the newest). */
const ENTRIES = 21
const LIGHTEST = 0.75
const HEAVIEST = 1.25

/** One shared record per state for the common case: nothing changed for 21 results. Keeps quiet fleets small and fast. */
const QUIET: readonly FlappingRecord[] = [0, 1, 2, 3].map((code) => ({
  isFlapping: false,
  percent: 0,
  history: Array.from({ length: ENTRIES }, () => code),
}))

/** What a new object starts with: it is taken to have been fine, as Nagios does. */
export const NEVER_FLAPPED = QUIET[0] as FlappingRecord

/** The letters of `flap_detection_options` and `stalking_options`; 'all' is every state. */
export function optionsInclude(options: string, state: ObjectState): boolean {
  if (options === 'all' || options === 'a') return true
  return options.includes(state === 'up' ? 'o' : state.charAt(0))
}

/**
 * The record after one more state that counts for flapping. The history and the percentage are kept even while detection is off.
 * Between the two thresholds the answer stays what it was; on a threshold counts as beyond it.
 */
export function nextFlapping(
  prior: FlappingRecord,
  state: ObjectState,
  policy: FlappingPolicy,
): FlappingRecord {
  const code = codeOf(state)
  const quiet = QUIET[code]
  if (prior === quiet) return prior
  const history = optionsInclude(policy.options, state)
    ? appended(prior.history, code)
    : prior.history
  const percent = percentOf(history)
  if (percent === 0 && quiet !== undefined && history[0] === code) return quiet
  return { isFlapping: isFlapping(prior.isFlapping, percent, policy), percent, history }
}

/** Shares the quiet record again after loading: equal content, one object. */
export function internFlapping(record: FlappingRecord): FlappingRecord {
  const quiet = QUIET[record.history[0] ?? 0]
  const isQuiet =
    quiet !== undefined &&
    !record.isFlapping &&
    record.history.length === ENTRIES &&
    record.history.every((code) => code === record.history[0])
  return isQuiet ? quiet : record
}

function isFlapping(was: boolean, percent: number, policy: FlappingPolicy): boolean {
  if (!policy.isEnabled) return false
  if (percent <= policy.lowPercent) return false
  return percent >= policy.highPercent || was
}

function appended(history: readonly number[], code: number): number[] {
  const next = Array.from<number>({ length: ENTRIES }).fill(0)
  const kept = Math.min(history.length, ENTRIES - 1)
  for (let i = 0; i < kept; i++) {
    next[ENTRIES - 1 - kept + i] = history[history.length - kept + i] as number
  }
  next[ENTRIES - 1] = code
  return next
}

/** Weighted state change in per cent, 0 to 100. */
function percentOf(history: readonly number[]): number {
  let weighted = 0
  for (let i = 1; i < ENTRIES; i++) {
    if (history[i] === history[i - 1]) continue
    weighted += ((i - 1) * (HEAVIEST - LIGHTEST)) / (ENTRIES - 2) + LIGHTEST
  }
  return (weighted * 100) / (ENTRIES - 1)
}
