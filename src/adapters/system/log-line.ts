import { stripVTControlCharacters } from 'node:util'

/** `2026-01-31T08:15:00.000Z warn  message  key=value`, and one line below for each item of a list. */
export function logLineForPeople(json: string): string {
  const { level, time, msg, ...fields } = JSON.parse(json) as Readonly<Record<string, unknown>>
  const pairs = Object.entries(fields)
  const short = pairs
    .filter(([, value]) => !Array.isArray(value))
    .map(([key, value]) => `  ${key}=${textOf(value)}`)
    .join('')
  const items = pairs.flatMap(([, value]) => (Array.isArray(value) ? (value as unknown[]) : []))
  const below = items.map((item) => `\n  ${textOf(item)}`).join('')
  return `${plain(`${String(time)} ${String(level).padEnd(5)} ${String(msg)}${short}`)}${below}\n`
}

function textOf(value: unknown): string {
  return plain(typeof value === 'string' ? value : JSON.stringify(value))
}

/** What others wrote must not drive somebody's terminal. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, ' ')
}
