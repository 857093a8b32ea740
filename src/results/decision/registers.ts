import type { EvidenceClass } from '../../domain/evidence.ts'
import { NEVER } from './topology.ts'

/** Results kept of each cell. */
export const KEPT = 4

export const CLASS = { ok: 0, error: 1, timeout: 2, unknown: 3 } as const satisfies Record<
  EvidenceClass,
  number
>
export const CLASS_NAMES: readonly EvidenceClass[] = ['ok', 'error', 'timeout', 'unknown']

/**
 * The evidence: of each cell the `KEPT` greatest results by (start, tie), newest first. It is a join (greatest of a union), and everything else
 * that the engine says follows from it, so it does not matter in which order, how often or how late results come. Rules EV1 to EV4 of
 * docs/spec/truth.md.
 */
export interface Registers {
  readonly at: Float64Array
  readonly tie: Int32Array
  readonly kind: Uint8Array
  /** 1: the answer to a question of ours. */
  readonly isProbe: Uint8Array
}

export function createRegisters(cells: number): Registers {
  return {
    at: new Float64Array(cells * KEPT).fill(NEVER),
    tie: new Int32Array(cells * KEPT),
    kind: new Uint8Array(cells * KEPT),
    isProbe: new Uint8Array(cells * KEPT),
  }
}

/** What a register holds of a result. */
export interface Kept {
  readonly at: number
  readonly tie: number
  readonly isProbe: boolean
}

/** Where a result came to stand: 0 is the newest of its cell; `old`: behind the kept ones; `known`: it is there already. */
export type Place = number | 'old' | 'known'

export function insert(registers: Registers, cell: number, result: Kept, code: number): Place {
  const { at, tie, kind, isProbe } = registers
  const from = cell * KEPT
  let place = 0
  while (place < KEPT && isBefore(at[from + place] as number, tie[from + place] as number, result))
    place++
  if (place === KEPT) return 'old'
  if (at[from + place] === result.at && tie[from + place] === result.tie) return 'known'
  for (let k = from + KEPT - 1; k > from + place; k--) {
    at[k] = at[k - 1] as number
    tie[k] = tie[k - 1] as number
    kind[k] = kind[k - 1] as number
    isProbe[k] = isProbe[k - 1] as number
  }
  at[from + place] = result.at
  tie[from + place] = result.tie
  kind[from + place] = code
  isProbe[from + place] = result.isProbe ? 1 : 0
  return place
}

function isBefore(at: number, tie: number, result: Kept): boolean {
  return at > result.at || (at === result.at && tie > result.tie)
}

/** The newest OK of a cell, or `NEVER`. */
export function newestOk({ at, kind }: Registers, cell: number): number {
  const from = cell * KEPT
  for (let k = from; k < from + KEPT; k++) if (kind[k] === CLASS.ok) return at[k] as number
  return NEVER
}

/** The newest ERROR of a cell, or `NEVER`. */
export function newestError({ at, kind }: Registers, cell: number): number {
  const from = cell * KEPT
  for (let k = from; k < from + KEPT; k++) if (kind[k] === CLASS.error) return at[k] as number
  return NEVER
}

export function isFailure(kind: number): boolean {
  return kind === CLASS.error || kind === CLASS.timeout
}
