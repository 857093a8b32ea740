import type { Measure } from '../../../domain/self-monitoring/component.ts'

/** `0.012 s late`, `12 results wait`, `34.2 % of the heap`. */
export function measureText({ unit, words, one = words, says }: Measure, value: number): string {
  return says === undefined
    ? `${numberText(value, unit)} ${value === 1 ? one : words}`
    : says(value)
}

const SIZES = ['B', 'KB', 'MB', 'GB', 'TB'] as const

function numberText(value: number, unit: Measure['unit']): string {
  switch (unit) {
    case 's':
      return `${shortened(value, Math.abs(value) < 10 ? 3 : 0)} s`
    case 'B': {
      const power = Math.min(4, Math.max(0, Math.floor(Math.log2(Math.max(1, value)) / 10)))
      return `${shortened(value / 1024 ** power, power === 0 ? 0 : 1)} ${SIZES[power]}`
    }
    case '%':
      return `${shortened(value, 1)} %`
    case undefined:
      return shortened(value, Number.isInteger(value) ? 0 : 1)
  }
}

function shortened(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)))
}
