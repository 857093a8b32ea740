import type { Perfdatum } from './perfdatum.ts'
import { unitFactor } from './unit.ts'

/** The same measurement in base units: seconds, bytes, bits, percent ... */
export interface NormalisedPerfdatum {
  readonly label: string
  readonly value: number | null
  /** A base unit in words, '' for a plain number; as written when the plugin made it up. */
  readonly unit: string
  /** Only thresholds that are one number; a range such as `10:20` has no single value. */
  readonly warn: number | null
  readonly crit: number | null
  readonly min: number | null
  readonly max: number | null
}

/** Rule PD12. */
export function normalise(item: Perfdatum): NormalisedPerfdatum {
  const known = unitFactor(item.unit)
  const factor = known?.factor ?? 1
  const scaled = (value: number | null): number | null => (value === null ? null : value * factor)
  return {
    label: item.label,
    value: scaled(item.value),
    unit: known?.base ?? item.unit,
    warn: scaled(single(item.warn)),
    crit: scaled(single(item.crit)),
    min: scaled(item.min),
    max: scaled(item.max),
  }
}

function single(range: string | null): number | null {
  const value = range === null ? Number.NaN : Number(range)
  return Number.isFinite(value) ? value : null
}
