/** One unit of performance data in terms of its base unit: `ms` is 0.001 `seconds`. */
export interface UnitFactor {
  readonly base: string
  readonly factor: number
}

const SMALL: readonly (readonly [prefix: string, factor: number])[] = [
  ['n', 1e-9],
  ['u', 1e-6],
  ['µ', 1e-6],
  ['μ', 1e-6],
  ['m', 1e-3],
]
const LARGE = ['k', 'm', 'g', 't', 'p', 'e', 'z', 'y']
const NONE: readonly (readonly [prefix: string, factor: number])[] = [['', 1]]
const METRIC = [...SMALL, ...NONE, ['k', 1e3], ['M', 1e6], ['G', 1e9], ['T', 1e12]] as const

const FACTORS = new Map<string, UnitFactor>([
  ['', { base: '', factor: 1 }],
  ['%', { base: 'percent', factor: 1 }],
  ['c', { base: 'c', factor: 1 }],
  ['m', { base: 'seconds', factor: 60 }],
  ['min', { base: 'seconds', factor: 60 }],
  ['h', { base: 'seconds', factor: 3600 }],
  ['d', { base: 'seconds', factor: 86_400 }],
  ['lm', { base: 'lumens', factor: 1 }],
  ['dBm', { base: 'decibel-milliwatts', factor: 1 }],
  ['C', { base: 'degrees-celsius', factor: 1 }],
  ['F', { base: 'degrees-fahrenheit', factor: 1 }],
  ['K', { base: 'degrees-kelvin', factor: 1 }],
  ['packets', { base: 'packets', factor: 1 }],
  ['t', { base: 'grams', factor: 1e6 }],
  ['hl', { base: 'liters', factor: 100 }],
])
addMetric('s', 'seconds', [...SMALL, ...NONE])
addMetric('A', 'amperes', METRIC)
addMetric('O', 'ohms', METRIC)
addMetric('V', 'volts', METRIC)
addMetric('W', 'watts', METRIC)
addMetric('As', 'ampere-seconds', METRIC)
addMetric('Ah', 'ampere-seconds', METRIC, 3600)
addMetric('Ws', 'watt-hours', METRIC, 1 / 3600)
addMetric('Wh', 'watt-hours', METRIC)
addMetric('g', 'grams', [...SMALL, ...NONE, ['k', 1e3]])
addMetric('l', 'liters', [...SMALL, ...NONE])
addDigital('B', 'bytes')
addDigital('b', 'bits')

function addMetric(
  symbol: string,
  base: string,
  prefixes: readonly (readonly [string, number])[],
  unit = 1,
): void {
  for (const [prefix, factor] of prefixes) {
    FACTORS.set(prefix + symbol, { base, factor: factor * unit })
  }
}

/** Prefixes count in either case, as plugins write them; the case of the symbol tells bytes from bits. */
function addDigital(symbol: string, base: string): void {
  FACTORS.set(symbol, { base, factor: 1 })
  for (const [index, prefix] of LARGE.entries()) {
    for (const spelled of [prefix, prefix.toUpperCase()]) {
      FACTORS.set(spelled + symbol, { base, factor: 1000 ** (index + 1) })
      FACTORS.set(`${spelled}i${symbol}`, { base, factor: 1024 ** (index + 1) })
    }
  }
}

/** `undefined` for a unit of the plugin's own making. Case counts: `Mb` are bits. `m` are minutes (metres have no place here). */
export function unitFactor(unit: string): UnitFactor | undefined {
  return FACTORS.get(unit)
}
