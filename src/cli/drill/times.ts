import { CommandFailed, EXIT } from '../exit.ts'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
const MAX_MS = 3_600_000

/** `500ms`, `8s`, `2m`, up to an hour. @throws CommandFailed */
export function timeOf(text: string, flag: string): number {
  const [, number = '', unit = ''] = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text) ?? []
  const ms = Number(number) * (UNITS[unit] ?? Number.NaN)
  if (number !== '' && ms <= MAX_MS) return ms
  throw new CommandFailed(
    EXIT.usage,
    `${flag}: '${text}' cannot be used`,
    'write a length of time up to 1h, such as 500ms, 8s or 2m',
  )
}
