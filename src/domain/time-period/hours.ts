/** Seconds of wall-clock time since the day's midnight: from <= t < to. `to` past 86,400 reaches into the next day. */
export interface HourRange {
  readonly fromSeconds: number
  readonly toSeconds: number
}

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/
const DAY_SECONDS = 86_400

/**
 * Reads `09:00-17:00,18:00-20:00`. Seconds may be given; an end before its begin is on the next day, and so is one past 24:00.
 * Equal ends, as in `00:00-00:00`, and an empty text are no time at all.
 * @returns `undefined` when the text is not of this form
 */
export function parseHours(text: string): readonly HourRange[] | undefined {
  if (text.trim() === '') return []
  const ranges = text.split(',').map(parseRange)
  if (ranges.some((range) => range === undefined)) return undefined
  return (ranges as HourRange[]).filter((range) => range.toSeconds > range.fromSeconds)
}

function parseRange(text: string): HourRange | undefined {
  const [begin = '', end = '', ...others] = text.split('-').map((part) => part.trim())
  const fromSeconds = secondsOf(begin, DAY_SECONDS)
  const toSeconds = secondsOf(end, 2 * DAY_SECONDS)
  if (fromSeconds === undefined || toSeconds === undefined || others.length > 0) return undefined
  return { fromSeconds, toSeconds: toSeconds < fromSeconds ? toSeconds + DAY_SECONDS : toSeconds }
}

function secondsOf(text: string, max: number): number | undefined {
  const match = CLOCK.exec(text)
  if (match === null) return undefined
  const [hours, minutes, seconds] = [match[1], match[2], match[3] ?? '0'].map(Number) as [
    number,
    number,
    number,
  ]
  const total = hours * 3600 + minutes * 60 + seconds
  return minutes < 60 && seconds < 60 && total <= max ? total : undefined
}
