import { BUILTIN_NAMES, type Check } from '../../domain/check.ts'

/** Where a check is: it is in exactly one place, so it can neither be lost nor run twice at once. */
export const PLACE = {
  /** The row is unused. */
  free: 0,
  /** In the heap, not due yet. */
  timed: 1,
  /** Due, in its lane, waiting for a slot of the executor. */
  ready: 2,
  running: 3,
  /** Never due: its results come from outside. */
  idle: 4,
} as const

export const FLAG = {
  /** The next run was asked for by somebody. */
  requested: 1,
  /** Runs now and was asked for meanwhile: runs once more. */
  again: 2,
  /** Left the plan while it ran. */
  removed: 4,
  /** The due time is not one of its slots: retry, first run, catching up. */
  offGrid: 8,
  /** Goes on at another collector; what was due before runs here once more. */
  leaving: 16,
  /** Came from another collector and has not run here yet. */
  inherited: 32,
} as const

/** `code` of a check that has no result yet. */
export const PENDING = -1

/**
 * One row per check, one array per fact: no object and no timer per check. About 40 bytes a row beside the check itself, plus its
 * entry in the index by id.
 */
export interface Columns {
  capacity: number
  check: (Check | undefined)[]
  hash: Uint32Array
  /** While it runs: when it was started. */
  dueAt: Float64Array
  /** End of the last result in seconds since the epoch; 0: none. */
  lastSeconds: Uint32Array
  /** Last return code, 0 to 3, or `PENDING`. */
  code: Int8Array
  /** Results in a row that are not OK. */
  failures: Uint16Array
  place: Uint8Array
  flags: Uint8Array
  lane: Uint8Array
  /** In the heap: the position there. In a lane: the row before, or -1. */
  position: Int32Array
  /** In a lane: the row behind, or -1. */
  next: Int32Array
}

export function createColumns(capacity: number): Columns {
  return {
    capacity,
    check: [],
    hash: new Uint32Array(capacity),
    dueAt: new Float64Array(capacity),
    lastSeconds: new Uint32Array(capacity),
    code: new Int8Array(capacity),
    failures: new Uint16Array(capacity),
    place: new Uint8Array(capacity),
    flags: new Uint8Array(capacity),
    lane: new Uint8Array(capacity),
    position: new Int32Array(capacity),
    next: new Int32Array(capacity),
  }
}

/** Room for `needed` rows and a quarter more than before; rows keep their numbers. */
export function growColumns(columns: Columns, needed: number): void {
  const wider = createColumns(Math.max(needed, Math.ceil(columns.capacity * 1.25)))
  wider.hash.set(columns.hash)
  wider.dueAt.set(columns.dueAt)
  wider.lastSeconds.set(columns.lastSeconds)
  wider.code.set(columns.code)
  wider.failures.set(columns.failures)
  wider.place.set(columns.place)
  wider.flags.set(columns.flags)
  wider.lane.set(columns.lane)
  wider.position.set(columns.position)
  wider.next.set(columns.next)
  Object.assign(columns, wider, { check: columns.check })
}

/** Kinds of checks that can be out of slots independently of each other: plugins, and each built-in. */
export const LANES = 1 + BUILTIN_NAMES.length

export function laneOf({ command }: Check): number {
  return command.kind === 'builtin' ? 1 + BUILTIN_NAMES.indexOf(command.builtin) : 0
}
