/** Times as people read them. Instants are ms since the epoch, always shown in the viewer's own zone. */

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `41 s`, `7 min`, `3 h 05`, `2 d 4 h`. A clock that is a little ahead reads as `0 s`. */
export function spanText(ms: number): string {
  const span = Math.max(0, ms)
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`
  if (span < DAY) {
    const minutes = Math.floor((span % HOUR) / MINUTE)
    return `${Math.floor(span / HOUR)} h ${String(minutes).padStart(2, '0')}`
  }
  const hours = Math.floor((span % DAY) / HOUR)
  return `${Math.floor(span / DAY)} d ${hours} h`
}

export function ageText(at: number | null, now: number): string {
  return at === null ? '–' : spanText(now - at)
}

/** `14:02` for today, `Mon 14:02` within six days, `2026-11-03 14:02` else. */
export function sinceText(at: number, now: number): string {
  const time = new Date(at).toLocaleTimeString(undefined, TIME_OF_DAY)
  if (new Date(at).toDateString() === new Date(now).toDateString()) return time
  if (now - at < 6 * DAY) {
    return `${new Date(at).toLocaleDateString(undefined, { weekday: 'short' })} ${time}`
  }
  return `${dayText(at)} ${time}`
}

/** `2026-11-03 14:02:09`, for tables. */
export function stampText(at: number): string {
  return `${dayText(at)} ${new Date(at).toLocaleTimeString(undefined, { ...TIME_OF_DAY, second: '2-digit' })}`
}

/** For titles: the same moment in UTC. */
export function utcText(at: number): string {
  return `${new Date(at).toISOString().replace('T', ' ').slice(0, 19)} UTC`
}

function dayText(at: number): string {
  const date = new Date(at)
  const month = String(date.getMonth() + 1).padStart(2, '0')
  return `${date.getFullYear()}-${month}-${String(date.getDate()).padStart(2, '0')}`
}

const TIME_OF_DAY = { hour: '2-digit', minute: '2-digit', hour12: false } as const
