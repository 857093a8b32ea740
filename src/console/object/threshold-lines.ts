/**
 * Where a threshold range draws lines: its finite ends. Grammar of the Monitoring Plugins guidelines: `10` is 0 to 10, `10:` is 10
 * and up, `~:10` up to 10, `10:20`, `@10:20` the inside. The 0 that a bare `10` implies is no line: hardly anything is below it.
 */
export function thresholdLines(range: string | null): readonly number[] {
  if (range === null) return []
  const text = range.trim().replace(/^@/, '')
  const ends = text.includes(':') ? text.split(':', 2) : ['', text]
  return ends
    .filter((end) => end !== '' && end !== '~')
    .map(Number)
    .filter(Number.isFinite)
}
