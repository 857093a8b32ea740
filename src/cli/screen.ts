import process from 'node:process'

/** A terminal that is drawn on as a whole, and is afterwards as it was. */
export interface Screen {
  readonly columns: number
  readonly rows: number
  /** Lines from the top; what does not fit is left out below. */
  draw(lines: readonly string[]): void
  /** Somebody wants to end it: `q`, Ctrl-C, or a signal. */
  readonly left: AbortSignal
  close(): void
}

const ESC = String.fromCodePoint(0x1b)
const CTRL_C = String.fromCodePoint(0x03)
/** Another page, without a cursor; lines that are too long end at the edge. */
const ENTER = `${ESC}[?1049h${ESC}[?25l${ESC}[?7l`
const LEAVE = `${ESC}[?7h${ESC}[?25h${ESC}[?1049l`
const HOME = `${ESC}[H`
const REST_OF_LINE = `${ESC}[K`
const REST_OF_SCREEN = `${ESC}[J`

/** Takes over the terminal of this process; `redraw` is called when its size has changed. */
export function openScreen(redraw: () => void): Screen {
  const { stdin, stdout } = process
  const left = new AbortController()
  const leave = (): void => left.abort()
  const hear = (keys: Buffer): void => {
    if (/[qQ]/.test(keys.toString()) || keys.toString().includes(CTRL_C)) leave()
  }
  stdout.write(ENTER)
  if (stdin.isTTY) {
    stdin.setRawMode(true)
    stdin.on('data', hear)
  }
  stdout.on('resize', redraw)
  process.once('SIGINT', leave)
  process.once('SIGTERM', leave)
  return {
    get columns() {
      return stdout.columns
    },
    get rows() {
      return stdout.rows
    },
    draw(lines) {
      const shown = lines.slice(0, stdout.rows)
      stdout.write(HOME + shown.map((line) => line + REST_OF_LINE).join('\r\n') + REST_OF_SCREEN)
    },
    left: left.signal,
    close() {
      stdout.off('resize', redraw)
      process.off('SIGINT', leave)
      process.off('SIGTERM', leave)
      if (stdin.isTTY) {
        stdin.off('data', hear)
        stdin.setRawMode(false)
        stdin.pause()
      }
      stdout.write(LEAVE)
    },
  }
}
