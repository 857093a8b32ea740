import { instant, type Instant } from '../../base/instant.ts'

/** What the scheduler needs of a compiled time period. */
export interface PeriodCalendar {
  contains(at: Instant): boolean
  /** The first instant after `at` at which `contains` changes; `undefined` when there is none within the calendar's horizon. */
  nextTransition(at: Instant): Instant | undefined
}

/** A calendar that remembers the window it was asked about last: thousands of checks ask about the same one. */
export interface PeriodWindows {
  readonly calendar: PeriodCalendar
  contains(at: number): boolean
  /** The next instant after `at`, which is closed, from which on the period is open. */
  nextOpening(at: number): number | undefined
  /** The end of the window that contains `opening`; `undefined`: it has none within the horizon. */
  closingAfter(opening: number): number | undefined
}

interface Window {
  readonly from: number
  /** Half open; `Infinity` beyond the horizon. */
  readonly to: number
  readonly isOpen: boolean
}

/** Transitions looked at for one opening; a calendar that needs more contradicts itself. */
const TRANSITIONS_MAX = 8

export function createPeriodWindows(calendar: PeriodCalendar): PeriodWindows {
  let open: Window = { from: 0, to: 0, isOpen: true }
  let closed: Window = { from: 0, to: 0, isOpen: false }

  const windowAt = (at: number): Window => {
    if (at >= open.from && at < open.to) return open
    if (at >= closed.from && at < closed.to) return closed
    const isOpen = calendar.contains(instant(at))
    const to = calendar.nextTransition(instant(at)) ?? Number.POSITIVE_INFINITY
    const window = { from: at, to, isOpen }
    if (isOpen) open = window
    else closed = window
    return window
  }

  return {
    calendar,
    contains: (at) => windowAt(at).isOpen,
    nextOpening(at) {
      let window = windowAt(at)
      for (let seen = 0; seen < TRANSITIONS_MAX; seen++) {
        if (window.isOpen) return window.from
        if (window.to === Number.POSITIVE_INFINITY) return undefined
        const { to } = window
        window = windowAt(to)
        if (window.isOpen) return to
      }
      return undefined
    },
    closingAfter(opening) {
      const { to } = windowAt(opening)
      return to === Number.POSITIVE_INFINITY ? undefined : to
    },
  }
}
