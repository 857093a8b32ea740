import { counted } from '../../base/words.ts'

export interface Progress {
  readonly done: number
  readonly worlds: number
  /** 0 to 1. */
  readonly share: number
  /** What `done` counts; absent: seeds. */
  readonly noun?: string
}

/** What a bar writes to, and its time. */
export interface BarParts {
  readonly write: (text: string) => void
  /** Whether somebody looks: a bar that is drawn anew instead of a line now and then. */
  readonly isLive: boolean
  /** Of the terminal; 0 when it does not say. */
  readonly columns: number
  /** Milliseconds that only go forward. */
  readonly monotonicMs: () => number
}

export interface ProgressBar {
  show(progress: Progress): void
  /** Takes the bar away. */
  end(): void
}

const REDRAWN_MS = 200
const LINE_MS = 10_000
/** Before that the time that is left cannot be told. */
const TOLD_FROM = 0.02
const WIDTH_MAX = 30
const COLUMNS = 80
const CLEAR_LINE = '\r\u001b[K'

export function createProgressBar({ write, isLive, columns, monotonicMs }: BarParts): ProgressBar {
  const beganMs = monotonicMs()
  let shownMs = isLive ? Number.NEGATIVE_INFINITY : beganMs
  let isShown = false
  return {
    show(progress) {
      const nowMs = monotonicMs()
      const isLast = progress.done === progress.worlds
      if (nowMs - shownMs < (isLive ? REDRAWN_MS : LINE_MS) && !(isLast && isLive)) return
      shownMs = nowMs
      const text = progressText(progress, nowMs - beganMs)
      if (!isLive) return write(`${text}\n`)
      isShown = true
      const room = (columns > 0 ? columns : COLUMNS) - 1
      const bar = barOf(progress.share, room - text.length)
      write(`${CLEAR_LINE}${`${bar}${text}`.slice(0, room)}`)
    },
    end() {
      if (isShown) write(CLEAR_LINE)
      isShown = false
    },
  }
}

/** What is said stands before the bar when there is no room for both. */
function barOf(share: number, room: number): string {
  const width = Math.min(WIDTH_MAX, room - '[] '.length)
  if (width < 5) return ''
  const full = Math.round(width * Math.min(1, share))
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}] `
}

export function progressText(
  { done, worlds, share, noun = 'seed' }: Progress,
  tookMs: number,
): string {
  const percent = `${Math.floor(share * 100)}%`
  const seeds = `${done} of ${counted(worlds, noun)}`
  if (share < TOLD_FROM || share >= 1) return `${percent}, ${seeds}, ${durationText(tookMs)}`
  return `${percent}, ${seeds}, ${durationText((tookMs * (1 - share)) / share)} left`
}

function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
