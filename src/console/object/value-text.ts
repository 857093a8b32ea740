const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P']
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi']

/** Units that plugins write, as [what to multiply with, the base unit]. */
const BASES: Readonly<Record<string, readonly [factor: number, unit: 's' | 'B']>> = {
  s: [1, 's'],
  ms: [1e-3, 's'],
  us: [1e-6, 's'],
  ns: [1e-9, 's'],
  B: [1, 'B'],
  KB: [1024, 'B'],
  MB: [1024 ** 2, 'B'],
  GB: [1024 ** 3, 'B'],
  TB: [1024 ** 4, 'B'],
}

/** A measured value for people: `3.2 ms`, `1.5 GiB`, `87 %`, `12.4 k`. `unit` is what the plugin wrote; `null` is no value. */
export function valueText(value: number | null, unit: string): string {
  if (value === null) return '–'
  const [factor, base] = BASES[unit] ?? [1, undefined]
  if (base === 's') return secondsText(value * factor)
  if (base === 'B') return prefixed(value * factor, 1024, BINARY, 'B')
  if (unit === '%') return `${digits(value)} %`
  return prefixed(value, 1000, DECIMAL, unit === 'c' ? '' : unit)
}

function secondsText(seconds: number): string {
  const size = Math.abs(seconds)
  if (size === 0) return '0 s'
  if (size < 1e-3) return `${digits(seconds * 1e6)} µs`
  if (size < 1) return `${digits(seconds * 1e3)} ms`
  if (size < 120) return `${digits(seconds)} s`
  if (size < 7_200) return `${digits(seconds / 60)} min`
  if (size < 172_800) return `${digits(seconds / 3_600)} h`
  return `${digits(seconds / 86_400)} d`
}

function prefixed(value: number, step: number, prefixes: readonly string[], unit: string): string {
  let rest = value
  let place = 0
  while (Math.abs(rest) >= step && place < prefixes.length - 1) {
    rest /= step
    place++
  }
  return `${digits(rest)} ${prefixes[place] ?? ''}${unit}`.trim()
}

/** Three digits that say something; no trailing zeros. */
function digits(value: number): string {
  return String(Number(value.toPrecision(3)))
}
