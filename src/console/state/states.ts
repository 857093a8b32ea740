import type { ObjectRow } from '../../wire/api/objects.ts'

export type StateName = ObjectRow['state']

/** What a chip can show: a state of the API, or `stale`, which outranks it (the state is then the past). */
export type ChipState = StateName | 'stale'

export interface StateLook {
  /** One letter beside the shape, so that colour is never alone. */
  readonly letter: string
  readonly shape: 'square' | 'triangle' | 'diamond' | 'disc' | 'crossed' | 'hatched' | 'half'
  /** For counters and sentences. */
  readonly word: string
  /** Sorts problems: higher is worse. 0 is no problem. */
  readonly rank: number
}

/** Shapes, letters and order of docs/spec/console.md UI1. */
export const STATE_LOOKS: Readonly<Record<ChipState, StateLook>> = {
  down: { letter: 'D', shape: 'square', word: 'DOWN', rank: 6 },
  critical: { letter: 'C', shape: 'square', word: 'CRITICAL', rank: 5 },
  warning: { letter: 'W', shape: 'triangle', word: 'WARNING', rank: 4 },
  unknown: { letter: 'U', shape: 'diamond', word: 'UNKNOWN', rank: 3 },
  unreachable: { letter: 'R', shape: 'crossed', word: 'UNREACHABLE', rank: 2 },
  stale: { letter: 'S', shape: 'hatched', word: 'STALE', rank: 0 },
  pending: { letter: 'P', shape: 'half', word: 'PENDING', rank: 0 },
  ok: { letter: '✓', shape: 'disc', word: 'OK', rank: 0 },
  up: { letter: '✓', shape: 'disc', word: 'UP', rank: 0 },
}

export function chipStateOf(row: Pick<ObjectRow, 'state' | 'isStale'>): ChipState {
  return row.isStale ? 'stale' : row.state
}

export function isChipState(text: string): text is ChipState {
  return Object.hasOwn(STATE_LOOKS, text)
}
