import { NO_FLAPS, type Flaps } from './hold-down.ts'

/** What a collector keeps of its place in the cluster over a restart. */
export interface Remembered {
  readonly isCordoned: boolean
  readonly weight: number
  readonly flaps: Flaps
  /** It was stopped in order; otherwise it died. */
  readonly wasStopped: boolean
}

/** One small record. What fails in it is the adapter's to log: without it the collector works, and forgets. */
export interface CollectorMemory {
  /** As it was saved, or anything: whoever asks looks at it. */
  load(): unknown
  save(remembered: Remembered): void
}

export const WEIGHT_MIN = 0.01
export const WEIGHT_MAX = 100

export const FIRST_START: Remembered = {
  isCordoned: false,
  weight: 1,
  flaps: NO_FLAPS,
  wasStopped: true,
}

/** Of what a file or a database gave; what is missing or makes no sense is as at the first start. */
export function rememberedOf(value: unknown): Remembered {
  if (typeof value !== 'object' || value === null) return FIRST_START
  const { isCordoned, weight, flaps, wasStopped } = value as Partial<Record<string, unknown>>
  return {
    isCordoned: isCordoned === true,
    weight: typeof weight === 'number' ? boundedWeight(weight) : FIRST_START.weight,
    flaps: flapsOf(flaps),
    wasStopped: wasStopped !== false,
  }
}

export function boundedWeight(weight: number): number {
  return Number.isFinite(weight) ? Math.min(WEIGHT_MAX, Math.max(WEIGHT_MIN, weight)) : 1
}

function flapsOf(value: unknown): Flaps {
  if (typeof value !== 'object' || value === null) return NO_FLAPS
  const { count, at } = value as Partial<Record<string, unknown>>
  const isSound = Number.isSafeInteger(count) && Number.isFinite(at) && Number(count) >= 0
  return isSound ? { count: Number(count), at: Number(at) } : NO_FLAPS
}

/** For tests, and where nothing is kept over a restart. */
export function forgetfulMemory(): CollectorMemory {
  let kept: Remembered | undefined
  return {
    load: () => kept,
    save: (remembered) => void (kept = remembered),
  }
}
