const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Largest unit first, each at most once: `30s`, `5m`, `1h30m`, `500ms`. */
export const DURATION = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/

/** Milliseconds, or `undefined` when the text is not a duration. */
export function durationMs(text: string): number | undefined {
  const match = DURATION.exec(text)
  if (match === null) return undefined
  return ['d', 'h', 'm', 's', 'ms'].reduce(
    (sum, unit, index) => sum + Number(match[index + 1] ?? 0) * (UNITS[unit] as number),
    0,
  )
}
