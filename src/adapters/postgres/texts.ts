/** Longer texts are cut: a runaway plugin must not fill the database. UTF-16 units; Nagios itself stops at 8 kB of output. */
export const OUTPUT_MAX = 8_192
export const LONG_OUTPUT_MAX = 65_536
export const PERFDATA_MAX = 16_384

const CUT = '…'

/** PostgreSQL's `text` takes any Unicode but NUL, which becomes U+FFFD, as do halves of surrogate pairs. */
export function storable(text: string, max: number): string {
  const bounded = text.length > max ? text.slice(0, max - 1) + CUT : text
  const clean = bounded.includes('\0') ? bounded.replaceAll('\0', '\uFFFD') : bounded
  return clean.isWellFormed() ? clean : clean.toWellFormed()
}
